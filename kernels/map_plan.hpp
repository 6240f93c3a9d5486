// What every tile of a map shares.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kernels/map_sweep.hpp"
#include "ravine/axis.hpp"
#include "ravine/grid.hpp"
#include "ravine/spec.hpp"

namespace ravine::cuda {

/// The axes of a map as the kernels see them: always three, slowest first. The last, along which rows run, is the map's
/// last of more than one element: axes of one element after it come first here, which changes no position. A map with
/// fewer than three has leading axes of one element, which is zero.
inline constexpr std::size_t kernel_axes = 3;
using Extent = std::array<std::int64_t, kernel_axes>;

class MapPlan {
 public:
  MapPlan(const Spec& spec, const Grid& grid, const SweepOptions& options);

  [[nodiscard]] const Spec& spec() const { return spec_; }
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] const SweepOptions& options() const { return options_; }

  /// Of a tile as stored.
  [[nodiscard]] const Extent& stored() const { return stored_; }
  [[nodiscard]] std::int64_t rows() const { return stored_[0] * stored_[1]; }
  [[nodiscard]] std::int64_t row_length() const { return stored_[kernel_axes - 1]; }

  /// The map's axis behind a kernel axis, or null for a leading one.
  [[nodiscard]] const Axis* axis(std::size_t kernel_axis) const;
  /// The kernel axis of that name, or nothing where the map has none.
  [[nodiscard]] std::optional<std::size_t> axis_named(std::string_view name) const;
  /// The eigenvalues that lambda is reduced over, or null.
  [[nodiscard]] const Axis* reduced_lambda() const;
  /// First and extent of a box of the map's axes, on the kernel axes.
  [[nodiscard]] Extent first_of(const Box& box) const { return lifted(box.first, 0); }
  [[nodiscard]] Extent extent_of(const Box& box) const { return lifted(box.shape, 1); }
  /// The grid's number of the cell at a position of a tile.
  [[nodiscard]] std::int64_t cell_number(const Box& tile, std::int64_t position) const;

 private:
  [[nodiscard]] Extent lifted(const Index& index, std::int64_t at_leading) const;

  Spec spec_;
  Grid grid_;
  SweepOptions options_;
  std::vector<Axis> axes_;                                          // of the map
  std::array<std::optional<std::size_t>, kernel_axes> map_axis_{};  // behind each kernel axis
  Extent stored_;
};

}  // namespace ravine::cuda
