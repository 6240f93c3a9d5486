#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "problem/regression.hpp"
#include "ravine/error.hpp"
#include "ravine/model/pair_numbers.hpp"
#include "spectra/regression.hpp"

namespace ravine::spectra {
namespace {

using Pair = model::Pair<double>;

constexpr double unit = 0x1p-53;        ///< roundoff of float64
constexpr double pair_unit = 0x1p-104;  ///< of one operation on pairs, with room
constexpr int most_sweeps = 60;         ///< some ten are usual; convergence is quadratic in the end

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// A column of Z V, with that of V: rotations turn both alike, until the columns of Z V are orthogonal.
struct Column {
  std::vector<Pair> feature;  ///< (m)
  std::vector<Pair> vector;   ///< (n)
};

std::vector<Column> columns_of(const Regression& regression) {
  const std::size_t size = at(regression.degree + 1);
  std::vector<Column> columns(size);
  for (std::size_t j = 0; j < size; ++j) {
    columns[j].vector.resize(size);
    columns[j].vector[j] = model::pair(1);
    columns[j].feature.reserve(regression.input.size());
  }
  for (const double x : regression.input) {
    const std::vector<Pair> row = powers(x, static_cast<std::int64_t>(size));
    for (std::size_t j = 0; j < size; ++j) columns[j].feature.push_back(row[j]);
  }
  return columns;
}

Pair dot(const std::vector<Pair>& x, const std::vector<Pair>& y) {
  Pair sum{0, 0};
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

struct Rotation {
  Pair cosine;
  Pair sine;
};

/// The rotation that makes two columns orthogonal, from their products; the smaller of the two angles (Golub and Van
/// Loan, Matrix Computations, 8.5.2).
Rotation rotation_of(Pair pp, Pair qq, Pair pq) {
  const Pair one = model::pair(1);
  const Pair zeta = (qq - pp) / (pq + pq);
  const Pair size = magnitude(zeta);
  // Beyond 2^60, 1 + zeta^2 is zeta^2 to all bits of a pair, and might overflow.
  const Pair root = size.hi > 0x1p60 ? size : square_root(one + size * size);
  const Pair tangent = one / (size + root);
  const Pair cosine = one / square_root(one + tangent * tangent);
  return {cosine, cosine * (zeta.hi < 0 ? -tangent : tangent)};
}

void rotate(Rotation rotation, std::vector<Pair>& p, std::vector<Pair>& q) {
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Pair old = p[i];
    p[i] = rotation.cosine * old - rotation.sine * q[i];
    q[i] = rotation.sine * old + rotation.cosine * q[i];
  }
}

/// Makes the longer column the first and both orthogonal; false if both were so already, to the accuracy of their
/// product. (An exchange counts: after it the sweep meets other pairs than it would have.) Long columns first is what
/// makes small singular values accurate (de Rijk, SIAM J. Sci. Stat. Comput. 10, 1989; Demmel and Veselic, SIAM J.
/// Matrix Anal. Appl. 13, 1992).
bool orthogonalise(Column& first, Column& second) {
  Pair pp = dot(first.feature, first.feature);
  Pair qq = dot(second.feature, second.feature);
  const bool exchange = pp < qq;
  if (exchange) {
    std::swap(first, second);
    std::swap(pp, qq);
  }
  const Pair pq = dot(first.feature, second.feature);
  const double tolerance = static_cast<double>(first.feature.size() + 8) * pair_unit;
  if (std::fabs(pq.hi) <= tolerance * std::sqrt(pp.hi) * std::sqrt(qq.hi)) return exchange;
  const Rotation rotation = rotation_of(pp, qq, pq);
  rotate(rotation, first.feature, second.feature);
  rotate(rotation, first.vector, second.vector);
  return true;
}

/// Returns the number of sweeps.
int iterate(std::vector<Column>& columns) {
  for (int sweep = 1; sweep <= most_sweeps; ++sweep) {
    bool rotated = false;
    for (std::size_t p = 0; p < columns.size(); ++p) {
      for (std::size_t q = p + 1; q < columns.size(); ++q) rotated |= orthogonalise(columns[p], columns[q]);
    }
    if (!rotated) return sweep;
  }
  throw NumericalError(
      fmt::format("singular values of the {} x {} Vandermonde matrix: found columns that are not "
                  "orthogonal after {} sweeps of Jacobi's iteration; wanted about ten to suffice",
                  columns.front().feature.size(), columns.size(), most_sweeps));
}

/// Below 1, so that components which are equal but for their rounding do not decide by it.
constexpr double almost_largest = 0.9;

void fix_sign(Column& column) {
  double largest = 0;
  for (const Pair& entry : column.vector) largest = std::max(largest, std::fabs(entry.hi));
  const auto decides = std::find_if(column.vector.begin(), column.vector.end(),
                                    [largest](Pair entry) { return std::fabs(entry.hi) >= almost_largest * largest; });
  if (decides->hi > 0) return;
  for (Pair& entry : column.vector) entry = -entry;
  for (Pair& entry : column.feature) entry = -entry;
}

/// How much a relative error of Z's columns is enlarged in a singular value, to first order: |u'dZ q|/sigma is at most
/// the sum of ||dz_j|| |q_j| over sigma. Its square is that for entries of Z'Z in an eigenvalue: |q'dA q|, where dA_jk
/// is a share of ||z_j|| ||z_k||.
double amplification(const Column& column, const std::vector<double>& lengths, double singular_value) {
  double sum = 0;
  for (std::size_t j = 0; j < lengths.size(); ++j) sum += lengths[j] * std::fabs(column.vector[j].hi);
  return sum / singular_value;
}

/// The same for relative errors of the inputs: lambda is the sum of pbar(xi)^2, so that d lambda is that of 2 pbar(xi)
/// pbar'(xi) d xi. It is far smaller: where an eigenfeature is small, so is its slope.
double amplification_of_inputs(const Column& column, const std::vector<double>& input, double eigenvalue) {
  double sum = 0;
  for (std::size_t s = 0; s < input.size(); ++s) {
    Pair slope{0, 0};
    for (std::size_t j = column.vector.size(); j-- > 1;) {
      slope = slope * model::pair(input[s]) + column.vector[j] * model::pair(static_cast<double>(j));
    }
    sum += std::fabs(column.feature[s].hi * slope.hi * input[s]);
  }
  return sum / eigenvalue;
}

}  // namespace

RegressionModes regression_modes(const Regression& regression) {
  std::vector<Column> columns = columns_of(regression);
  std::vector<double> lengths;
  for (const Column& column : columns) lengths.push_back(std::sqrt(dot(column.feature, column.feature).hi));
  const int sweeps = iterate(columns);
  std::stable_sort(columns.begin(), columns.end(), [](const Column& a, const Column& b) {
    return dot(a.feature, a.feature) < dot(b.feature, b.feature);
  });

  RegressionModes modes;
  modes.samples = static_cast<std::int64_t>(regression.input.size());
  modes.size = regression.degree + 1;
  // A column takes part in size - 1 rotations a sweep, of three operations each.
  modes.rounding = pair_unit * (static_cast<double>(modes.samples) + 3.0 * sweeps * static_cast<double>(modes.size));
  for (Column& column : columns) {
    fix_sign(column);
    const Pair eigenvalue = dot(column.feature, column.feature);
    const double factor = amplification(column, lengths, std::sqrt(eigenvalue.hi));
    modes.eigenvalues.push_back(eigenvalue);
    modes.vectors.insert(modes.vectors.end(), column.vector.begin(), column.vector.end());
    modes.eigenfeatures.insert(modes.eigenfeatures.end(), column.feature.begin(), column.feature.end());
    modes.error.push_back(unit + 2 * factor * modes.rounding);
    modes.error_of_inputs.push_back(2 * unit * amplification_of_inputs(column, regression.input, eigenvalue.hi));
    modes.error_of_rounded.push_back(2 * unit * factor);
    modes.error_of_normal.push_back(unit * factor * factor);
  }
  modes.kappa = std::sqrt(modes.eigenvalues.back().hi) / std::sqrt(modes.eigenvalues.front().hi);
  return modes;
}

Spectrum regression_spectrum(const RegressionModes& modes, Vectors vectors) {
  Spectrum spectrum;
  spectrum.size = modes.size;
  spectrum.solver = "one-sided Jacobi in pair arithmetic";
  for (std::int64_t i = 0; i < modes.size; ++i) {
    spectrum.index.push_back(i + 1);
    spectrum.eigenvalues.push_back(model::to_double(modes.eigenvalues[at(i)]));
    spectrum.bounds.push_back(modes.error[at(i)] * spectrum.eigenvalues.back());
  }
  if (vectors == Vectors::kept) {
    for (const Pair& entry : modes.vectors) spectrum.vectors.push_back(model::to_double(entry));
  }
  return spectrum;
}

Spectrum regression_spectrum(const Regression& regression, Vectors vectors) {
  return regression_spectrum(regression_modes(regression), vectors);
}

}  // namespace ravine::spectra
