#include "kernels/dense_spectrum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <string_view>

#include "kernels/device_need.hpp"
#include "kernels/library_handles.hpp"
#include "ravine/error.hpp"
#include "spectra/checks.hpp"
#include "spectra/finish.hpp"
#include "spectra/ranges.hpp"

namespace ravine::cuda {
namespace {

using spectra::IndexRange;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// cuSOLVER reads one triangle. Columns are rows of a symmetric matrix.
constexpr cublasFillMode_t triangle = CUBLAS_FILL_MODE_LOWER;

cusolverEigMode_t mode_of(Vectors vectors) {
  return vectors == Vectors::kept ? CUSOLVER_EIG_MODE_VECTOR : CUSOLVER_EIG_MODE_NOVECTOR;
}

struct WorkspaceSizes {
  std::size_t device = 0;  ///< bytes
  std::size_t host = 0;    ///< bytes
};

/// What a call of cuSOLVER works in, and where it says how it went.
class Workspace {
 public:
  /// For as many infos as there are matrices. \throws OutOfDeviceMemory.
  Workspace(const WorkspaceSizes& sizes, std::int64_t infos, std::string_view what)
      : info_(at(infos)), said_(at(infos)) {
    require_free_memory(static_cast<std::int64_t>(sizes.device), what);
    // One byte more than none: cuSOLVER may look at pointers that it does not use.
    device_ = DeviceBuffer<std::byte>(std::max<std::size_t>(sizes.device, 1));
    host_.resize(std::max<std::size_t>(sizes.host, 1));
    sizes_ = sizes;
  }
  [[nodiscard]] void* device() const { return device_.data(); }
  [[nodiscard]] std::size_t device_bytes() const { return sizes_.device; }
  [[nodiscard]] void* host() { return host_.data(); }
  [[nodiscard]] std::size_t host_bytes() const { return sizes_.host; }
  [[nodiscard]] int* info() const { return info_.data(); }

  /// Waits for the stream; the infos of the calls before. \throws BackendError if one says that an argument is wrong.
  std::span<const int> infos(const Stream& stream, std::string_view function) {
    copy_to_host_async(info_.span(), said_, stream);
    stream.synchronize();
    const auto wrong = std::find_if(said_.begin(), said_.end(), [](int info) { return info < 0; });
    if (wrong != said_.end()) {
      throw BackendError(fmt::format("cuSOLVER says that argument {} of {} is wrong", -*wrong, function));
    }
    return said_;
  }

 private:
  WorkspaceSizes sizes_;
  DeviceBuffer<std::byte> device_;
  std::vector<std::byte> host_;
  DeviceBuffer<int> info_;
  std::vector<int> said_;
};

void require_convergence(int info, std::string_view function) {
  if (info == 0) return;
  throw NumericalError(
      fmt::format("cuSOLVER's {} did not converge: {} elements off the diagonal are left; --backend cpu uses LAPACK",
                  function, info));
}

std::string solver_words(std::string_view function) {
  return fmt::format("cuSOLVER {} {} on {}", cusolver().version, function, current_device_name());
}

/// A stream of its own with cuSOLVER on it. What its work uses is made before it, and so ends after it.
struct Solver {
  Stream stream;
  CusolverHandle handle{stream};
};

/// Eigenvalues of a matrix on the device; the same memory takes one problem after another.
class EigenSolver {
 public:
  EigenSolver(const DenseMatrix& matrix, Vectors vectors) : matrix_(matrix), mode_(mode_of(vectors)) {
    const std::int64_t values = size() * size() + size();
    require_free_memory(values * static_cast<std::int64_t>(sizeof(double)),
                        fmt::format("a dense matrix of {} rows", size()));
    a_ = DeviceBuffer<double>(matrix.value.size());
    eigenvalues_ = DeviceBuffer<double>(at(size()));
  }

  /// All pairs.
  void append_all(Spectrum& spectrum) {
    solve_all();
    take({1, size()}, spectrum);
  }
  /// Those of a range.
  void append(const IndexRange& range, Spectrum& spectrum) {
    solve(range);
    take(range, spectrum);
  }

 private:
  [[nodiscard]] std::int64_t size() const { return matrix_.size; }
  [[nodiscard]] std::string what() const { return fmt::format("cuSOLVER for {} eigenvalues", size()); }

