/// \file
/// Problems: where eigenvalues come from. Each is a quadratic f(w) = 1/2 w'Aw - b'w + f(0) over n weights.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ravine/matrix.hpp"

namespace ravine {

// --- what a spec says of a problem ([problem], docs/spec.md) ---

/// Numbers, one for each weight: one number for all, or a file of them.
struct WeightsFile {
  std::string path;  ///< .npy or .csv, relative to the spec
  std::optional<std::string> column;
};
using Weights = std::variant<double, WeightsFile>;

/// A symmetric matrix from a file: Matrix Market (.mtx), .npy, or scipy's .npz.
struct MatrixProblem {
  std::string path;
  Weights b = 0.0;
};

enum class GraphFamily {
  path,
  cycle,
  grid,
  torus,
  complete,
  star,
  complete_bipartite,
  hypercube,
  small_world,
  random_regular,
  random
};
[[nodiscard]] std::string_view name_of(GraphFamily family);  ///< "complete-bipartite", ...
[[nodiscard]] std::optional<GraphFamily> graph_family_named(std::string_view name);

/// A graph made by rule. Equal members give equal graphs on every machine.
struct GeneratedGraph {
  GraphFamily family = GraphFamily::path;
  /// path, cycle, complete, star, small_world, random_regular, random: {n}; grid, torus: the sides, the last varies
  /// fastest in the numbering; complete_bipartite: the two parts; hypercube: {dimension}.
  std::vector<std::int64_t> sizes;
  std::int64_t degree = 0;   ///< small_world: neighbours in the ring, even; random_regular: of every vertex
  double probability = 0.0;  ///< small_world: of an edge to be rewired (Watts and Strogatz); random: of an edge
  std::int64_t seed = 0;
};

/// A graph from a file: Matrix Market (its pattern off the diagonal), or a list of edges (two vertices a line, numbered
/// from 0; # begins a comment).
struct GraphFile {
  std::string path;
};

enum class Operator { laplacian, colorization };
[[nodiscard]] std::string_view name_of(Operator kind);

/// The vertices that colorization distinguishes: listed (from 0), or the pixels above half of the greatest value of a
/// PGM picture, whose rows and columns are the sides of the grid.
using Distinguished = std::variant<std::vector<std::int64_t>, std::filesystem::path>;

/// MATH: A = L (Laplacian, M44), or L + the sum of e_i e_i' over the distinguished vertices with b their indicator
/// (colorization, M45).
struct GraphProblem {
  std::variant<GeneratedGraph, GraphFile> graph;
  Operator kind = Operator::laplacian;
  Distinguished distinguished;  ///< for colorization
  Weights b = 0.0;              ///< for the Laplacian
};

enum class RosenbrockEnd { free, pinned, exact };
[[nodiscard]] std::string_view name_of(RosenbrockEnd end);

/// The convex Rosenbrock function (M52 to M57): A tridiagonal, b = e_1.
struct RosenbrockProblem {
  std::int64_t size = 0;
  double kappa = 0;  ///< of the infinite one; above 1
  RosenbrockEnd end = RosenbrockEnd::free;
};

/// Least squares with a polynomial (M8 to M12): A = Z'Z, b = Z'd, with Z the Vandermonde matrix of the inputs.
struct RegressionProblem {
  std::string path;          ///< .csv
  std::string input = "x";   ///< column of the inputs xi
  std::string output = "y";  ///< column of the observations d
  std::int64_t degree = 1;   ///< of the polynomial; n = degree + 1
  /// Steps of gradient descent and heavy ball at which their filters are shown; each ridge penalty has the one of
  /// 1/(alpha k) beside it.
  std::vector<std::int64_t> steps{1, 10, 100, 1000};
};

using Problem = std::variant<MatrixProblem, GraphProblem, RosenbrockProblem, RegressionProblem>;

// --- what it is ---

/// An undirected graph without loops: each edge once, its first vertex the smaller, in ascending order.
struct Graph {
  std::int64_t vertices = 0;
  std::vector<std::array<std::int32_t, 2>> edges;
};

/// Why some eigenvalues are known to be zero without being computed: A w = 0 for the indicator of each of these sets.
/// Of a Laplacian, the connected components; of colorization, those without a distinguished vertex.
struct Kernel {
  std::int64_t dimension = 0;
  std::vector<std::int32_t> component;  ///< of each vertex, from 0; -1 if it is in none; empty where dimension is 0
};

/// Least squares as given, which knows more than A = Z'Z.
struct Regression {
  std::vector<double> input;        ///< xi, one per sample
  std::vector<double> observation;  ///< d, one per sample
  std::int64_t degree = 1;
};

/// A problem, ready for its spectrum.
struct Quadratic {
  SymmetricMatrix matrix;
  std::vector<double> b;                           ///< one per weight
  std::optional<std::vector<double>> eigenvalues;  ///< all, ascending, where a closed form is known
  std::string closed_form;                         ///< which: "sums of paths (M46)"
  std::optional<std::vector<double>> solution;     ///< w*, where it is known without solving
  Kernel kernel;
  std::optional<Graph> graph;               ///< of a graph's problem
  std::vector<std::int64_t> sides;          ///< of a grid or torus
  std::vector<std::int64_t> distinguished;  ///< ascending; of colorization
  std::optional<Regression> regression;
  std::vector<std::string> notes;  ///< what the user should know of it, one sentence each
};

/// Reads the problem's files (relative to `folder`) and makes its matrix. Memory: the matrix, the files, and for a
/// closed form its eigenvalues.
/// \throws UsageError for sizes that no family has (names the member), DataError for a malformed file
/// (`file:line:column: ...`), IoError.
[[nodiscard]] Quadratic make_quadratic(const Problem& problem, const std::filesystem::path& folder);

/// The numbers, one for each of `size` weights. \throws DataError, IoError.
[[nodiscard]] std::vector<double> read_weights(const Weights& weights, std::int64_t size,
                                               const std::filesystem::path& folder);

}  // namespace ravine
