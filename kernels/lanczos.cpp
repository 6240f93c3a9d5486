#include "kernels/lanczos.hpp"

#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "ravine/error.hpp"
#include "spectra/blas_threads.hpp"

namespace ravine::cuda {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Numbers spread evenly over [-1, 1), from a counter (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
std::vector<double> start_vector(std::int64_t size, std::int64_t run) {
  std::uint64_t state = static_cast<std::uint64_t>(run) << 40U;
  std::vector<double> values(at(size));
  for (double& value : values) {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t bits = state;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    bits ^= bits >> 31U;
    value = static_cast<double>(bits >> 11U) * 0x1p-52 - 1;
  }
  return values;
}

/// The projection of A on the vectors of a run: all eigenvalues, ascending, and vectors, one a column.
struct Projected {
  std::vector<double> eigenvalues;
  std::vector<double> vectors;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(eigenvalues.size()); }
  /// Of a vector, the component along the last vector of the run.
  [[nodiscard]] double last_component(std::int64_t pair) const { return vectors[at((pair + 1) * size() - 1)]; }
};

Projected decompose(std::vector<double> matrix, std::int64_t size) {
  Projected result{std::vector<double>(at(size)), std::move(matrix)};
  const auto n = static_cast<lapack_int>(size);
  const lapack_int info =
      LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', n, result.vectors.data(), n, result.eigenvalues.data());
  if (info != 0) throw NumericalError(fmt::format("LAPACK's dsyevd failed for a matrix of {} rows ({})", size, info));
  return result;
}

class Search {
 public:
  Search(LanczosSpace& space, const LanczosPlan& plan)
      : space_(space), plan_(plan), tolerance_(plan.tolerance * plan.norm) {
    assert(plan.count >= 1 && plan.count <= space.size());
    assert(plan.basis > plan.count || plan.basis == space.size());
    assert(space.columns() >= columns_for(plan));
  }

  LanczosResult find() {
    while (found_count() < space_.size() && run() > 0) drop_smallest();
    return verified();
  }

 private:
  [[nodiscard]] std::int64_t found_count() const { return static_cast<std::int64_t>(found_.size()); }

  /// What a further eigenvalue has to be above.
  [[nodiscard]] double threshold() const {
    if (found_count() < plan_.count) return -std::numeric_limits<double>::infinity();
    return *std::min_element(found_.begin(), found_.end()) + tolerance_;
  }

  /// One run beside what is found, which is in the first columns. Returns how many pairs it adds to that.
  std::int64_t run() {
    ++result_.runs;
    const std::int64_t first = found_count();
    const std::int64_t basis = std::min(plan_.basis, space_.size() - first);
    space_.write(first, start_vector(space_.size(), result_.runs));
    static_cast<void>(space_.orthogonalise(first));
    space_.scale(first, 1 / space_.norm(first));
    std::int64_t kept = 0;
    std::vector<double> matrix(at(basis * basis));
    for (;;) {
      const Extension extension = extend(first, kept, basis, matrix);
      const Projected projected = decompose(shrunk(matrix, basis, extension.vectors), extension.vectors);
      const std::int64_t right = converged(projected, extension.coupling);
      if (is_done(projected, right)) return take(first, projected, right);
      kept = restart(first, projected, extension.coupling, matrix);
    }
  }

  struct Extension {
    std::int64_t vectors;  ///< of the run; fewer than the basis where they span a space that A does not leave
    double coupling;       ///< to the vector after them
  };

  /// Lanczos's steps from `kept` vectors to `basis`, filling the projection's lower triangle.
  Extension extend(std::int64_t first, std::int64_t kept, std::int64_t basis, std::vector<double>& matrix) {
    double coupling = 0;
    for (std::int64_t i = kept; i < basis; ++i) {
      if (++result_.products > plan_.most_products) {
        throw NumericalError(
            fmt::format("Lanczos's method has not found the {} largest eigenvalues within {} products of the matrix; "
                        "{} are found. Ask for fewer, or for a dense spectrum",
                        plan_.count, plan_.most_products, found_count()));
      }
      space_.multiply(first + i, first + i + 1);
      matrix[at(i * basis + i)] = space_.orthogonalise(first + i + 1);
      coupling = space_.norm(first + i + 1);
      // What is left is rounding: the eigenvalues of the projection are some of A.
      if (coupling <= tolerance_) return {i + 1, 0};
      space_.scale(first + i + 1, 1 / coupling);
      if (i + 1 < basis) matrix[at(i * basis + i + 1)] = coupling;
    }
    return {basis, coupling};
  }

  static std::vector<double> shrunk(const std::vector<double>& matrix, std::int64_t basis, std::int64_t vectors) {
    std::vector<double> part(at(vectors * vectors));
    for (std::int64_t column = 0; column < vectors; ++column) {
      std::copy_n(matrix.begin() + column * basis, vectors, part.begin() + column * vectors);
    }
    return part;
  }

