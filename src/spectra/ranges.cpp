#include "spectra/ranges.hpp"

#include <algorithm>

#include "ravine/error.hpp"

namespace ravine::spectra {
namespace {

/// Moves the ranges of a whole spectrum's rows of `width` numbers to the front and drops the rest.
template <class T>
void keep_rows(std::span<const IndexRange> ranges, std::int64_t width, std::vector<T>& values) {
  auto end = values.begin();
  for (const IndexRange& range : ranges) {
    const auto first = values.begin() + (range.first - 1) * width;
    end = std::copy(first, first + range.count() * width, end);
  }
  values.erase(end, values.end());
  values.shrink_to_fit();
}

}  // namespace

std::vector<IndexRange> wanted_ranges(const Quadratic& problem, const SpectrumRequest& request) {
  const std::int64_t size = size_of(problem.matrix);
  if (size == 0) throw UsageError("the matrix has no rows, and so no eigenvalues: it needs at least one");
  const IndexRange all{1, size};
  if (!request.extremes) return {all};
  const auto [smallest, largest] = *request.extremes;
  if (smallest + largest == 0) throw UsageError("no eigenvalue of either end is asked for: ask for at least one");
  const std::int64_t kernel = problem.kernel.dimension;
  if (size - kernel - smallest - largest <= 0) return {all};
  std::vector<IndexRange> ranges;
  if (smallest > 0) ranges.push_back({kernel + 1, kernel + smallest});
  if (largest > 0) ranges.push_back({size - largest + 1, size});
  return ranges;
}

void keep_ranges(std::span<const IndexRange> ranges, Spectrum& spectrum) {
  keep_rows(ranges, 1, spectrum.index);
  keep_rows(ranges, 1, spectrum.eigenvalues);
  if (!spectrum.vectors.empty()) keep_rows(ranges, spectrum.size, spectrum.vectors);
}

}  // namespace ravine::spectra
