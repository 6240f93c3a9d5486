#include "spectra/block_lanczos.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>
#include <random>

#include "ravine/error.hpp"

namespace ravine::spectra {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}
int blas_int(std::int64_t value) {
  assert(value <= std::numeric_limits<int>::max());
  return static_cast<int>(value);
}

/// A small matrix, column after column.
struct Small {
  Small(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count), columns(column_count), value(at(row_count * column_count)) {}
  double& operator()(std::int64_t row, std::int64_t column) { return value[at(column * rows + row)]; }
  double operator()(std::int64_t row, std::int64_t column) const { return value[at(column * rows + row)]; }
  std::int64_t rows;
  std::int64_t columns;
  std::vector<double> value;
};

/// C += A B
void add_product(const Small& a, const Small& b, Small& c) {
  for (std::int64_t j = 0; j < b.columns; ++j) {
    for (std::int64_t k = 0; k < a.columns; ++k) {
      for (std::int64_t i = 0; i < a.rows; ++i) c(i, j) += a(i, k) * b(k, j);
    }
  }
}

Small first_rows(const Small& matrix, std::int64_t rows) {
  Small result(rows, matrix.columns);
  for (std::int64_t j = 0; j < matrix.columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) result(i, j) = matrix(i, j);
  }
  return result;
}

class BlockLanczos {
 public:
  BlockLanczos(const Operator& of, const LanczosOptions& options)
      : of_(of),
        options_(options),
        basis_(std::make_unique_for_overwrite<double[]>(at((options.basis + options.block) * of.size))),
        projected_(options.basis, options.basis),
        random_(options.seed) {
    assert(options.basis >= options.wanted);
  }

  LanczosPairs run() {
    width_ = 0;
    next_ = add_random(options_.block);
    if (next_ == 0) return {};
    std::int64_t look_at = options_.wanted;
    for (std::int64_t restarts = 0;;) {
      extend();
      const bool all_of_space = next_ == 0;
      const bool full = width_ + next_ > options_.basis;
      if (!all_of_space && !full && width_ < look_at) continue;
      solve_projected();
      look_at = width_ + width_ / 8;
      const std::int64_t found = count_to_gap();
      const double floor = epsilon / 4 * largest_;
      const double worst = worst_residual(found, floor);
      if (all_of_space || (found >= options_.wanted && worst <= 1)) {
        const bool as_wanted = floor <= options_.tolerance(ritz_value_[at(found - 1)]);
        return pairs(found, worst,
                     as_wanted ? LanczosPairs::Outcome::converged : LanczosPairs::Outcome::at_rounding_errors);
      }
      if (!full) continue;
      if (restarts++ == options_.restarts) {
        return pairs(found, worst, LanczosPairs::Outcome::restarts_used_up);
      }
      restart();
      look_at = width_ + options_.block;
    }
  }

 private:
  /// Those that are wanted, and the few that are as good as equal to the last of them: copies of it that are perturbed,
  /// which are nearly found as well.
  [[nodiscard]] std::int64_t count_to_gap() const {
    constexpr double gap = 1e-3;
    const std::int64_t most = std::min(options_.wanted + options_.block, width_);
    for (std::int64_t k = options_.wanted; k < most; ++k) {
      if (ritz_value_[at(k - 1)] - ritz_value_[at(k)] > gap * ritz_value_[at(k - 1)]) return k;
    }
    return std::min(options_.wanted, width_);
  }

  double* column(std::int64_t k) { return basis_.get() + k * of_.size; }
  std::span<double> columns(std::int64_t first, std::int64_t count) { return {column(first), at(count * of_.size)}; }

  /// Applies the operator to the last block, which joins the basis, and makes the next block of what is new.
  void extend() {
    const std::int64_t block = next_;
    const std::int64_t before = width_;
    width_ += block;
    const std::span<double> image = columns(width_, block);
    of_.apply(columns(before, block), image, block);
    of_.project(image, block);
    Small share = take_out_basis(block);
    largest_ = std::max(largest_, *std::max_element(share.value.begin(), share.value.end()));
    next_ = orthonormalise(block);
    // What is left of an image is short beside it, and has rounding errors of its size: once more, as it is now of
    // length 1.
    of_.project(columns(width_, next_), next_);
    const Small rest_of_share = take_out_basis(next_);
    add_product(rest_of_share, rest_, share);
    Small correction(next_, next_);
    if (next_ > 0 && !cholesky_qr(next_, 0, correction))
      throw NumericalError("Lanczos vectors lose their orthogonality");
    Small corrected(next_, block);
    add_product(correction, rest_, corrected);
    rest_ = std::move(corrected);

    for (std::int64_t j = 0; j < block; ++j) {
      for (std::int64_t i = 0; i <= before + j; ++i) {
        // Above the diagonal as computed; on and within the block the mean of two that differ by their rounding.
        const double value = i < before ? share(i, j) : (share(i, j) + share(before + j, i - before)) / 2;
        projected_(i, before + j) = value;
        projected_(before + j, i) = value;
      }
    }
  }

