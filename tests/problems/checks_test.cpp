#include "spectra/checks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ravine/error.hpp"
#include "small_problems.hpp"
#include "spectra/dense.hpp"

namespace ravine::spectra {
namespace {

/// What has to be noticed.
constexpr double wrong_eigenvalue = 1e-9;  // relative
constexpr double wrong_component = 1e-6;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Pairs one by one up to 64, by random combinations beyond, and the ends of a spectrum.
struct Case {
  const char* name;
  Quadratic problem;
  SpectrumRequest request;
};

std::vector<Case> cases() {
  const auto request = [](std::optional<Extremes> extremes, Vectors vectors) {
    return SpectrumRequest{Solver::dense, extremes, vectors};
  };
  return {{"values of few", quadratic(scattered_matrix(30, 1)), request(std::nullopt, Vectors::none)},
          {"values of many", quadratic(scattered_matrix(150, 1)), request(std::nullopt, Vectors::none)},
          {"few", quadratic(scattered_matrix(30, 1)), request(std::nullopt, Vectors::kept)},
          {"many", quadratic(scattered_matrix(150, 1)), request(std::nullopt, Vectors::kept)},
          {"few of a sparse matrix", path(40), request(std::nullopt, Vectors::kept)},
          {"many of a sparse matrix", path(100), request(std::nullopt, Vectors::kept)},
          {"few ends", quadratic(scattered_matrix(150, 1)), request(Extremes{2, 3}, Vectors::kept)},
          {"many ends", quadratic(scattered_matrix(150, 1)), request(Extremes{40, 30}, Vectors::kept)}};
}

bool passes(const Quadratic& problem, Spectrum spectrum) {
  try {
    check(problem.matrix, spectrum);
  } catch (const NumericalError&) {
    return false;
  }
  return true;
}

TEST(SpectrumChecks, PassARightSpectrum) {
  for (const Case& c : cases()) {
    Spectrum spectrum = dense_spectrum(c.problem, c.request, 1);
    EXPECT_NO_THROW(check(c.problem.matrix, spectrum)) << c.name;
    EXPECT_EQ(spectrum.checks.residual.has_value(), c.request.vectors == Vectors::kept) << c.name;
    EXPECT_EQ(spectrum.checks.orthogonality.has_value(), c.request.vectors == Vectors::kept) << c.name;
    EXPECT_TRUE(spectrum.checks.trace && spectrum.checks.frobenius) << c.name;
    EXPECT_EQ(spectrum.checks.tolerance, 0x1p-43) << c.name;
  }
}

TEST(SpectrumChecks, RejectAWrongEigenvalue) {
  for (const Case& c : cases()) {
    const Spectrum spectrum = dense_spectrum(c.problem, c.request, 1);
    for (std::size_t k = 0; k < spectrum.eigenvalues.size(); ++k) {
      // Relative to the largest for those near 0, whose relative error nobody can know.
      Spectrum wrong = spectrum;
      const double largest = std::max(-spectrum.eigenvalues.front(), spectrum.eigenvalues.back());
      const double size = std::max(std::fabs(wrong.eigenvalues[k]), 0.1 * largest);
      wrong.eigenvalues[k] += wrong_eigenvalue * size;
      EXPECT_FALSE(passes(c.problem, wrong)) << c.name << " " << k;
    }
  }
}

TEST(SpectrumChecks, RejectAWrongComponent) {
  for (const Case& c : cases()) {
    const Spectrum spectrum = dense_spectrum(c.problem, c.request, 1);
    for (std::size_t i = 0; i < spectrum.vectors.size(); i += 173) {
      Spectrum wrong = spectrum;
      wrong.vectors[i] += wrong_component;
      EXPECT_FALSE(passes(c.problem, wrong)) << c.name << " " << i;
    }
  }
}

TEST(SpectrumChecks, RejectVectorsThatAreEqualOrTooLong) {
  // Both have residuals of 0: only their products tell. One by one, and by combinations.
  for (const std::size_t size : {20U, 100U}) {
    const Quadratic problem =
        quadratic(sparse_matrix(static_cast<std::int64_t>(size), std::array<Entry, 1>{{{0, 0, 1}}}));
    const Spectrum spectrum = dense_spectrum(problem, {Solver::dense, std::nullopt, Vectors::kept}, 1);
    ASSERT_TRUE(passes(problem, spectrum));
    Spectrum equal = spectrum;
    std::copy_n(spectrum.vectors.begin(), size, equal.vectors.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(passes(problem, equal)) << size;
    Spectrum longer = spectrum;
    for (std::size_t i = 0; i < size; ++i) longer.vectors[i] *= 1 + 1e-10;
    EXPECT_FALSE(passes(problem, longer)) << size;
  }
}

TEST(SpectrumChecks, RejectEigenvaluesThatSumUpButAreOthers) {
  // Only the Frobenius norm tells.
  const Quadratic problem = quadratic(DenseMatrix{2, {1, 0, 0, 3}});
  Spectrum spectrum = dense_spectrum(problem, {}, 1);
  spectrum.eigenvalues = {1 - 1e-9, 3 + 1e-9};
  EXPECT_FALSE(passes(problem, spectrum));
}

TEST(SpectrumChecks, RejectDisorderAndWhatIsNoNumber) {
  const Quadratic problem = quadratic(DenseMatrix{2, {1, 0, 0, 3}});
  const Spectrum spectrum = dense_spectrum(problem, {Solver::dense, std::nullopt, Vectors::kept}, 1);
  Spectrum wrong = spectrum;
  wrong.eigenvalues = {3, 1};
  EXPECT_FALSE(passes(problem, wrong));
  wrong.eigenvalues = {1, nan};
  EXPECT_FALSE(passes(problem, wrong));
  wrong.eigenvalues = {1, std::numeric_limits<double>::infinity()};
  EXPECT_FALSE(passes(problem, wrong));
  wrong = spectrum;
  wrong.vectors[1] = nan;
  EXPECT_FALSE(passes(problem, wrong));
}

TEST(SpectrumChecks, AMessageHasTheFigures) {
  const Quadratic problem = path(5);
  Spectrum spectrum = dense_spectrum(problem, {Solver::dense, std::nullopt, Vectors::kept}, 1);
  spectrum.eigenvalues.back() += 1e-3;
  try {
    check(problem.matrix, spectrum);
    FAIL();
  } catch (const NumericalError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind("the spectrum does not pass its checks: residual (largest of 5 pairs) 0.00025, ", 0), 0U)
        << message;
    EXPECT_NE(message.find("; each has to be below 1.14e-13"), std::string::npos) << message;
  }
}

TEST(SpectrumChecks, ANormBeyondFloat64IsSaid) {
  const Quadratic problem = quadratic(DenseMatrix{2, {1.5e308, 1.5e308, 1.5e308, 1.5e308}});
  Spectrum spectrum;
  spectrum.size = 2;
  spectrum.index = {1, 2};
  spectrum.eigenvalues = {0, 1e308};
  EXPECT_THROW(check(problem.matrix, spectrum), NumericalError);
}

TEST(SpectrumChecks, OnlyTheRowSumsMayOverflow) {
  // The row sum is above the largest float64, the Frobenius norm and the trace are not.
  Spectrum spectrum;
  spectrum.size = 2;
  spectrum.index = {1, 2};
  const double root = std::sqrt(1 + 1.8 * 1.8);
  spectrum.eigenvalues = {0.5e308 * (1 - root), 0.5e308 * (1 + root)};
  check(DenseMatrix{2, {1e308, 9e307, 9e307, 0}}, spectrum);
  // Every eigenvalue is below it, the Frobenius norm or the trace is not.
  spectrum.eigenvalues = {1.3e308, 1.3e308};
  EXPECT_THROW(check(DenseMatrix{2, {1.3e308, 0, 0, 1.3e308}}, spectrum), NumericalError);
  spectrum.eigenvalues = {1e308, 1e308};
  EXPECT_THROW(check(DenseMatrix{2, {1e308, 0, 0, 1e308}}, spectrum), NumericalError);
}

TEST(SpectrumChecks, TheToleranceGrowsWithTheSize) {
  EXPECT_EQ(tolerance_of_checks(1), 0x1p-43);
  EXPECT_EQ(tolerance_of_checks(256), 0x1p-43);
  EXPECT_EQ(tolerance_of_checks(512), 0x1p-42);
}

TEST(SpectrumChecks, TheNormIsTheCloserOne) {
  EXPECT_EQ(norm_for_checks(DenseMatrix{2, {3, 0, 0, 4}}), 4);
  EXPECT_EQ(norm_for_checks(star(5).matrix), std::sqrt(28.0));
}

}  // namespace
}  // namespace ravine::spectra