  void solve_all() {
    const Cusolver& library = cusolver();
    copy_to_device_async(matrix_.value, a_.span(), solver_.stream);
    WorkspaceSizes sizes;
    check(library.syevd_buffer_size(solver_.handle.get(), solver_.handle.params(), mode_, triangle, size(), CUDA_R_64F,
                                    a_.data(), size(), CUDA_R_64F, eigenvalues_.data(), CUDA_R_64F, &sizes.device,
                                    &sizes.host),
          "asking for the workspace of Xsyevd");
    Workspace work(sizes, 1, what());
    check(library.syevd(solver_.handle.get(), solver_.handle.params(), mode_, triangle, size(), CUDA_R_64F, a_.data(),
                        size(), CUDA_R_64F, eigenvalues_.data(), CUDA_R_64F, work.device(), work.device_bytes(),
                        work.host(), work.host_bytes(), work.info()),
          "computing eigenvalues (Xsyevd)");
    require_convergence(work.infos(solver_.stream, "Xsyevd").front(), "Xsyevd");
  }

  void solve(const IndexRange& range) {
    const Cusolver& library = cusolver();
    copy_to_device_async(matrix_.value, a_.span(), solver_.stream);
    WorkspaceSizes sizes;
    double lower = 0;  // bounds of a range by value, which this is not
    double upper = 0;
    std::int64_t found = 0;
    check(
        library.syevdx_buffer_size(solver_.handle.get(), solver_.handle.params(), mode_, CUSOLVER_EIG_RANGE_I, triangle,
                                   size(), CUDA_R_64F, a_.data(), size(), &lower, &upper, range.first, range.last,
                                   &found, CUDA_R_64F, eigenvalues_.data(), CUDA_R_64F, &sizes.device, &sizes.host),
        "asking for the workspace of Xsyevdx");
    Workspace work(sizes, 1, what());
    check(library.syevdx(solver_.handle.get(), solver_.handle.params(), mode_, CUSOLVER_EIG_RANGE_I, triangle, size(),
                         CUDA_R_64F, a_.data(), size(), &lower, &upper, range.first, range.last, &found, CUDA_R_64F,
                         eigenvalues_.data(), CUDA_R_64F, work.device(), work.device_bytes(), work.host(),
                         work.host_bytes(), work.info()),
          "computing eigenvalues (Xsyevdx)");
    require_convergence(work.infos(solver_.stream, "Xsyevdx").front(), "Xsyevdx");
    if (found != range.count()) {
      throw NumericalError(
          fmt::format("cuSOLVER's Xsyevdx found {} eigenvalues from {} to {} of {}; wanted {}; --backend cpu uses "
                      "LAPACK",
                      found, range.first, range.last, size(), range.count()));
    }
  }

  /// Copies the range's eigenvalues and vectors, which are the first on the device.
  void take(const IndexRange& range, Spectrum& spectrum) {
    const std::size_t before = spectrum.eigenvalues.size();
    const std::size_t count = at(range.count());
    for (std::int64_t index = range.first; index <= range.last; ++index) spectrum.index.push_back(index);
    spectrum.eigenvalues.resize(before + count);
    copy_to_host_async(DeviceSpan<double>{eigenvalues_.data(), count}, std::span(spectrum.eigenvalues).subspan(before),
                       solver_.stream);
    if (mode_ == CUSOLVER_EIG_MODE_VECTOR) {
      spectrum.vectors.resize((before + count) * at(size()));
      copy_to_host_async(DeviceSpan<double>{a_.data(), count * at(size())},
                         std::span(spectrum.vectors).subspan(before * at(size())), solver_.stream);
    }
    solver_.stream.synchronize();
  }

  const DenseMatrix& matrix_;
  cusolverEigMode_t mode_;
  DeviceBuffer<double> a_;
  DeviceBuffer<double> eigenvalues_;
  Solver solver_;
};

/// How many matrices of a size one call takes: their elements are counted in 32 bits by some versions, and the
/// workspace, which nobody knows before it is asked for, is taken to be as large as they are.
std::int64_t batch_size(std::int64_t size, std::int64_t count) {
  const std::int64_t elements = size * size;
  const std::int64_t bytes = 2 * static_cast<std::int64_t>(sizeof(double)) * (elements + size);
  const std::int64_t fitting = std::min(free_memory().free / 4 * 3 / bytes,
                                        static_cast<std::int64_t>(std::numeric_limits<std::int32_t>::max()) / elements);
  if (fitting == 0) require_free_memory(bytes / 3 * 4, fmt::format("a dense matrix of {} rows", size));
  return std::clamp<std::int64_t>(fitting, 1, count);
}

/// Whole spectra of some matrices of one size in one call.
class BatchSolver {
 public:
  BatchSolver(std::int64_t size, std::int64_t capacity, Vectors vectors)
      : size_(size),
        mode_(mode_of(vectors)),
        a_(at(capacity * size * size)),
        eigenvalues_(at(capacity * size)),
        words_(solver_words("XsyevBatched")) {}

