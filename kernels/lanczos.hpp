// The largest eigenvalues of a symmetric matrix that is known only by its products with vectors: Lanczos's method with
// full reorthogonalisation, restarted thickly (Wu and Simon, SIAM J. Matrix Anal. Appl. 22, 2000), and run again beside
// what it has found until no copy of an eigenvalue is left. Where vectors are and who multiplies is another's affair
// (LanczosSpace): on a device it is cuSPARSE and cuBLAS, in tests loops of the host.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ravine::cuda {

/// A matrix A of size n and a block of columns, each a vector of n float64.
class LanczosSpace {
 public:
  LanczosSpace() = default;
  LanczosSpace(const LanczosSpace&) = delete;
  LanczosSpace& operator=(const LanczosSpace&) = delete;
  virtual ~LanczosSpace() = default;

  [[nodiscard]] virtual std::int64_t size() const = 0;     ///< n
  [[nodiscard]] virtual std::int64_t columns() const = 0;  ///< of the block

  virtual void write(std::int64_t column, std::span<const double> values) = 0;
  virtual void read(std::int64_t column, std::span<double> values) = 0;
  virtual void copy(std::int64_t from, std::int64_t to) = 0;
  virtual void scale(std::int64_t column, double factor) = 0;
  [[nodiscard]] virtual double norm(std::int64_t column) = 0;
  /// to += factor * from
  virtual void add(double factor, std::int64_t from, std::int64_t to) = 0;
  /// to = A from
  virtual void multiply(std::int64_t from, std::int64_t to) = 0;
  /// Takes from a column its components along all columns before it, which are orthonormal, twice: once leaves what
  /// rounding makes of large ones. Returns the component along the column just before it; 0 for the first.
  virtual double orthogonalise(std::int64_t column) = 0;
  /// The `kept` columns from `first` become combinations of the `count` columns from `first`, with weights column after
  /// column: new column k is the sum of weights[k * count + j] times old column j. kept <= count.
  virtual void combine(std::int64_t first, std::int64_t count, std::span<const double> weights, std::int64_t kept) = 0;
};

struct LanczosPlan {
  std::int64_t count = 1;  ///< of eigenvalues, multiple ones counted; at most n
  std::int64_t basis = 0;  ///< vectors that a run works with, above count unless it is n
  double norm = 0;         ///< a bound on every eigenvalue's size
  /// ||A q - lambda q|| / norm of every pair. An eigenvalue is then closer still: by about its square over the gap.
  double tolerance = 1e-12;
  std::int64_t most_products = 2'000'000;
};

struct LanczosResult {
  std::vector<double> eigenvalues;    ///< ascending
  std::vector<std::int64_t> columns;  ///< of the space, with their vectors, each of length 1
  double residual = 0;                ///< the largest ||A q - lambda q|| / norm, computed at the end
  std::int64_t products = 0;          ///< of A with a vector
  std::int64_t runs = 0;
};

/// The columns that the space needs for a plan: those found, those of a run and the one that it makes next.
[[nodiscard]] std::int64_t columns_for(const LanczosPlan& plan);
/// How many columns a restart may keep: what combine() gets at most.
[[nodiscard]] std::int64_t most_kept(const LanczosPlan& plan);

/// The plan->count largest eigenvalues. Equal spaces give equal results: start vectors are from a fixed generator.
///
/// One run finds, of a multiple eigenvalue, one copy for certain: what it starts from has one direction in each
/// eigenspace. Each further run starts anew, orthogonal to all vectors that are kept, and takes what it finds above the
/// smallest kept; when its largest eigenvalue is not above, none is left.
/// \throws NumericalError if the products do not suffice or a residual is not what its estimate said.
[[nodiscard]] LanczosResult lanczos(LanczosSpace& space, const LanczosPlan& plan);

}  // namespace ravine::cuda