  /// How many of the largest eigenvalues in a row are found: A q - lambda q is the coupling times the last component.
  [[nodiscard]] std::int64_t converged(const Projected& projected, double coupling) const {
    std::int64_t count = 0;
    while (count < projected.size() &&
           std::fabs(coupling * projected.last_component(projected.size() - 1 - count)) <= tolerance_) {
      ++count;
    }
    return count;
  }

  [[nodiscard]] bool is_done(const Projected& projected, std::int64_t right) const {
    if (right == 0) return false;
    return right >= std::min(plan_.count, projected.size()) ||
           projected.eigenvalues[at(projected.size() - right)] <= threshold();
  }

  /// Puts the largest that are right and above the threshold, but no more than wanted, after what is found.
  std::int64_t take(std::int64_t first, const Projected& projected, std::int64_t right) {
    const double above = threshold();
    const std::int64_t size = projected.size();
    std::int64_t taken = 0;
    while (taken < std::min(right, plan_.count) && projected.eigenvalues[at(size - 1 - taken)] > above) ++taken;
    if (taken == 0) return 0;
    combine_largest(first, projected, taken);
    for (std::int64_t k = size - taken; k < size; ++k) found_.push_back(projected.eigenvalues[at(k)]);
    return taken;
  }

  /// The run's first vectors become those of its `kept` largest eigenvalues, ascending.
  void combine_largest(std::int64_t first, const Projected& projected, std::int64_t kept) {
    const std::int64_t size = projected.size();
    space_.combine(first, size, std::span(projected.vectors).subspan(at((size - kept) * size)), kept);
  }

  /// Keeps the largest pairs and the vector after the run, which is coupled to each of them by what its residual is.
  std::int64_t restart(std::int64_t first, const Projected& projected, double coupling, std::vector<double>& matrix) {
    const std::int64_t size = projected.size();
    const std::int64_t kept = std::min(most_kept(plan_), size - 1);
    combine_largest(first, projected, kept);
    space_.copy(first + size, first + kept);
    std::fill(matrix.begin(), matrix.end(), 0.0);
    for (std::int64_t k = 0; k < kept; ++k) {
      const std::int64_t pair = size - kept + k;
      matrix[at(k * size + k)] = projected.eigenvalues[at(pair)];
      matrix[at(k * size + kept)] = coupling * projected.last_component(pair);
    }
    return kept;
  }

  /// Leaves no more than wanted: the last column takes the place of each that goes.
  void drop_smallest() {
    while (found_count() > plan_.count) {
      const std::int64_t smallest = std::min_element(found_.begin(), found_.end()) - found_.begin();
      const std::int64_t last = found_count() - 1;
      if (smallest != last) space_.copy(last, smallest);
      found_[at(smallest)] = found_.back();
      found_.pop_back();
    }
  }

  LanczosResult verified() {
    drop_smallest();
    const std::int64_t spare = found_count();
    for (std::int64_t column = 0; column < found_count(); ++column) {
      space_.multiply(column, spare);
      space_.add(-found_[at(column)], column, spare);
      const double residual = space_.norm(spare);
      result_.residual = std::max(result_.residual, plan_.norm > 0 ? residual / plan_.norm : residual);
    }
    // Not met where the estimates have lost touch with the pairs; rounding makes of them some more than they say.
    constexpr double allowance = 100;
    if (!(result_.residual <= allowance * plan_.tolerance)) {
      throw NumericalError(fmt::format("Lanczos's method ended with a residual of {:.2g}; wanted at most {:.2g}",
                                       result_.residual, allowance * plan_.tolerance));
    }
    result_.columns.resize(found_.size());
    std::iota(result_.columns.begin(), result_.columns.end(), std::int64_t{0});
    std::sort(result_.columns.begin(), result_.columns.end(),
              [this](std::int64_t a, std::int64_t b) { return found_[at(a)] < found_[at(b)]; });
    for (const std::int64_t column : result_.columns) result_.eigenvalues.push_back(found_[at(column)]);
    return result_;
  }

  LanczosSpace& space_;
  LanczosPlan plan_;
  double tolerance_;
  std::vector<double> found_;  ///< eigenvalues of the first columns
  LanczosResult result_;
};

}  // namespace

std::int64_t columns_for(const LanczosPlan& plan) {
  return plan.count + plan.basis + 1;
}

/// Half of what is beyond those wanted: more make the next run shorter, fewer make its vectors better.
std::int64_t most_kept(const LanczosPlan& plan) {
  return std::min(plan.count + (plan.basis - plan.count) / 2, plan.basis);
}

LanczosResult lanczos(LanczosSpace& space, const LanczosPlan& plan) {
  const spectra::BlasThreads one_thread(1);  // enough for small matrices, and its bits are the same everywhere
  return Search(space, plan).find();
}

}  // namespace ravine::cuda
