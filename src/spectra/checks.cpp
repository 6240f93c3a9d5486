#include "spectra/checks.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>
#include <utility>

#include "ravine/error.hpp"
#include "ravine/model/random.hpp"

namespace ravine::spectra {
namespace {

/// Names the stream of the random combinations. Fixed: equal spectra have equal figures.
constexpr std::uint64_t seed_of_combinations = 0x7261'7669'6e65;

constexpr double unit_roundoff = 0x1p-53;
/// Five times the largest figure that correct spectra were seen to have, 0.74 n 2^-53 (docs/decisions/0009).
constexpr double factor_of_tolerance = 4;
/// Up to so many eigenvalues the tolerance is the same: iterations stop at a residual that does not shrink with n.
constexpr std::int64_t least_size_of_tolerance = 256;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}
int blas_int(std::int64_t value) {
  assert(value <= INT32_MAX);
  return static_cast<int>(value);
}

/// Columns of equal length, one after the other.
struct Columns {
  Columns(std::int64_t length, std::int64_t count) : rows(length), columns(count), value(at(length) * at(count)) {}
  [[nodiscard]] std::span<double> operator[](std::int64_t column) {
    return std::span(value).subspan(at(column) * at(rows), at(rows));
  }
  std::int64_t rows;
  std::int64_t columns;
  std::vector<double> value;
};

/// The eigenvectors as columns: rows of Spectrum::vectors.
struct Vectors {
  std::int64_t size;
  std::int64_t count;
  std::span<const double> value;
  [[nodiscard]] std::span<const double> operator[](std::int64_t k) const {
    return value.subspan(at(k) * at(size), at(size));
  }
};

Vectors vectors_of(const Spectrum& spectrum) {
  return {spectrum.size, static_cast<std::int64_t>(spectrum.eigenvalues.size()), spectrum.vectors};
}

double for_checks(const MatrixNorms& norms) {
  return std::min(norms.frobenius, norms.row_sum);
}

/// Q X
Columns combined(const Vectors& q, const Columns& x) {
  Columns result(q.size, x.columns);
  cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, blas_int(q.size), blas_int(x.columns), blas_int(q.count), 1.0,
              q.value.data(), blas_int(q.size), x.value.data(), blas_int(x.rows), 0.0, result.value.data(),
              blas_int(q.size));
  return result;
}

/// Q'Y
Columns components(const Vectors& q, std::span<const double> y, std::int64_t columns) {
  Columns result(q.count, columns);
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, blas_int(q.count), blas_int(columns), blas_int(q.size), 1.0,
              q.value.data(), blas_int(q.size), y.data(), blas_int(q.size), 0.0, result.value.data(),
              blas_int(q.count));
  return result;
}

/// A Y
Columns product(const SymmetricMatrix& matrix, std::span<const double> y, std::int64_t columns) {
  const std::int64_t size = size_of(matrix);
  Columns result(size, columns);
  if (const auto* const dense = std::get_if<DenseMatrix>(&matrix)) {
    const int n = blas_int(size);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, blas_int(columns), n, 1.0, dense->value.data(), n,
                y.data(), n, 0.0, result.value.data(), n);
  } else {
    for (std::int64_t k = 0; k < columns; ++k) {
      multiply(matrix, y.subspan(at(k) * at(size), at(size)), result[k]);
    }
  }
  return result;
}

/// value / norm, where 0 / 0 is 0: of the zero matrix nothing may be wrong at all.
double relative(double value, double norm) {
  return value == 0 ? 0.0 : value / norm;
}