  /// V'W, which is taken out of the `count` columns W behind the basis V.
  Small take_out_basis(std::int64_t count) {
    Small share(width_, count);
    if (count == 0) return share;
    const int n = blas_int(of_.size);
    const int m = blas_int(width_);
    const int b = blas_int(count);
    double* const w = column(width_);
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, m, b, n, 1.0, basis_.get(), n, w, n, 0.0, share.value.data(),
                m);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, b, m, -1.0, basis_.get(), n, share.value.data(), m, 1.0,
                w, n);
    return share;
  }

  /// W = Q R for the columns behind the basis, R to rest_. Columns that are nothing but rounding errors are left out,
  /// and random ones take their place, where R is 0. How many columns there are then.
  std::int64_t orthonormalise(std::int64_t count) {
    const double nothing = 64 * epsilon * largest_;
    rest_ = Small(count, count);
    if (cholesky_qr(count, nothing, rest_)) return count;
    rest_ = Small(count, count);
    const int n = blas_int(of_.size);
    std::int64_t kept = 0;
    for (std::int64_t j = 0; j < count; ++j) {
      double* const w = column(width_ + j);
      for (int pass = 0; pass < 2; ++pass) {
        for (std::int64_t i = 0; i < kept; ++i) {
          const double share = cblas_ddot(n, column(width_ + i), 1, w, 1);
          cblas_daxpy(n, -share, column(width_ + i), 1, w, 1);
          rest_(i, j) += share;
        }
      }
      const double length = cblas_dnrm2(n, w, 1);
      if (!std::isfinite(length)) throw NumericalError("the iteration for eigenvalues has come to infinite numbers");
      if (length <= nothing) continue;
      cblas_dscal(n, 1 / length, w, 1);
      if (kept != j) std::copy(w, w + n, column(width_ + kept));
      rest_(kept, j) = length;
      ++kept;
    }
    while (kept < count && add_random_column(width_ + kept)) ++kept;
    rest_ = first_rows(rest_, kept);
    return kept;
  }

  /// W = Q R for well-conditioned columns behind the basis: W'W = R'R. False if they are not, or one of them is as
  /// short as `nothing`; and then W is as it was.
  bool cholesky_qr(std::int64_t count, double nothing, Small& r) {
    constexpr double least_ratio = 1e-5;  // the orthogonality of Q is eps over its square
    const int n = blas_int(of_.size);
    const int b = blas_int(count);
    double* const w = column(width_);
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, b, b, n, 1.0, w, n, w, n, 0.0, r.value.data(), b);
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', b, r.value.data(), b) != 0) return false;
    double least = r(0, 0);
    double greatest = r(0, 0);
    for (std::int64_t j = 0; j < count; ++j) {
      least = std::min(least, r(j, j));
      greatest = std::max(greatest, r(j, j));
      std::fill_n(&r(j, j) + 1, count - 1 - j, 0.0);
    }
    if (!(least > least_ratio * greatest) || least <= nothing) return false;
    cblas_dtrsm(CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, n, b, 1.0, r.value.data(), b, w, n);
    return true;
  }

  /// Fresh random columns behind the basis; how many of them the space has.
  std::int64_t add_random(std::int64_t count) {
    std::int64_t added = 0;
    while (added < count && add_random_column(width_ + added)) ++added;
    return added;
  }
  bool add_random_column(std::int64_t index) {
    double* const w = column(index);
    for (std::int64_t i = 0; i < of_.size; ++i) w[i] = static_cast<double>(random_() >> 11U) * 0x1p-52 - 1;
    cblas_dscal(blas_int(of_.size), 1 / cblas_dnrm2(blas_int(of_.size), w, 1), w, 1);
    return make_orthonormal(index);
  }
  /// A column of length 1 made orthogonal to all before it, and of length 1 again; false if nothing is left of it.
  bool make_orthonormal(std::int64_t index) {
    const int n = blas_int(of_.size);
    const int m = blas_int(index);
    double* const w = column(index);
    std::vector<double> share(at(index) + 1);
    double total = 1;
    for (int pass = 0; pass < 5; ++pass) {
      of_.project(columns(index, 1), 1);
      if (index > 0) {
        cblas_dgemv(CblasColMajor, CblasTrans, n, m, 1.0, basis_.get(), n, w, 1, 0.0, share.data(), 1);
        cblas_dgemv(CblasColMajor, CblasNoTrans, n, m, -1.0, basis_.get(), n, share.data(), 1, 1.0, w, 1);
      }
      const double length = cblas_dnrm2(n, w, 1);
      total *= length;
      if (!(total > 1e3 * epsilon)) return false;
      cblas_dscal(n, 1 / length, w, 1);
      if (length > 0.7) return true;  // twice is enough
    }
    return false;
  }

  /// Eigenpairs of V'BV, descending.
  void solve_projected() {
    Small matrix(width_, width_);
    for (std::int64_t j = 0; j < width_; ++j) {
      for (std::int64_t i = 0; i < width_; ++i) matrix(i, j) = projected_(i, j);
    }
    ritz_value_.resize(at(width_));
    const lapack_int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', blas_int(width_), matrix.value.data(),
                                           blas_int(width_), ritz_value_.data());
    if (info != 0) throw NumericalError(fmt::format("dsyevd of a projected matrix fails with info = {}", info));
    ritz_vector_ = Small(width_, width_);
    for (std::int64_t j = 0; j < width_; ++j) {
      std::copy_n(matrix.value.begin() + (width_ - 1 - j) * width_, width_, ritz_vector_.value.begin() + j * width_);
    }
    std::reverse(ritz_value_.begin(), ritz_value_.end());
  }

  /// R times the last components of a Ritz vector: what B does to it outside the basis, in the next block.
  [[nodiscard]] double outside(std::int64_t row, std::int64_t ritz) const {
    const std::int64_t last = width_ - rest_.columns;
    double sum = 0;
    for (std::int64_t j = 0; j < rest_.columns; ++j) sum += rest_(row, j) * ritz_vector_(last + j, ritz);
    return sum;
  }

  /// The largest ratio of a residual and its tolerance, which is at least `floor`.
  [[nodiscard]] double worst_residual(std::int64_t count, double floor) const {
    double worst = 0;
    for (std::int64_t k = 0; k < count; ++k) {
      double squares = 0;
      for (std::int64_t row = 0; row < next_; ++row) squares += outside(row, k) * outside(row, k);
      worst = std::max(worst, std::sqrt(squares) / std::max(options_.tolerance(ritz_value_[at(k)]), floor));
    }
    return worst;
  }

  /// B V y / mu = V y + Q R y_last / mu.
  LanczosPairs pairs(std::int64_t count, double worst, LanczosPairs::Outcome outcome) {
    LanczosPairs result;
    result.outcome = outcome;
    result.worst_residual = worst;
    result.eigenvalues.assign(ritz_value_.begin(), ritz_value_.begin() + count);
    if (count < width_) result.next = ritz_value_[at(count)];
    Small weights(width_ + next_, count);
    for (std::int64_t k = 0; k < count; ++k) {
      for (std::int64_t i = 0; i < width_; ++i) weights(i, k) = ritz_vector_(i, k);
      for (std::int64_t i = 0; i < next_; ++i) weights(width_ + i, k) = outside(i, k) / ritz_value_[at(k)];
    }
    result.vectors.resize(at(count * of_.size));
    const int n = blas_int(of_.size);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, blas_int(count), blas_int(weights.rows), 1.0,
                basis_.get(), n, weights.value.data(), blas_int(weights.rows), 0.0, result.vectors.data(), n);
    for (std::int64_t k = 0; k < count; ++k) {
      double* const q = result.vectors.data() + k * of_.size;
      cblas_dscal(n, 1 / cblas_dnrm2(n, q, 1), q, 1);
    }
    return result;
  }

  /// The best Ritz vectors become the basis: those that are wanted, and half of what else there is room for.
  void restart() {
    const std::int64_t keep = std::max(options_.wanted, (options_.wanted + width_) / 2 - options_.block);
    constexpr std::int64_t rows_at_once = 1024;
    Small rows(rows_at_once, keep);
    for (std::int64_t row = 0; row < of_.size; row += rows_at_once) {
      const std::int64_t count = std::min(rows_at_once, of_.size - row);
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, blas_int(count), blas_int(keep), blas_int(width_), 1.0,
                  basis_.get() + row, blas_int(of_.size), ritz_vector_.value.data(), blas_int(width_), 0.0,
                  rows.value.data(), blas_int(rows_at_once));
      for (std::int64_t k = 0; k < keep; ++k) std::copy_n(&rows(0, k), count, column(k) + row);
    }
    std::copy(column(width_), column(width_ + next_), column(keep));
    std::fill(projected_.value.begin(), projected_.value.end(), 0.0);
    for (std::int64_t k = 0; k < keep; ++k) projected_(k, k) = ritz_value_[at(k)];
    width_ = keep;
  }

  const Operator& of_;
  const LanczosOptions& options_;
  std::unique_ptr<double[]> basis_;  ///< `width_` columns that are orthonormal, and the `next_` of the next block
  std::int64_t width_ = 0;
  std::int64_t next_ = 0;
  double largest_ = 0;  ///< entry of the projected matrix so far: the size of the operator
  Small projected_;     ///< V'BV
  Small rest_{0, 0};    ///< R of B V = V (V'BV) + Q R for the last block of V
  std::vector<double> ritz_value_;
  Small ritz_vector_{0, 0};
  std::mt19937_64 random_;
};

}  // namespace

LanczosPairs largest_pairs(const Operator& of, const LanczosOptions& options) {
  return BlockLanczos(of, options).run();
}

}  // namespace ravine::spectra
