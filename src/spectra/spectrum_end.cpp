#include "spectra/spectrum_end.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include "ravine/error.hpp"
#include "spectra/block_lanczos.hpp"
#include "spectra/checks.hpp"
#include "spectra/complement.hpp"
#include "spectra/inertia.hpp"
#include "spectra/rayleigh.hpp"

namespace ravine::spectra {
namespace {

/// Restarts before another shift is tried, with every shift, and in the end.
constexpr std::int64_t restarts_per_shift = 8;
constexpr std::int64_t restarts_at_most = 200;
constexpr int shifts_at_most = 6;
constexpr int searches_at_most = 50;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Bounds of the spectrum (Gershgorin).
struct Interval {
  double from = std::numeric_limits<double>::infinity();
  double to = -std::numeric_limits<double>::infinity();
};
Interval gershgorin(const SparseMatrix& matrix) {
  Interval bounds;
  for (std::int64_t row = 0; row < matrix.size; ++row) {
    double centre = 0;
    double radius = 0;
    for (std::int64_t k = matrix.row_begin[at(row)]; k < matrix.row_begin[at(row + 1)]; ++k) {
      if (matrix.column[at(k)] == row) {
        centre = matrix.value[at(k)];
      } else {
        radius += std::fabs(matrix.value[at(k)]);
      }
    }
    bounds.from = std::min(bounds.from, centre - radius);
    bounds.to = std::max(bounds.to, centre + radius);
  }
  return bounds;
}

/// The smallest eigenvalues of C = sign A above the kernel.
class EndSearch {
 public:
  enum class End { smallest, largest };

  EndSearch(const SparseProblem& problem, End end, std::span<const double> others)
      : matrix_(problem.matrix),
        cholesky_(problem.cholesky),
        end_(end),
        complement_(problem.matrix.size, end == End::smallest ? problem.kernel : Kernel{}, others) {
    const Interval bounds = gershgorin(matrix_);
    norm_ = std::max(std::fabs(bounds.from), std::fabs(bounds.to));
    // As far below what the checks let pass as costs few iterations.
    greatest_residual_ = tolerance_of_checks(matrix_.size) / 16 * problem.norm;
    if (norm_ == 0) norm_ = 1;  // of the zero matrix; any scale will do
    below_all_ = end == End::smallest ? bounds.from : -bounds.to;
    shifted_.sign = end == End::smallest ? 1 : -1;
    seed_ = others.empty() ? 0 : 1000;  // what is kept out may be what the same numbers would begin with
  }