  void append(std::span<const DenseMatrix> matrices, std::vector<Spectrum>& spectra) {
    const std::size_t elements = at(size_ * size_);
    for (std::size_t i = 0; i < matrices.size(); ++i) {
      copy_to_device_async(matrices[i].value, DeviceSpan<double>{a_.data() + i * elements, elements}, solver_.stream);
    }
    solve(static_cast<std::int64_t>(matrices.size()));
    for (std::size_t i = 0; i < matrices.size(); ++i) spectra.push_back(spectrum(i));
    solver_.stream.synchronize();
  }

 private:
  void solve(std::int64_t count) {
    const Cusolver& library = cusolver();
    WorkspaceSizes sizes;
    check(library.syev_batched_buffer_size(solver_.handle.get(), solver_.handle.params(), mode_, triangle, size_,
                                           CUDA_R_64F, a_.data(), size_, CUDA_R_64F, eigenvalues_.data(), CUDA_R_64F,
                                           &sizes.device, &sizes.host, count),
          "asking for the workspace of XsyevBatched");
    Workspace work(sizes, count, fmt::format("cuSOLVER for {} matrices of {} rows", count, size_));
    check(library.syev_batched(solver_.handle.get(), solver_.handle.params(), mode_, triangle, size_, CUDA_R_64F,
                               a_.data(), size_, CUDA_R_64F, eigenvalues_.data(), CUDA_R_64F, work.device(),
                               work.device_bytes(), work.host(), work.host_bytes(), work.info(), count),
          "computing eigenvalues (XsyevBatched)");
    for (const int info : work.infos(solver_.stream, "XsyevBatched")) require_convergence(info, "XsyevBatched");
  }

  [[nodiscard]] Spectrum spectrum(std::size_t which) const {
    const std::size_t n = at(size_);
    Spectrum spectrum{
        .size = size_, .index = {}, .eigenvalues = {}, .vectors = {}, .bounds = {}, .solver = words_, .checks = {}};
    for (std::int64_t index = 1; index <= size_; ++index) spectrum.index.push_back(index);
    spectrum.eigenvalues.resize(n);
    copy_to_host_async(DeviceSpan<double>{eigenvalues_.data() + which * n, n}, spectrum.eigenvalues, solver_.stream);
    if (mode_ == CUSOLVER_EIG_MODE_VECTOR) {
      spectrum.vectors.resize(n * n);
      copy_to_host_async(DeviceSpan<double>{a_.data() + which * n * n, n * n}, spectrum.vectors, solver_.stream);
    }
    solver_.stream.synchronize();
    spectra::finish({}, spectrum);
    return spectrum;
  }

