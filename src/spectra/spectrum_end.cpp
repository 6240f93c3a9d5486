#include "spectra/spectrum_end.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include "io/memory.hpp"
#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"
#include "spectra/block_lanczos.hpp"
#include "spectra/checks.hpp"
#include "spectra/complement.hpp"
#include "spectra/eigenpairs.hpp"
#include "spectra/eigenvalue_count.hpp"
#include "spectra/rayleigh.hpp"

namespace ravine::spectra {
namespace {

/// Restarts before another shift is tried, with every shift, and in the end.
constexpr std::int64_t restarts_per_shift = 8;
constexpr std::int64_t restarts_at_most = 24;
constexpr int shifts_at_most = 6;
constexpr int searches_at_most = 50;

/// Bases that don't converge are doubled, up to here or to as much of the memory.
constexpr std::int64_t largest_basis = 1024;
constexpr std::int64_t share_of_memory = 4;

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
        complement_(problem.matrix.size, end == End::smallest ? problem.kernel : Kernel{}, others),
        greatest_residual_(tolerance_of_checks(problem.matrix.size) / 16 * problem.norm) {
    const Interval bounds = gershgorin(matrix_);
    norm_ = std::max(std::fabs(bounds.from), std::fabs(bounds.to));
    if (norm_ == 0) norm_ = 1;  // of the zero matrix; any scale will do
    std::int64_t longest_row = 0;
    for (std::int64_t row = 0; row < matrix_.size; ++row) {
      longest_row = std::max(longest_row, matrix_.row_begin[at(row + 1)] - matrix_.row_begin[at(row)]);
    }
    rounding_ = static_cast<double>(8 + longest_row) * 0x1p-53 * norm_;
    below_all_ = end == End::smallest ? bounds.from : -bounds.to;
    shifted_.sign = end == End::smallest ? 1 : -1;
    seed_ = others.empty() ? 0 : 1000;  // what is kept out may be what the same numbers would begin with
  }

  SpectrumEnd run(std::int64_t count) {
    choose_shift();
    search(count);
    for (int searches = 1;; ++searches) {
      const std::int64_t missing = count_missing(count);
      if (missing == 0 && (!counted_.is_wide || nothing_below_another_search(count))) break;
      if (searches == searches_at_most) {
        throw NumericalError(fmt::format("some of the {} {} eigenvalues are still missing after {} searches: {}", count,
                                         words(), searches, way_out));
      }
      if (missing == 0) continue;
      refactorise();
      search(missing);
    }
    bound_errors(count);
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
      if (!last) {
        shifts = shifts_at_most - 1;
      } else if (!try_shift_at_zero() && !enlarge_basis(space, options)) {
        throw NumericalError(
            fmt::format("the {} eigenvalues have not converged in {} restarts of {} Lanczos vectors: the residual is "
                        "still {:.3g} times what it may be; {}",
                        words(), options.restarts, options.basis, pairs.worst_residual, way_out));
      }
    }
  }

  /// Where nothing else converges: a factor of a matrix that is singular but for rounding errors, if there is one. What
  /// it finds is checked and counted as everything else.
  [[nodiscard]] bool try_shift_at_zero() {
    if (end_ == End::largest || shifted_.shift == 0) return false;
    const double old = shifted_.shift;
    if (try_shift(0)) return true;
    shifted_.shift = old;
    refactorise();
    return false;
  }

  /// A band of eigenvalues that the shift can't come close to, as one beyond them is in the way, takes many vectors.
  [[nodiscard]] bool enlarge_basis(std::int64_t space, LanczosOptions& options) const {
    const std::int64_t fitting = installed_memory() / share_of_memory / (matrix_.size * 8);
    const std::int64_t basis = std::min({2 * options.basis, largest_basis, space, fitting});
    if (basis <= options.basis) return false;
    options.basis = basis;
    return true;
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
    next_ = pairs.next && *pairs.next > 0 ? shifted_.shift + norm_ / *pairs.next : unknown;
    found_.vectors.insert(found_.vectors.end(), pairs.vectors.begin(), pairs.vectors.end());
    if (!first_search) recombine();
    measure();
    const double residual = *std::max_element(residuals_.begin(), residuals_.end());
    if (residual <= greatest_residual_ && orthogonality_ <= tolerance_of_checks(matrix_.size) / 16) return;
    rayleigh_ritz(matrix_, found_.vectors);
    measure();
  }

