// Evaluates rows of a map. Cells of a band, where beta alone decides, are copied from a table over beta; all others are
// gathered into blocks, so that the loops over the model run full however little is left of each row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "cpu/worst_case.hpp"
#include "ravine/model/heavy_ball_band.hpp"

namespace ravine::cpu {

/// Neighbouring cells of a row.
template <class F>
struct Stretch {
  model::Row<F> row;
  std::int64_t position;    ///< of the first cell among the values of a target
  std::int64_t first_beta;  ///< number of the first cell's beta in a table over beta
};

/// A quantity and where its values go: F, or uint8_t for regime.
struct Target {
  Quantity quantity;
  const std::byte* in_band;  ///< its in_band_values(), where bands are used
  std::byte* values;
};

/// Whether beta alone decides a quantity in a band: all but the eigenvalues.
[[nodiscard]] bool has_band_values(Quantity quantity);

/// The value of cells with complex eigenvalues, for each beta; where beta has none it means nothing.
template <class F>
[[nodiscard]] std::vector<std::byte> in_band_values(Quantity quantity, std::span<const F> beta);

/// Whether the bands of rows are looked for: rows must not change direction then (model::Row).
enum class Bands { unused, used };

/// What becomes of a value that is there already: it is replaced, or stays if it is the worse one (the larger rate, the
/// smaller gap; there is no other such quantity).
enum class Store { replace, keep_worse };

/// Evaluates the cells of the stretches it is given, for each target. Values are there after finish().
template <class F>
class RowPass {
 public:
  struct How {
    Bands bands = Bands::unused;
    Store store = Store::replace;
    const Eigenvalues<F>* worst_over = nullptr;  ///< null: each cell at its own lambda
  };
  RowPass(std::vector<Target> targets, How how) : targets_(std::move(targets)), how_(how) {}

  void add(const Stretch<F>& stretch);
  void finish() { evaluate_gathered(); }

 private:
  // Cells evaluated at once: their coordinates and values stay in the first-level cache.
  static constexpr std::int64_t block_cells = 512;

  model::Band find_band(const model::Row<F>& row);
  void gather(const Stretch<F>& stretch, std::int64_t first, std::int64_t last);
  void evaluate_gathered();

  /// A band, and the first value of its row.
  struct BandOfRow {
    const F* values;
    model::Band band;
  };

  /// Gathered cells whose values are neighbours.
  struct Piece {
    std::int64_t position;
    std::int64_t count;
  };

  std::vector<Target> targets_;
  How how_;
  std::optional<BandOfRow> last_band_;
  std::vector<Piece> pieces_;  // of the gathered cells, in order
  std::size_t gathered_ = 0;
  // On cache lines of their own; a line more than the cells need, lest all start at one place of a page, where the
  // processor mistakes a store to one for a store to another.
  using Coordinates = std::array<F, block_cells + 64 / sizeof(F)>;
  alignas(64) Coordinates alpha_;
  alignas(64) Coordinates beta_;
  alignas(64) Coordinates lambda_;
};

}  // namespace ravine::cpu
