// The worst case of a quantity over the eigenvalues of a lambda axis: the largest rate, the smallest gap, and anything
// else at the first eigenvalue whose rate is the largest.
#pragma once

#include <cstdint>
#include <vector>

#include "cpu/loops.hpp"
#include "ravine/axis.hpp"
#include "ravine/spec.hpp"

namespace ravine::cpu {

/// A lambda axis at one precision. Up to most_kept values are kept; those of a longer axis are made on demand.
template <class F>
class Eigenvalues {
 public:
  static constexpr std::int64_t most_kept = std::int64_t{1} << 20;

  explicit Eigenvalues(Axis axis);
  [[nodiscard]] std::int64_t size() const { return axis_.size(); }
  [[nodiscard]] F operator[](std::int64_t index) const {
    return kept_.empty() ? static_cast<F>(axis_.value(index)) : kept_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] F smallest() const { return smallest_; }
  [[nodiscard]] F largest() const { return largest_; }
  /// Ascending or descending in its own order (ties allowed).
  [[nodiscard]] bool is_sorted() const { return is_sorted_; }

 private:
  Axis axis_;
  std::vector<F> kept_;
  F smallest_;
  F largest_;
  bool is_sorted_;
};

/// (alpha, beta) of `count` cells.
template <class F>
struct Pairs {
  const F* alpha;
  const F* beta;
  std::size_t count;
};

/// By the two ends of the spectrum, wherever that is proved equal to trying every eigenvalue
/// (docs/decisions/0003-worst-case-endpoints.md); elsewhere by trying every one. `out` holds F, or uint8_t for regime.
template <class F>
void worst_case(Quantity quantity, Pairs<F> pairs, const Eigenvalues<F>& eigenvalues, void* out);

/// The same by trying every eigenvalue: the definition, O(eigenvalues) a cell.
template <class F>
void worst_case_brute_force(Quantity quantity, Pairs<F> pairs, const Eigenvalues<F>& eigenvalues, void* out);

/// A quantity of cells without reduction. `out` holds F, or uint8_t for regime.
template <class F>
void evaluate(Quantity quantity, Cells<F> cells, void* out);

}  // namespace ravine::cpu
