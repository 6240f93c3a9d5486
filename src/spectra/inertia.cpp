#include "spectra/inertia.hpp"

#include <cblas.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace ravine::spectra {
namespace {

constexpr std::int64_t panel_width = 64;
constexpr std::int64_t none = -1;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}
int blas_int(std::int64_t value) {
  assert(value <= std::numeric_limits<int>::max());
  return static_cast<int>(value);
}

/// The signed Cholesky factor L S L' of a sparse symmetric matrix, supernode by supernode from the left, with the
/// kernels of BLAS: the algorithm of CHOLMOD's supernodal Cholesky, which has no signs.
class SignedFactor {
 public:
  SignedFactor(const SparseMatrix& matrix, const ShiftedMatrix& shifted, const Supernodes& nodes)
      : matrix_(matrix),
        shifted_(shifted),
        nodes_(nodes),
        position_(at(matrix.size)),
        supernode_of_(at(matrix.size)),
        local_row_(at(matrix.size)),
        sign_(at(matrix.size), 1.0),
        squares_(at(matrix.size)),
        first_waiting_(nodes.first_column.size() - 1, none),
        next_waiting_(nodes.first_column.size() - 1, none),
        rows_done_(nodes.first_column.size() - 1),
        value_(std::make_unique_for_overwrite<double[]>(at(nodes.values))),
        update_(at(nodes.largest_update)) {
    for (std::size_t j = 0; j < position_.size(); ++j)
      position_[at(nodes.permutation[j])] = static_cast<std::int64_t>(j);
    for (std::int64_t node = 0; node < count(); ++node) {
      for (std::int64_t j = nodes.first_column[at(node)]; j < nodes.first_column[at(node + 1)]; ++j) {
        supernode_of_[at(j)] = node;
      }
    }
  }

  Inertia factorise() {
    for (std::int64_t node = 0; node < count(); ++node) {
      gather(node);
      for (std::int64_t below = first_waiting_[at(node)]; below != none;) {
        const std::int64_t next = next_waiting_[at(below)];
        subtract_update(node, below);
        wait(below);
        below = next;
      }
      eliminate(node);
      rows_done_[at(node)] = columns(node);
      wait(node);
    }
    // Rounding errors of about eps sum |l_ik|^2 in the entry (i, i), and no more in any other entry of a row or column:
    // eps times the largest such sum, times a few operations for each.
    double growth = 0;
    for (const double sum : squares_) {
      if (std::isnan(sum)) growth = infinity;  // of a pivot 0
      growth = std::max(growth, sum);
    }
    constexpr double operations = 64;
    return {std::count(sign_.begin(), sign_.end(), -1.0), operations * std::numeric_limits<double>::epsilon() * growth};
  }