  /// The Rayleigh quotients of what was found, in their order, and how good they are.
  void measure() {
    found_.eigenvalues.clear();
    const std::span<const double> vectors(found_.vectors);
    for (std::size_t begin = 0; begin < vectors.size(); begin += at(matrix_.size)) {
      found_.eigenvalues.push_back(shifted_.sign *
                                   rayleigh_quotient(matrix_, vectors.subspan(begin, at(matrix_.size))));
    }
    sort();
    std::vector<double> of_matrix = found_.eigenvalues;
    for (double& value : of_matrix) value *= shifted_.sign;
    residuals_ = residuals_of(matrix_, of_matrix, found_.vectors);
    orthogonality_ = orthogonality_of(matrix_.size, found_.vectors);
    const double range = found_.eigenvalues.back() - found_.eigenvalues.front();
    all_residuals_ = cblas_dnrm2(static_cast<int>(residuals_.size()), residuals_.data(), 1) + orthogonality_ * range;
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

  /// How many of the `count` have to be searched for, as far as is known.
  std::int64_t count_missing(std::int64_t count) {
    const auto found = static_cast<std::int64_t>(found_.eigenvalues.size());
    if (found < count) return count - found;
    cholesky_.forget();
    const CountedMatrix matrix{matrix_, shifted_.sign, complement_.kernel_dimension(), norm_, cholesky_.supernodes()};
    const BlasThreads blas_threads(cholesky_.threads());
    counted_ = count_eigenvalues(matrix, {found_.eigenvalues, next_, least_width()}, count);
    return std::min(counted_.missing, count);
  }
  /// Closer eigenvalues can't be told apart: what the count has as rounding errors in the best case, or what those that
  /// were found may be off.
  [[nodiscard]] double least_width() const { return std::max(0x1p-43 * norm_, 2 * all_residuals_); }

  /// Where the count left a wide cluster open: whether the smallest eigenvalue in the complement of all that was found,
  /// from new random vectors, is not below those that were.
  [[nodiscard]] bool nothing_below_another_search(std::int64_t count) {
    if (complement_.dimension(found_.vectors) == 0) return true;
    const std::vector<double> before = found_.eigenvalues;
    refactorise();
    search(1);
    const double same = least_width();
    for (std::size_t k = 0; k < at(count); ++k) {
      if (found_.eigenvalues[k] < before[k] - same) return false;
    }
    return true;
  }

  /// All that were found are together within the norm of their residuals of as many eigenvalues, which the count says
  /// are those in their places; one that is alone is closer: within r^2 / gap (Kato and Temple).
  void bound_errors(std::int64_t count) {
    const std::vector<double>& value = found_.eigenvalues;
    for (std::int64_t k = 0; k < count; ++k) {
      double bound = all_residuals_;
      if (k < counted_.below) {
        const double next = k + 1 < counted_.below ? value[at(k + 1)] : counted_.from;
        double gap = next - value[at(k)];
        if (k > 0) gap = std::min(gap, value[at(k)] - value[at(k - 1)]);
        if (gap > 4 * all_residuals_) bound = std::min(bound, residuals_[at(k)] * (residuals_[at(k)] / (gap / 2)));
      } else {
        bound = std::max(bound, value[at(k)] - counted_.from);
      }
      found_.bounds.push_back(bound + rounding_);
    }
  }

  /// Wider blocks solve faster by the vector and need more of them (docs/decisions/0010).
  static constexpr std::int64_t block_size = 4;

  const SparseMatrix& matrix_;
  SparseCholesky& cholesky_;
  End end_;
  Complement complement_;
  double greatest_residual_;  ///< as far below what the checks let pass as costs few iterations
  double norm_ = 0;           ///< a bound of it
  double below_all_ = 0;      ///< a lower bound of the spectrum of C
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  double next_ = unknown;  ///< estimate from above of the first eigenvalue that is not found
  std::vector<std::int32_t> pinned_;
  ShiftedMatrix shifted_;
  SpectrumEnd found_;
  std::vector<double> residuals_;
  double orthogonality_ = 0;
  double all_residuals_ = 0;  ///< bound of the distance from those found to as many eigenvalues
  double rounding_ = 0;       ///< of a Rayleigh quotient
  Counted counted_;
  std::uint64_t seed_ = 0;  ///< of the last search
};

}  // namespace

SpectrumEnd smallest_pairs(const SparseProblem& problem, std::int64_t count) {
  return EndSearch(problem, EndSearch::End::smallest, {}).run(count);
}

SpectrumEnd largest_pairs(const SparseProblem& problem, const SpectrumEnd& smallest, std::int64_t count) {
  SpectrumEnd end = EndSearch(problem, EndSearch::End::largest, {}).run(count);
  if (are_orthogonal(problem.matrix.size, smallest.vectors, end.vectors)) return end;
  return EndSearch(problem, EndSearch::End::largest, smallest.vectors).run(count);
}

}  // namespace ravine::spectra
