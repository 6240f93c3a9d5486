// The map that the benchmarks evaluate: alpha in [0, 4] by rows, beta in [0, 1] along a row, lambda = 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "cpu/loops.hpp"

namespace ravine::bench {

template <class F>
class Map {
 public:
  Map(std::size_t rows, std::size_t columns)
      : alpha_(evenly(0, 4, rows)), beta_(evenly(0, 1, columns)), lambda_(columns, F(1)), row_alpha_(columns) {}

  [[nodiscard]] std::size_t cells() const { return alpha_.size() * beta_.size(); }

  /// Calls visit(cells of a row, number of its first cell). The coordinates of a row stay in the first-level cache, as
  /// those of a block do in the engine.
  template <class Visit>
  void for_each_row(Visit visit) {
    for (std::size_t row = 0; row < alpha_.size(); ++row) {
      std::fill(row_alpha_.begin(), row_alpha_.end(), alpha_[row]);
      visit(cpu::Cells<F>{row_alpha_.data(), beta_.data(), lambda_.data(), beta_.size()}, row * beta_.size());
    }
  }

 private:
  static std::vector<F> evenly(double from, double to, std::size_t count) {
    std::vector<F> values(count);
    const double step = (to - from) / static_cast<double>(count - 1);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<F>(from + static_cast<double>(i) * step);
    return values;
  }

  std::vector<F> alpha_;
  std::vector<F> beta_;
  std::vector<F> lambda_;
  std::vector<F> row_alpha_;
};

}  // namespace ravine::bench