  std::int64_t size_;
  cusolverEigMode_t mode_;
  DeviceBuffer<double> a_;
  DeviceBuffer<double> eigenvalues_;
  std::string words_;
  Solver solver_;
};

}  // namespace

Spectrum dense_spectrum(const Quadratic& problem, const SpectrumRequest& request, int device) {
  const CurrentDevice current(device);
  const auto* const dense = std::get_if<DenseMatrix>(&problem.matrix);
  const DenseMatrix made = dense == nullptr ? to_dense(problem.matrix) : DenseMatrix{};
  const DenseMatrix& matrix = dense == nullptr ? made : *dense;
  const std::vector<IndexRange> ranges = spectra::wanted_ranges(problem, request);
  const bool whole = ranges.front().count() == matrix.size;
  // The reduction to tridiagonal form is most of the work of both functions: one call that gives all eigenvalues is
  // less than two that give some, whose vectors of an eigenvalue with places in both would not be orthogonal.
  const bool at_once = whole || ranges.size() > 1 || request.vectors == Vectors::none;
  Spectrum spectrum;
  spectrum.size = matrix.size;
  spectrum.solver = solver_words(at_once ? "Xsyevd" : "Xsyevdx");
  EigenSolver solver(matrix, request.vectors);
  if (at_once) {
    solver.append_all(spectrum);
  } else {
    solver.append(ranges.front(), spectrum);
  }
  spectra::finish(problem, spectrum);
  if (at_once && !whole) {
    spectra::check(problem.matrix, spectrum);
    spectra::keep_ranges(ranges, spectrum);
  }
  return spectrum;
}

std::vector<Spectrum> dense_spectra(std::span<const DenseMatrix> matrices, Vectors vectors, int device) {
  std::vector<Spectrum> spectra;
  if (matrices.empty()) return spectra;
  const std::int64_t size = matrices.front().size;
  assert(
      std::all_of(matrices.begin(), matrices.end(), [size](const DenseMatrix& matrix) { return matrix.size == size; }));
  const CurrentDevice current(device);
  const std::size_t batch = at(batch_size(size, static_cast<std::int64_t>(matrices.size())));
  BatchSolver solver(size, static_cast<std::int64_t>(batch), vectors);
  for (std::size_t first = 0; first < matrices.size(); first += batch) {
    solver.append(matrices.subspan(first, std::min(batch, matrices.size() - first)), spectra);
  }
  return spectra;
}

std::vector<double> dense_solution(const DenseMatrix& matrix, std::span<const double> b, int device) {
  assert(static_cast<std::int64_t>(b.size()) == matrix.size);
  const CurrentDevice current(device);
  const std::int64_t n = matrix.size;
  require_free_memory((n * n + n) * static_cast<std::int64_t>(sizeof(double)),
                      fmt::format("a dense matrix of {} rows", n));
  const DeviceBuffer<double> a(matrix.value.size());
  const DeviceBuffer<double> x(b.size());
  const Solver solver;
  copy_to_device_async(matrix.value, a.span(), solver.stream);
  copy_to_device_async(b, x.span(), solver.stream);
  const Cusolver& library = cusolver();
  WorkspaceSizes sizes;
  check(library.potrf_buffer_size(solver.handle.get(), solver.handle.params(), triangle, n, CUDA_R_64F, a.data(), n,
                                  CUDA_R_64F, &sizes.device, &sizes.host),
        "asking for the workspace of Xpotrf");
  Workspace work(sizes, 1, fmt::format("cuSOLVER for {} equations", n));
  check(library.potrf(solver.handle.get(), solver.handle.params(), triangle, n, CUDA_R_64F, a.data(), n, CUDA_R_64F,
                      work.device(), work.device_bytes(), work.host(), work.host_bytes(), work.info()),
        "factoring (Xpotrf)");
  if (const int minor = work.infos(solver.stream, "Xpotrf").front(); minor != 0) {
    throw NumericalError(
        fmt::format("the matrix is not positive definite: Cholesky's factors end at row {} of {}", minor, n));
  }
  check(library.potrs(solver.handle.get(), solver.handle.params(), triangle, n, 1, CUDA_R_64F, a.data(), n, CUDA_R_64F,
                      x.data(), n, work.info()),
        "solving (Xpotrs)");
  static_cast<void>(work.infos(solver.stream, "Xpotrs"));
  std::vector<double> solution(b.size());
  copy_to_host_async(x.span(), solution, solver.stream);
  solver.stream.synchronize();
  return solution;
}

std::vector<double> project(std::span<const double> vectors, std::span<const double> x, int device) {
  assert(!x.empty() && vectors.size() % x.size() == 0);
  if (vectors.empty()) return {};
  const CurrentDevice current(device);
  std::vector<double> components(vectors.size() / x.size());
  require_free_memory(static_cast<std::int64_t>((vectors.size() + x.size() + components.size()) * sizeof(double)),
                      fmt::format("{} vectors of {} components", components.size(), x.size()));
  const DeviceBuffer<double> v(vectors.size());
  const DeviceBuffer<double> from(x.size());
  const DeviceBuffer<double> to(components.size());
  const Stream stream;
  const CublasHandle handle(stream);
  copy_to_device_async(vectors, v.span(), stream);
  copy_to_device_async(x, from.span(), stream);
  const double one = 1;
  const double zero = 0;
  const auto n = static_cast<std::int64_t>(x.size());
  check(cublas().gemv(handle.get(), CUBLAS_OP_T, n, static_cast<std::int64_t>(components.size()), &one, v.data(), n,
                      from.data(), 1, &zero, to.data(), 1),
        "projecting (gemv)");
  copy_to_host_async(to.span(), components, stream);
  stream.synchronize();
  return components;
}

}  // namespace ravine::cuda