 private:
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(nodes_.first_column.size()) - 1; }
  [[nodiscard]] std::int64_t columns(std::int64_t node) const {
    return nodes_.first_column[at(node + 1)] - nodes_.first_column[at(node)];
  }
  [[nodiscard]] std::span<const std::int64_t> rows(std::int64_t node) const {
    return nodes_.row.subspan(at(nodes_.row_begin[at(node)]),
                              at(nodes_.row_begin[at(node + 1)] - nodes_.row_begin[at(node)]));
  }
  [[nodiscard]] double* values(std::int64_t node) { return value_.get() + nodes_.value_begin[at(node)]; }

  /// The node's columns of the matrix, its lower triangle.
  void gather(std::int64_t node) {
    const std::span<const std::int64_t> row = rows(node);
    for (std::size_t i = 0; i < row.size(); ++i) local_row_[at(row[i])] = static_cast<std::int64_t>(i);
    std::fill_n(values(node), row.size() * at(columns(node)), 0.0);
    const std::int64_t first = nodes_.first_column[at(node)];
    for (std::int64_t j = first; j < first + columns(node); ++j) {
      double* const column = values(node) + (j - first) * static_cast<std::int64_t>(row.size());
      const std::size_t original = at(nodes_.permutation[at(j)]);
      for (std::int64_t k = matrix_.row_begin[original]; k < matrix_.row_begin[original + 1]; ++k) {
        const std::int64_t i = position_[at(matrix_.column[at(k)])];
        if (i >= j) column[local_row_[at(i)]] = shifted_.sign * matrix_.value[at(k)];
      }
      column[j - first] -= shifted_.shift;
    }
  }

  /// Takes L_below S L_below' out of the node's columns.
  void subtract_update(std::int64_t node, std::int64_t below) {
    const std::span<const std::int64_t> row = rows(below);
    const std::int64_t from = rows_done_[at(below)];
    const std::int64_t end_of_columns = nodes_.first_column[at(node + 1)];
    std::int64_t to = from;
    while (to < static_cast<std::int64_t>(row.size()) && row[at(to)] < end_of_columns) ++to;

    const std::int64_t height = static_cast<std::int64_t>(row.size()) - from;
    const std::int64_t width = to - from;
    const int ld = blas_int(static_cast<std::int64_t>(row.size()));
    const double* const left = values(below) + from;
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, blas_int(height), blas_int(width), blas_int(columns(below)),
                1.0, left, ld, with_signs(below, from, width), blas_int(width), 0.0, update_.data(), blas_int(height));
    const std::int64_t first = nodes_.first_column[at(node)];
    const auto node_rows = static_cast<std::int64_t>(rows(node).size());
    for (std::int64_t j = 0; j < width; ++j) {
      double* const column = values(node) + (row[at(from + j)] - first) * node_rows;
      const double* const update = update_.data() + j * height;
      for (std::int64_t i = j; i < height; ++i) column[local_row_[at(row[at(from + i)])]] -= update[i];
    }
    rows_done_[at(below)] = to;
  }

  /// Rows of the node's columns, each column times its sign.
  const double* with_signs(std::int64_t node, std::int64_t from, std::int64_t height) {
    signed_rows_.resize(at(height * columns(node)));
    const std::int64_t first = nodes_.first_column[at(node)];
    const auto ld = static_cast<std::int64_t>(rows(node).size());
    for (std::int64_t j = 0; j < columns(node); ++j) {
      const double* const column = values(node) + j * ld + from;
      for (std::int64_t i = 0; i < height; ++i) signed_rows_[at(j * height + i)] = sign_[at(first + j)] * column[i];
    }
    return signed_rows_.data();
  }

  /// The node's own columns, a panel at a time; and what they add to the sums of squares of the rows.
  void eliminate(std::int64_t node) {
    const std::span<const std::int64_t> row = rows(node);
    const auto height = static_cast<std::int64_t>(row.size());
    const std::int64_t width = columns(node);
    const std::int64_t first = nodes_.first_column[at(node)];
    double* const value = values(node);
    for (std::int64_t begin = 0; begin < width; begin += panel_width) {
      const std::int64_t end = std::min(begin + panel_width, width);
      eliminate_panel({value, height, begin, end}, std::span(sign_).subspan(at(first), at(width)));
      if (end == width) break;
      const double* const rest = value + begin * height + end;
      multiplied_.resize(at((width - end) * (end - begin)));
      for (std::int64_t j = 0; j < end - begin; ++j) {
        for (std::int64_t i = 0; i < width - end; ++i) {
          multiplied_[at(j * (width - end) + i)] = sign_[at(first + begin + j)] * rest[j * height + i];
        }
      }
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, blas_int(height - end), blas_int(width - end),
                  blas_int(end - begin), -1.0, rest, blas_int(height), multiplied_.data(), blas_int(width - end), 1.0,
                  value + end * height + end, blas_int(height));
    }
    for (std::int64_t j = 0; j < width; ++j) {
      for (std::int64_t i = j; i < height; ++i) {
        squares_[at(row[at(i)])] += value[j * height + i] * value[j * height + i];
      }
    }
  }

  struct Panel {
    double* value;  ///< of the supernode
    std::int64_t height;
    std::int64_t begin;  ///< columns
    std::int64_t end;
  };
  /// The triangle by hand, then what is below it by dtrsm: A_21 = L_21 S L_11'.
  static void eliminate_panel(const Panel& panel, std::span<double> sign) {
    const auto column = [&panel](std::int64_t j) { return panel.value + j * panel.height; };
    for (std::int64_t j = panel.begin; j < panel.end; ++j) {
      const double pivot = column(j)[j];
      sign[at(j)] = pivot < 0 ? -1 : 1;
      const double root = std::sqrt(std::fabs(pivot));
      column(j)[j] = root;
      for (std::int64_t i = j + 1; i < panel.end; ++i) column(j)[i] *= sign[at(j)] / root;
      for (std::int64_t k = j + 1; k < panel.end; ++k) {
        const double factor = sign[at(j)] * column(j)[k];
        for (std::int64_t i = k; i < panel.end; ++i) column(k)[i] -= factor * column(j)[i];
      }
    }
    const std::int64_t below = panel.height - panel.end;
    if (below == 0) return;
    const int ld = blas_int(panel.height);
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, blas_int(below),
                blas_int(panel.end - panel.begin), 1.0, column(panel.begin) + panel.begin, ld,
                column(panel.begin) + panel.end, ld);
    for (std::int64_t j = panel.begin; j < panel.end; ++j) {
      if (sign[at(j)] < 0) {
        for (std::int64_t i = panel.end; i < panel.height; ++i) column(j)[i] = -column(j)[i];
      }
    }
  }

  /// Puts the node in the list of the one whose columns its next row belongs to.
  void wait(std::int64_t node) {
    const std::span<const std::int64_t> row = rows(node);
    if (rows_done_[at(node)] == static_cast<std::int64_t>(row.size())) return;
    const std::int64_t parent = supernode_of_[at(row[at(rows_done_[at(node)])])];
    next_waiting_[at(node)] = first_waiting_[at(parent)];
    first_waiting_[at(parent)] = node;
  }

  const SparseMatrix& matrix_;
  const ShiftedMatrix& shifted_;
  const Supernodes& nodes_;
  std::vector<std::int64_t> position_;  ///< of each row of A in the factor
  std::vector<std::int64_t> supernode_of_;
  std::vector<std::int64_t> local_row_;  ///< of the rows of the present supernode
  std::vector<double> sign_;
  std::vector<double> squares_;  ///< sum of l_ik^2 over k
  // Supernodes that have updates to give wait in the list of the next one to take them.
  std::vector<std::int64_t> first_waiting_;
  std::vector<std::int64_t> next_waiting_;
  std::vector<std::int64_t> rows_done_;
  std::unique_ptr<double[]> value_;  // not a vector: zeroing it beforehand would cost a pass over all of it
  std::vector<double> update_;
  std::vector<double> signed_rows_;
  std::vector<double> multiplied_;
};

}  // namespace

Inertia inertia_of(const SparseMatrix& matrix, const ShiftedMatrix& shifted, const Supernodes& nodes) {
  assert(shifted.pinned.empty());
  return SignedFactor(matrix, shifted, nodes).factorise();
}

}  // namespace ravine::spectra
