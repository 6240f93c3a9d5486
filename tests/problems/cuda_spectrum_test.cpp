// Spectra on a device, against known ones. Where no device or library is at hand they are skipped, which
// RAVINE_REQUIRE_GPU=1 makes a failure; tests/ptx/libraries runs them on a machine of the host's.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "kernels/dense_spectrum.hpp"
#include "kernels/devices.hpp"
#include "kernels/largest_eigenvalues.hpp"
#include "kernels/lazy_libraries.hpp"
#include "ravine/error.hpp"
#include "spectra/checks.hpp"
#include "spectrum_matrices.hpp"

namespace ravine::cuda {
namespace {

/// Of everything that is relative to the norm of A: rounding in matrices of at most some hundred rows.
constexpr double rounding = 1e-12;
/// Of Lanczos's pairs: ten times what the method asks of its estimates.
constexpr double residual_error = 1e-11;

class CudaSpectrum : public testing::Test {
 protected:
  void SetUp() override {
    const std::string reason = reason_to_skip();
    if (reason.empty()) return;
    const char* const required = std::getenv("RAVINE_REQUIRE_GPU");
    if (required != nullptr && std::string(required) == "1") FAIL() << "RAVINE_REQUIRE_GPU is set: " << reason;
    GTEST_SKIP() << reason;
  }