  SpectrumEnd run(std::int64_t count) {
    choose_shift();
    search(count);
    for (int searches = 1;; ++searches) {
      sort();
      const std::int64_t missing = count_missing(count);
      if (missing == 0) break;
      if (searches == searches_at_most) {
        throw NumericalError(fmt::format("{} of the {} {} eigenvalues are still missing after {} searches", missing,
                                         count, words(), searches));
      }
      refactorise();
      search(missing);
    }
    found_.eigenvalues.resize(at(count));
    found_.vectors.resize(at(count * matrix_.size));
    if (end_ == End::largest) {
      for (double& value : found_.eigenvalues) value = -value;
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string_view words() const { return end_ == End::smallest ? "smallest" : "largest"; }

  [[nodiscard]] bool try_shift(double shift) {
    shifted_.shift = shift;
    return cholesky_.factorise(shifted_) == SparseCholesky::Outcome::done;
  }
  void refactorise() {
    if (!try_shift(shifted_.shift)) throw NumericalError("a Cholesky factor that existed does so no more");
  }

  /// A shift below the spectrum, or with a kernel a matrix whose inverse, projected, is that of A off the kernel:
  /// pinned by one diagonal entry in each component, which the projection makes void (1'b = 0 leaves x = 0 there).
  void choose_shift() {
    if (complement_.kernel_dimension() > 0) {
      pinned_ = complement_.representatives();
      shifted_.pinned = pinned_;
      shifted_.weight = norm_;
      if (try_shift(0)) return;
      throw NumericalError(
          "a matrix whose kernel is known is not positive definite off it, as that of a graph has to be");
    }
    // The smallest eigenvalues of a positive definite matrix are mostly close to 0, beside the others.
    if (end_ == End::smallest && try_shift(0) && cholesky_.reciprocal_condition() > least_condition) return;
    for (double margin = 0x1p-20 * norm_; margin < norm_; margin *= 16) {
      if (try_shift(below_all_ - margin)) return;
    }
    throw NumericalError("no shift makes the matrix positive definite: are its entries too large?");
  }
  /// Below, a Cholesky factor of a singular matrix may exist by its rounding errors alone.
  static constexpr double least_condition = 0x1p-43;

  /// Finds so many more pairs in the complement of those that have been found.
  void search(std::int64_t wanted) {
    const std::int64_t space = complement_.dimension(found_.vectors);
    Operator inverse;
    inverse.size = matrix_.size;
    inverse.apply = [this](std::span<const double> x, std::span<double> y, std::int64_t columns) {
      cholesky_.solve(x, y, columns);
      for (double& value : y) value *= norm_;  // a number without a unit, whose square neither overflows nor vanishes
    };
    inverse.project = [this](std::span<double> x, std::int64_t columns) {
      complement_.project(found_.vectors, x, columns);
    };
    LanczosOptions options;
    options.wanted = std::min(wanted, space);
    options.block = std::clamp<std::int64_t>(space - options.wanted, 1, block_size);
    options.basis = std::min(space, options.wanted + std::max(options.wanted, 8 * options.block));
    options.seed = ++seed_;
    // In terms of A, whose residual is r norm / mu^2; and of the vectors, whose orthogonality is (r / mu)^2.
    const double residual = greatest_residual_ / norm_;
    options.tolerance = [residual](double mu) { return std::min(1e-8 * mu, residual * mu * mu); };

    for (int shifts = 1;; ++shifts) {
      const bool last = shifts == shifts_at_most || complement_.kernel_dimension() > 0;
      options.restarts = last ? restarts_at_most : restarts_per_shift;
      LanczosPairs pairs = largest_pairs(inverse, options);
      const bool moved = !last && pairs.outcome != LanczosPairs::Outcome::converged && move_shift(pairs);
      if (moved) continue;
      if (pairs.outcome != LanczosPairs::Outcome::restarts_used_up) return keep(pairs);
      if (last) {
        throw NumericalError(
            fmt::format("the {} eigenvalues have not converged in {} restarts of {} Lanczos vectors: the residual is "
                        "still {:.3g} times what it may be",
                        words(), options.restarts, options.basis, pairs.worst_residual));
      }
      shifts = shifts_at_most - 1;
    }
  }

  /// As far from what seems the end of the spectrum as the last eigenvalue that is wanted: closer, and the iteration
  /// tells them apart sooner; or further away, if the shift was so close to the end that it hid the others. False where
  /// that is no other shift.
  [[nodiscard]] bool move_shift(const LanczosPairs& pairs) {
    const double old = shifted_.shift;
    const double first = old + norm_ / pairs.eigenvalues.front();
    const double last = old + norm_ / pairs.eigenvalues.back();
    const double now = first - old;
    for (double distance = std::max(last - first, closest * norm_); distance < now / 2 || distance > now * 2;
         distance *= 4) {
      if (try_shift(first - distance)) return true;
    }
    shifted_.shift = old;
    refactorise();
    return false;
  }
  static constexpr double closest = 0x1p-36;

  void keep(const LanczosPairs& pairs) {
    const bool first_search = found_.vectors.empty();
    found_.vectors.insert(found_.vectors.end(), pairs.vectors.begin(), pairs.vectors.end());
    if (!first_search) recombine();
    found_.eigenvalues.clear();
    const std::span<const double> vectors(found_.vectors);
    for (std::size_t begin = 0; begin < vectors.size(); begin += at(matrix_.size)) {
      found_.eigenvalues.push_back(shifted_.sign *
                                   rayleigh_quotient(matrix_, vectors.subspan(begin, at(matrix_.size))));
    }
  }

  /// A search in the complement of vectors that are not quite invariant finds what is not quite invariant without them:
  /// the eigenvectors of the inverse within the space of all, purified.
  void recombine() {
    const std::int64_t count = static_cast<std::int64_t>(found_.vectors.size()) / matrix_.size;
    const int n = static_cast<int>(matrix_.size);
    const int m = static_cast<int>(count);
    std::vector<double> image(found_.vectors.size());
    for (std::int64_t k = 0; k < count; k += block_size) {
      const std::int64_t columns = std::min(block_size, count - k);
      const std::size_t begin = at(k * matrix_.size);
      const std::size_t length = at(columns * matrix_.size);
      cholesky_.solve(std::span(found_.vectors).subspan(begin, length), std::span(image).subspan(begin, length),
                      columns);
    }
    complement_.project({}, image, count);
    std::vector<double> projected(at(count * count));
    std::vector<double> value(at(count));
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, m, m, n, 1.0, found_.vectors.data(), n, image.data(), n, 0.0,
                projected.data(), m);
    const lapack_int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', m, projected.data(), m, value.data());
    if (info != 0) throw NumericalError(fmt::format("dsyevd of a projected matrix fails with info = {}", info));
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, m, m, 1.0, image.data(), n, projected.data(), m, 0.0,
                found_.vectors.data(), n);
    for (std::int64_t k = 0; k < count; ++k) {
      double* const q = found_.vectors.data() + k * matrix_.size;
      cblas_dscal(n, 1 / cblas_dnrm2(n, q, 1), q, 1);
    }
  }