/// ||x - y|| / norm
double relative_distance(std::span<const double> x, std::span<const double> y, double norm) {
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double difference = relative(x[i] - y[i], norm);
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

/// The larger one; NaN if either is.
double worse(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}

void check_order(const std::vector<double>& eigenvalues) {
  const auto not_finite =
      std::find_if(eigenvalues.begin(), eigenvalues.end(), [](double value) { return !std::isfinite(value); });
  if (not_finite != eigenvalues.end()) {
    throw NumericalError(fmt::format("eigenvalue {} of {} that were computed is {}: it has to be finite",
                                     not_finite - eigenvalues.begin() + 1, eigenvalues.size(), *not_finite));
  }
  const auto descends = std::adjacent_find(eigenvalues.begin(), eigenvalues.end(), std::greater<>());
  if (descends != eigenvalues.end()) {
    throw NumericalError(
        fmt::format("eigenvalues {} and {} of {} that were computed are {} and {}: they have to ascend",
                    descends - eigenvalues.begin() + 1, descends - eigenvalues.begin() + 2, eigenvalues.size(),
                    *descends, *std::next(descends)));
  }
}

/// Every pair's residual, and every row of Q'Q - I.
void check_pairs(const MatrixNorms& norms, const SymmetricMatrix& matrix, const Spectrum& spectrum,
                 SpectrumChecks& checks) {
  const Vectors q = vectors_of(spectrum);
  Columns image = product(matrix, q.value, q.count);
  Columns gram = components(q, q.value, q.count);
  double residual = 0;
  double orthogonality = 0;
  std::vector<double> scaled(at(q.size));
  std::vector<double> unit(at(q.count));
  for (std::int64_t k = 0; k < q.count; ++k) {
    const double lambda = spectrum.eigenvalues[at(k)];
    std::transform(q[k].begin(), q[k].end(), scaled.begin(), [lambda](double x) { return lambda * x; });
    residual = worse(relative_distance(image[k], scaled, for_checks(norms)), residual);
    unit[at(k)] = 1;
    orthogonality = worse(relative_distance(gram[k], unit, 1), orthogonality);
    unit[at(k)] = 0;
  }
  checks.residual = residual;
  checks.residual_is = q.count == 1 ? "of 1 pair" : fmt::format("largest of {} pairs", q.count);
  checks.orthogonality = orthogonality;
}

/// Random vectors x in the first columns, standard normal in each component; Lambda x in as many others.
Columns combinations_of(const std::vector<double>& eigenvalues) {
  const auto count = static_cast<std::int64_t>(eigenvalues.size());
  Columns x(count, 2 * random_combinations);
  for (std::int64_t j = 0; j < random_combinations; ++j) {
    const model::DrawPlace place{seed_of_combinations, 0, static_cast<std::uint32_t>(j), 0};
    for (std::int64_t k = 0; k < count; k += 2) {
      const auto block = model::normal_block<double>(place, static_cast<std::uint32_t>(k / 2));
      for (std::int64_t i = k; i < std::min(k + 2, count); ++i) {
        x[j][at(i)] = block.values[at(i - k)];
        x[random_combinations + j][at(i)] = eigenvalues[at(i)] * block.values[at(i - k)];
      }
    }
  }
  return x;
}

/// The root mean square over the pairs of both, as the lengths of R x and (Q'Q - I) x with R = A Q - Q Lambda tell it.
void check_combinations(const MatrixNorms& norms, const SymmetricMatrix& matrix, const Spectrum& spectrum,
                        SpectrumChecks& checks) {
  const Vectors q = vectors_of(spectrum);
  Columns x = combinations_of(spectrum.eigenvalues);
  Columns qx = combined(q, x);  // Q X and Q Lambda X
  const std::span<const double> first_half = std::span(qx.value).first(at(q.size * random_combinations));
  Columns image = product(matrix, first_half, random_combinations);
  Columns back = components(q, first_half, random_combinations);
  double residual = 0;
  double orthogonality = 0;
  for (std::int64_t j = 0; j < random_combinations; ++j) {
    residual = worse(relative_distance(image[j], qx[random_combinations + j], for_checks(norms)), residual);
    orthogonality = worse(relative_distance(back[j], x[j], 1), orthogonality);
  }
  const double root_of_count = std::sqrt(static_cast<double>(q.count));
  checks.residual = residual / root_of_count;
  checks.residual_is =
      fmt::format("root mean square of {} pairs, by {} random combinations", q.count, random_combinations);
  checks.orthogonality = orthogonality / root_of_count;
}

/// What all eigenvalues together have to be.
void check_sums(const MatrixNorms& norms, const SymmetricMatrix& matrix, const Spectrum& spectrum,
                SpectrumChecks& checks) {
  // Minus the diagonal's sum from the start, and with the rests of all additions: equal eigenvalues would be rounded
  // the same way each time, and it would add up.
  double sum = -relative(trace_of(matrix), for_checks(norms));
  double rest = 0;
  double squares = 0;
  for (const double lambda : spectrum.eigenvalues) {
    const model::Pair<double> next = model::two_sum(sum, relative(lambda, for_checks(norms)));
    sum = next.hi;
    rest += next.lo;
    const double share = relative(lambda, norms.frobenius);
    squares += share * share;
  }
  checks.trace = std::fabs(sum + rest) / std::sqrt(static_cast<double>(spectrum.size));
  checks.frobenius = norms.frobenius == 0 ? std::sqrt(squares) : std::fabs(std::sqrt(squares) - 1);
}

void require_below_tolerance(const SpectrumChecks& checks) {
  std::string figures;
  bool passed = true;
  const auto look_at = [&](const std::optional<double>& figure, std::string_view name) {
    if (!figure) return;
    passed = passed && *figure < checks.tolerance;
    figures += fmt::format("{}{} {:.3g}", figures.empty() ? "" : ", ", name, *figure);
  };
  look_at(checks.residual, checks.residual_is.empty() ? "residual" : "residual (" + checks.residual_is + ")");
  look_at(checks.orthogonality, "orthogonality");
  look_at(checks.trace, "trace");
  look_at(checks.frobenius, "Frobenius norm");
  if (!passed) {
    throw NumericalError(fmt::format("the spectrum does not pass its checks: {}; each has to be below {:.3g}", figures,
                                     checks.tolerance));
  }
}

}  // namespace

double norm_for_checks(const SymmetricMatrix& matrix) {
  return for_checks(norms_of(matrix));
}

double tolerance_of_checks(std::int64_t size) {
  return factor_of_tolerance * static_cast<double>(std::max(least_size_of_tolerance, size)) * unit_roundoff;
}

void check(const SymmetricMatrix& matrix, Spectrum& spectrum) {
  const auto count = static_cast<std::int64_t>(spectrum.eigenvalues.size());
  assert(spectrum.size == size_of(matrix) && spectrum.index.size() == spectrum.eigenvalues.size());
  assert(spectrum.vectors.empty() || spectrum.vectors.size() == at(count) * at(spectrum.size));
  check_order(spectrum.eigenvalues);
  const MatrixNorms norms = norms_of(matrix);
  if (!std::isfinite(norms.frobenius) || !std::isfinite(trace_of(matrix))) {
    throw NumericalError(
        "the Frobenius norm or the trace of the matrix is above the largest float64: scale the matrix");
  }
  SpectrumChecks checks = spectrum.checks;
  checks.tolerance = tolerance_of_checks(spectrum.size);
  if (!spectrum.vectors.empty()) {
    (count <= most_pairs_one_by_one ? check_pairs : check_combinations)(norms, matrix, spectrum, checks);
  }
  if (count == spectrum.size) check_sums(norms, matrix, spectrum, checks);
  require_below_tolerance(checks);
  spectrum.checks = checks;
}

}  // namespace ravine::spectra