 private:
  static std::string reason_to_skip() {
    const CudaStatus status = cuda_status();
    if (usable_devices(status).empty()) return status.reason;
    for (const LibraryStatus& library : library_status()) {
      if (!library.reason.empty()) return library.name + ": " + library.reason;
    }
    return {};
  }
};

double dot(std::span<const double> x, std::span<const double> y) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

std::span<const double> vector_of(const Spectrum& spectrum, std::size_t pair) {
  const auto n = static_cast<std::size_t>(spectrum.size);
  return std::span(spectrum.vectors).subspan(pair * n, n);
}

/// The spectrum passes what every spectrum has to pass, and its pairs are pairs of A: eigenvalues of the places they
/// say, vectors that A scales by them, orthonormal.
void expect_pairs(const SymmetricMatrix& matrix, const Spectrum& spectrum, const std::vector<double>& all,
                  double residual = rounding) {
  const double norm = row_sum_norm_of(matrix);
  Spectrum checked = spectrum;
  EXPECT_NO_THROW(spectra::check(matrix, checked));
  ASSERT_EQ(spectrum.size, size_of(matrix));
  ASSERT_EQ(spectrum.index.size(), spectrum.eigenvalues.size());
  for (std::size_t k = 0; k < spectrum.index.size(); ++k) {
    EXPECT_NEAR(spectrum.eigenvalues[k], all.at(static_cast<std::size_t>(spectrum.index[k] - 1)), rounding * norm);
  }
  if (spectrum.vectors.empty()) return;
  ASSERT_EQ(spectrum.vectors.size(), spectrum.index.size() * static_cast<std::size_t>(spectrum.size));
  for (std::size_t k = 0; k < spectrum.index.size(); ++k) {
    const std::span<const double> q = vector_of(spectrum, k);
    std::vector<double> rest(q.size());
    multiply(matrix, q, rest);
    for (std::size_t i = 0; i < q.size(); ++i) rest[i] -= spectrum.eigenvalues[k] * q[i];
    EXPECT_LE(std::sqrt(dot(rest, rest)), residual * norm) << "pair " << spectrum.index[k];
    for (std::size_t other = 0; other <= k; ++other) {
      EXPECT_NEAR(dot(q, vector_of(spectrum, other)), k == other ? 1 : 0, rounding);
    }
  }
}

std::vector<std::int64_t> positions(std::initializer_list<std::int64_t> values) {
  return values;
}

struct KnownGraph {
  std::string name;
  Quadratic problem;
  std::vector<double> eigenvalues;
};

/// Connected graphs with eigenvalues of arbitrary precision.
std::vector<KnownGraph> known_graphs() {
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/graph_spectra.json");
  std::vector<KnownGraph> graphs;
  for (const nlohmann::json& graph : nlohmann::json::parse(file)) {
    std::vector<Edge> edges;
    for (const nlohmann::json& edge : graph.at("edges")) edges.push_back({edge.at(0), edge.at(1)});
    KnownGraph known{
        graph.at("family").get<std::string>() + graph.at("params").dump(), laplacian_of(graph.at("n"), edges), {}};
    for (const std::string value : graph.at("eigenvalues")) known.eigenvalues.push_back(std::stod(value));
    graphs.push_back(std::move(known));
  }
  return graphs;
}

SpectrumRequest request_of(std::optional<Extremes> extremes, Vectors vectors) {
  SpectrumRequest request;
  request.extremes = extremes;
  request.vectors = vectors;
  return request;
}

TEST_F(CudaSpectrum, graphs_have_their_spectra_and_the_kernel_is_exact) {
  for (const KnownGraph& graph : known_graphs()) {
    SCOPED_TRACE(graph.name);
    const Spectrum spectrum = dense_spectrum(graph.problem, request_of({}, Vectors::kept));
    expect_pairs(graph.problem.matrix, spectrum, graph.eigenvalues);
    EXPECT_EQ(spectrum.eigenvalues.front(), 0);
    EXPECT_FALSE(std::signbit(spectrum.eigenvalues.front()));
    const double component = 1 / std::sqrt(static_cast<double>(spectrum.size));
    for (const double value : vector_of(spectrum, 0)) EXPECT_EQ(value, component);
    EXPECT_EQ(dense_spectrum(graph.problem, request_of({}, Vectors::none)).eigenvalues.size(),
              graph.eigenvalues.size());
  }
}

TEST_F(CudaSpectrum, ends_are_counted_above_the_kernel) {
  const Quadratic grid = grid_laplacian(7, 9);
  for (const Vectors vectors : {Vectors::kept, Vectors::none}) {
    const Spectrum ends = dense_spectrum(grid, request_of(Extremes{3, 2}, vectors));
    EXPECT_EQ(ends.index, positions({2, 3, 4, 62, 63}));
    EXPECT_EQ(ends.vectors.empty(), vectors == Vectors::none);
    expect_pairs(grid.matrix, ends, grid_eigenvalues(7, 9));
    EXPECT_EQ(dense_spectrum(grid, request_of(Extremes{0, 2}, vectors)).index, positions({62, 63}));
    EXPECT_EQ(dense_spectrum(grid, request_of(Extremes{40, 30}, vectors)).index.size(), 63U);
  }
}

TEST_F(CudaSpectrum, ends_of_one_multiple_eigenvalue_are_orthogonal) {
  const Quadratic complete = complete_laplacian(30);
  Spectrum ends = dense_spectrum(complete, request_of(Extremes{3, 3}, Vectors::kept));
  EXPECT_EQ(ends.index, positions({2, 3, 4, 28, 29, 30}));
  spectra::check(complete.matrix, ends);
}

TEST_F(CudaSpectrum, dense_and_sparse_matrices_give_equal_bits_again_and_again) {
  const Quadratic sparse = grid_laplacian(6, 6);
  Quadratic dense = sparse;
  dense.matrix = to_dense(sparse.matrix);
  const Spectrum first = dense_spectrum(sparse, request_of({}, Vectors::kept));
  const Spectrum second = dense_spectrum(dense, request_of({}, Vectors::kept));
  EXPECT_EQ(first.eigenvalues, second.eigenvalues);
  EXPECT_EQ(first.vectors, second.vectors);
  EXPECT_NE(first.solver.find("cuSOLVER "), std::string::npos) << first.solver;
  EXPECT_NE(first.solver.find(" Xsyevd on "), std::string::npos) << first.solver;
}

TEST_F(CudaSpectrum, a_matrix_of_one_row) {
  Quadratic problem;
  problem.matrix = DenseMatrix{1, {-3}};
  const Spectrum spectrum = dense_spectrum(problem, request_of({}, Vectors::kept));
  EXPECT_EQ(spectrum.eigenvalues, std::vector<double>{-3});
  EXPECT_EQ(spectrum.vectors, std::vector<double>{1});
}

TEST_F(CudaSpectrum, many_matrices_at_once_are_as_one_by_one) {
  std::vector<DenseMatrix> matrices;
  for (unsigned seed = 1; seed <= 90; ++seed) matrices.push_back(random_symmetric(40, seed));
  const std::vector<Spectrum> spectra = dense_spectra(matrices, Vectors::kept);
  const std::vector<Spectrum> values = dense_spectra(matrices, Vectors::none);
  ASSERT_EQ(spectra.size(), matrices.size());
  ASSERT_EQ(values.size(), matrices.size());
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    SCOPED_TRACE(i);
    expect_pairs(matrices[i], spectra[i], values[i].eigenvalues);
    EXPECT_TRUE(values[i].vectors.empty());
  }
  Quadratic problem;
  problem.matrix = matrices.back();
  expect_pairs(problem.matrix, spectra.back(), dense_spectrum(problem, request_of({}, Vectors::none)).eigenvalues);
  EXPECT_TRUE(dense_spectra({}, Vectors::kept).empty());
}

TEST_F(CudaSpectrum, solutions_solve) {
  DenseMatrix matrix = to_dense(grid_laplacian(5, 8).matrix);
  for (std::size_t i = 0; i < 40; ++i) matrix.value[i * 41] += 1;
  std::vector<double> b(40);
  for (std::size_t i = 0; i < 40; ++i) b[i] = static_cast<double>(i) - 7;
  const std::vector<double> x = dense_solution(matrix, b);
  std::vector<double> product(40);
  multiply(SymmetricMatrix(matrix), x, product);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_NEAR(product[i], b[i], rounding * 100) << i;
}

TEST_F(CudaSpectrum, a_matrix_that_is_not_positive_definite_is_refused_with_its_row) {
  const DenseMatrix matrix{3, {4, 0, 0, 0, -1, 0, 0, 0, 9}};
  try {
    static_cast<void>(dense_solution(matrix, std::vector<double>{1, 1, 1}));
    FAIL() << "not refused";
  } catch (const NumericalError& error) {
    EXPECT_NE(std::string(error.what()).find("not positive definite: Cholesky's factors end at row 2 of 3"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(CudaSpectrum, projections_are_dot_products) {
  const std::vector<double> vectors = {1, 0, 0, 2, 1, 2, 3, 4};
  EXPECT_EQ(project(vectors, std::vector<double>{1, 10, 100, 1000}), (std::vector<double>{2001, 4321}));
  EXPECT_TRUE(project({}, std::vector<double>{1}).empty());
}

TEST_F(CudaSpectrum, lanczos_finds_the_large_end) {
  const Quadratic square = grid_laplacian(12, 12);  // most eigenvalues are double
  for (const std::int64_t count : {1, 2, 9}) {
    const Spectrum spectrum = largest_eigenvalues(square, count, Vectors::kept);
    ASSERT_EQ(spectrum.index.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(spectrum.index.front(), 144 - count + 1);
    EXPECT_EQ(spectrum.index.back(), 144);
    expect_pairs(square.matrix, spectrum, grid_eigenvalues(12, 12), residual_error);
  }
  const Spectrum values = largest_eigenvalues(square, 9, Vectors::none);
  EXPECT_TRUE(values.vectors.empty());
  EXPECT_EQ(values.eigenvalues, largest_eigenvalues(square, 9, Vectors::none).eigenvalues);
}

TEST_F(CudaSpectrum, lanczos_restarts_where_the_basis_is_short) {
  const Quadratic path = grid_laplacian(1, 300);
  const Spectrum spectrum = largest_eigenvalues(path, 2, Vectors::kept);
  expect_pairs(path.matrix, spectrum, grid_eigenvalues(1, 300), residual_error);
  EXPECT_NE(spectrum.solver.find("Lanczos with cuSPARSE"), std::string::npos) << spectrum.solver;
}

TEST_F(CudaSpectrum, lanczos_of_everything_has_the_kernel_too) {
  const Quadratic grid = grid_laplacian(4, 5);
  const Spectrum spectrum = largest_eigenvalues(grid, 20, Vectors::kept);
  expect_pairs(grid.matrix, spectrum, grid_eigenvalues(4, 5), residual_error);
  EXPECT_EQ(spectrum.eigenvalues.front(), 0);
}

}  // namespace
}  // namespace ravine::cuda