  void sort() {
    std::vector<std::size_t> order(found_.eigenvalues.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::vector<double>& value = found_.eigenvalues;
    std::stable_sort(order.begin(), order.end(),
                     [&value](std::size_t a, std::size_t b) { return value[a] < value[b]; });
    if (std::is_sorted(order.begin(), order.end())) return;
    SpectrumEnd sorted;
    for (const std::size_t k : order) {
      sorted.eigenvalues.push_back(value[k]);
      const auto begin = found_.vectors.begin() + static_cast<std::int64_t>(k) * matrix_.size;
      sorted.vectors.insert(sorted.vectors.end(), begin, begin + matrix_.size);
    }
    found_ = std::move(sorted);
  }

  /// Eigenvalues below the last of the `count` that were found which were not found. Those found are upper bounds, each
  /// of the eigenvalue in its place (Cauchy's interlacing); with none missing below, they are it.
  std::int64_t count_missing(std::int64_t count) {
    const std::vector<double>& value = found_.eigenvalues;
    if (static_cast<std::int64_t>(value.size()) < count) return count - static_cast<std::int64_t>(value.size());
    cholesky_.forget();
    for (double width = std::max(1e-6 * std::fabs(value[at(count - 1)]), 0x1p-43 * norm_);; width *= 16) {
      std::int64_t first = count - 1;  // of the cluster of the last
      while (first > 0 && value[at(first)] - value[at(first - 1)] <= 2 * width) --first;
      ShiftedMatrix below = shifted_;
      below.pinned = {};
      below.shift = value[at(first)] - width;
      const Inertia inertia = inertia_of(matrix_, below, cholesky_.supernodes());
      const std::int64_t missing = inertia.negative - complement_.kernel_dimension() - first;
      if (inertia.uncertainty < width && missing >= 0) return missing;
      if (width > widest_cluster * norm_) {
        throw NumericalError(
            fmt::format("the multiplicities of the {} eigenvalues can't be made certain: {} counted below {:.17g}, {} "
                        "found; eigenvalues closer to there than {:.3g} may be counted on the wrong side",
                        words(), inertia.negative, shifted_.sign * below.shift, first + complement_.kernel_dimension(),
                        inertia.uncertainty));
      }
    }
  }
  static constexpr double widest_cluster = 1e-4;

  /// Wider blocks solve faster by the vector and need more of them (docs/decisions/0010).
  static constexpr std::int64_t block_size = 4;

  const SparseMatrix& matrix_;
  SparseCholesky& cholesky_;
  End end_;
  Complement complement_;
  double norm_ = 0;  ///< a bound of it
  double greatest_residual_ = 0;
  double below_all_ = 0;  ///< a lower bound of the spectrum of C
  std::vector<std::int32_t> pinned_;
  ShiftedMatrix shifted_;
  SpectrumEnd found_;
  std::uint64_t seed_ = 0;  ///< of the last search
};

}  // namespace

SpectrumEnd smallest_pairs(const SparseProblem& problem, std::int64_t count) {
  return EndSearch(problem, EndSearch::End::smallest, {}).run(count);
}

SpectrumEnd largest_pairs(const SparseProblem& problem, const SpectrumEnd& smallest, std::int64_t count) {
  SpectrumEnd end = EndSearch(problem, EndSearch::End::largest, {}).run(count);
  const bool apart =
      smallest.eigenvalues.empty() || end.eigenvalues.back() - smallest.eigenvalues.back() > 1e-6 * problem.norm;
  return apart ? end : EndSearch(problem, EndSearch::End::largest, smallest.vectors).run(count);
}

}  // namespace ravine::spectra
