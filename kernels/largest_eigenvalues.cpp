#include "kernels/largest_eigenvalues.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <variant>

#include "kernels/device_need.hpp"
#include "kernels/lanczos.hpp"
#include "kernels/library_handles.hpp"
#include "spectra/checks.hpp"
#include "spectra/finish.hpp"

namespace ravine::cuda {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

constexpr double one = 1;
constexpr double minus_one = -1;
constexpr double zero = 0;

/// A sparse matrix and its product with vectors. Both kinds of index are as wide as the number of entries needs: all of
/// cuSPARSE's functions take two of one width.
class MatrixOnDevice {
 public:
  MatrixOnDevice(const SparseMatrix& matrix, const Stream& stream) : handle_(stream), values_(matrix.value.size()) {
    copy_to_device_async(matrix.value, values_.span(), stream);
    if (is_wide(matrix)) {
      wide_rows_ = DeviceBuffer<std::int64_t>(matrix.row_begin.size());
      wide_columns_ = DeviceBuffer<std::int64_t>(matrix.column.size());
      const std::vector<std::int64_t> columns(matrix.column.begin(), matrix.column.end());
      copy_to_device_async(matrix.row_begin, wide_rows_.span(), stream);
      copy_to_device_async(columns, wide_columns_.span(), stream);
      stream.synchronize();
      describe(matrix, wide_rows_.data(), wide_columns_.data(), CUSPARSE_INDEX_64I);
    } else {
      rows_ = DeviceBuffer<std::int32_t>(matrix.row_begin.size());
      columns_ = DeviceBuffer<std::int32_t>(matrix.column.size());
      std::vector<std::int32_t> rows(matrix.row_begin.size());
      std::transform(matrix.row_begin.begin(), matrix.row_begin.end(), rows.begin(),
                     [](std::int64_t begin) { return static_cast<std::int32_t>(begin); });
      copy_to_device_async(rows, rows_.span(), stream);
      copy_to_device_async(matrix.column, columns_.span(), stream);
      stream.synchronize();
      describe(matrix, rows_.data(), columns_.data(), CUSPARSE_INDEX_32I);
    }
  }

  [[nodiscard]] static std::int64_t bytes(const SparseMatrix& matrix) {
    const auto indices = static_cast<std::int64_t>(matrix.row_begin.size() + matrix.column.size());
    return indices * (is_wide(matrix) ? 8 : 4) + static_cast<std::int64_t>(matrix.value.size() * sizeof(double));
  }

  /// to = A from. The first call sees to what cuSPARSE wants to know of the matrix.
  void multiply(const double* from, double* to) {
    if (!from_) {
      prepare(from, to);
    } else {
      check(cusparse().set_values(from_.get(), const_cast<double*>(from)), "setting a vector");
      check(cusparse().set_values(to_.get(), to), "setting a vector");
    }
    check(cusparse().spmv(handle_.get(), CUSPARSE_OPERATION_NON_TRANSPOSE, &one, matrix_.get(), from_.get(), &zero,
                          to_.get(), CUDA_R_64F, algorithm, buffer_.data()),
          "multiplying (SpMV)");
  }

 private:
  /// The one for compressed rows that gives equal bits in every run.
  static constexpr cusparseSpMVAlg_t algorithm = CUSPARSE_SPMV_CSR_ALG2;

  static bool is_wide(const SparseMatrix& matrix) {
    return matrix.row_begin.back() > std::numeric_limits<std::int32_t>::max();
  }

  void describe(const SparseMatrix& matrix, void* rows, void* columns, cusparseIndexType_t width) {
    size_ = matrix.size;
    cusparseSpMatDescr_t made = nullptr;
    check(cusparse().create_csr(&made, size_, size_, matrix.row_begin.back(), rows, columns, values_.data(), width,
                                width, CUSPARSE_INDEX_BASE_ZERO, CUDA_R_64F),
          "describing a matrix");
    matrix_.reset(made);
  }

  void prepare(const double* from, double* to) {
    from_ = describe(const_cast<double*>(from));
    to_ = describe(to);
    std::size_t bytes = 0;
    check(cusparse().spmv_buffer_size(handle_.get(), CUSPARSE_OPERATION_NON_TRANSPOSE, &one, matrix_.get(), from_.get(),
                                      &zero, to_.get(), CUDA_R_64F, algorithm, &bytes),
          "asking for the workspace of SpMV");
    buffer_ = DeviceBuffer<std::byte>(std::max<std::size_t>(bytes, 1));
    check(cusparse().spmv_preprocess(handle_.get(), CUSPARSE_OPERATION_NON_TRANSPOSE, &one, matrix_.get(), from_.get(),
                                     &zero, to_.get(), CUDA_R_64F, algorithm, buffer_.data()),
          "looking at a matrix (SpMV)");
  }

  [[nodiscard]] VectorDescriptor describe(double* values) const {
    cusparseDnVecDescr_t made = nullptr;
    check(cusparse().create_vector(&made, size_, values, CUDA_R_64F), "describing a vector");
    return VectorDescriptor(made);
  }

  CusparseHandle handle_;
  std::int64_t size_ = 0;
  DeviceBuffer<std::int32_t> rows_;
  DeviceBuffer<std::int32_t> columns_;
  DeviceBuffer<std::int64_t> wide_rows_;
  DeviceBuffer<std::int64_t> wide_columns_;
  DeviceBuffer<double> values_;
  DeviceBuffer<std::byte> buffer_;
  SparseDescriptor matrix_;
  VectorDescriptor from_;
  VectorDescriptor to_;
};

/// From one column to the next: whole lines of the device's memory, so that each begins where a product reads fastest.
std::int64_t stride_of(std::int64_t size) {
  constexpr std::int64_t line = 32;
  return (size + line - 1) / line * line;
}

class DeviceSpace final : public LanczosSpace {
 public:
  DeviceSpace(const SparseMatrix& matrix, const LanczosPlan& plan)
      : size_(matrix.size),
        stride_(stride_of(matrix.size)),
        columns_(columns_for(plan)),
        matrix_(matrix, stream_),
        block_(at(columns_ * stride_)),
        combined_(at(most_kept(plan) * stride_)),
        components_(at(columns_)),
        more_components_(at(columns_)),
        weights_(at(plan.basis * most_kept(plan))) {
    // The ends of columns are copied with them.
    fill_with_zeros_async(block_.span(), stream_);
    fill_with_zeros_async(combined_.span(), stream_);
  }

  /// What is queued still uses the memory that ends here.
  ~DeviceSpace() override { static_cast<void>(cudaStreamSynchronize(stream_.get())); }
  DeviceSpace(const DeviceSpace&) = delete;
  DeviceSpace& operator=(const DeviceSpace&) = delete;

  /// Of all but what the libraries take themselves.
  [[nodiscard]] static std::int64_t bytes(const SparseMatrix& matrix, const LanczosPlan& plan) {
    const std::int64_t vectors = columns_for(plan) + most_kept(plan);
    return MatrixOnDevice::bytes(matrix) + vectors * stride_of(matrix.size) * static_cast<std::int64_t>(sizeof(double));
  }

  [[nodiscard]] std::int64_t size() const override { return size_; }
  [[nodiscard]] std::int64_t columns() const override { return columns_; }

  void write(std::int64_t column, std::span<const double> values) override {
    copy_to_device_async(values, whole(column), stream_);
    stream_.synchronize();
  }
  void read(std::int64_t column, std::span<double> values) override {
    copy_to_host_async(whole(column), values, stream_);
    stream_.synchronize();
  }
  void copy(std::int64_t from, std::int64_t to) override { copy_on_device_async(whole(from), whole(to), stream_); }
  void scale(std::int64_t column, double factor) override {
    check(cublas().scal(blas_.get(), size_, &factor, data(column), 1), "scaling (scal)");
  }
  [[nodiscard]] double norm(std::int64_t column) override {
    double result = 0;
    check(cublas().nrm2(blas_.get(), size_, data(column), 1, &result), "measuring a vector (nrm2)");
    return result;
  }
  void add(double factor, std::int64_t from, std::int64_t to) override {
    check(cublas().axpy(blas_.get(), size_, &factor, data(from), 1, data(to), 1), "adding (axpy)");
  }
  void multiply(std::int64_t from, std::int64_t to) override { matrix_.multiply(data(from), data(to)); }

  double orthogonalise(std::int64_t column) override {
    if (column == 0) return 0;
    subtract_components(column, components_);
    subtract_components(column, more_components_);
    std::array<double, 2> last{};
    copy_to_host_async(DeviceSpan<double>{components_.data() + column - 1, 1}, std::span(last).first(1), stream_);
    copy_to_host_async(DeviceSpan<double>{more_components_.data() + column - 1, 1}, std::span(last).last(1), stream_);
    stream_.synchronize();
    return last[0] + last[1];
  }

  void combine(std::int64_t first, std::int64_t count, std::span<const double> weights, std::int64_t kept) override {
    copy_to_device_async(weights, weights_.span().first(weights.size()), stream_);
    check(cublas().gemm(blas_.get(), CUBLAS_OP_N, CUBLAS_OP_N, size_, kept, count, &one, data(first), stride_,
                        weights_.data(), count, &zero, combined_.data(), stride_),
          "combining vectors (gemm)");
    const std::size_t elements = at(kept * stride_);
    copy_on_device_async(combined_.span().first(elements), DeviceSpan<double>{data(first), elements}, stream_);
    stream_.synchronize();
  }

 private:
  [[nodiscard]] double* data(std::int64_t column) const { return block_.data() + column * stride_; }
  [[nodiscard]] DeviceSpan<double> whole(std::int64_t column) const { return {data(column), at(size_)}; }

  /// components = Q' column and column -= Q components, with Q the columns before it.
  void subtract_components(std::int64_t column, const DeviceBuffer<double>& components) {
    check(cublas().gemv(blas_.get(), CUBLAS_OP_T, size_, column, &one, data(0), stride_, data(column), 1, &zero,
                        components.data(), 1),
          "projecting (gemv)");
    check(cublas().gemv(blas_.get(), CUBLAS_OP_N, size_, column, &minus_one, data(0), stride_, components.data(), 1,
                        &one, data(column), 1),
          "orthogonalising (gemv)");
  }

  Stream stream_;
  CublasHandle blas_{stream_};
  std::int64_t size_;
  std::int64_t stride_;
  std::int64_t columns_;
  MatrixOnDevice matrix_;
  DeviceBuffer<double> block_;
  DeviceBuffer<double> combined_;
  DeviceBuffer<double> components_;
  DeviceBuffer<double> more_components_;
  DeviceBuffer<double> weights_;
};

/// A residual far below what the checks of spectra take, and the basis that converges well, or the largest that there
/// is room for. \throws OutOfDeviceMemory.
LanczosPlan plan_for(const SparseMatrix& matrix, std::int64_t count) {
  LanczosPlan plan;
  plan.count = count;
  plan.norm = spectra::norm_for_checks(matrix);
  plan.tolerance = std::min(plan.tolerance, spectra::tolerance_of_checks(matrix.size) / 4);
  constexpr std::int64_t least_beyond = 8;
  const std::int64_t best = std::min(3 * count + 40, matrix.size);
  const std::int64_t least = std::min(count + least_beyond, matrix.size);
  const std::int64_t free = free_memory().free / 10 * 9;  // the rest is for the libraries
  for (plan.basis = best; plan.basis > least && DeviceSpace::bytes(matrix, plan) > free;) --plan.basis;
  if (DeviceSpace::bytes(matrix, plan) > free) {
    require_free_memory(DeviceSpace::bytes(matrix, plan) / 9 * 10,
                        fmt::format("Lanczos's method for {} eigenvalues of {} rows", count, matrix.size));
  }
  return plan;
}

}  // namespace

Spectrum largest_eigenvalues(const Quadratic& problem, std::int64_t count, Vectors vectors, int device) {
  const auto& matrix = std::get<SparseMatrix>(problem.matrix);
  assert(count >= 1 && count <= matrix.size);
  const CurrentDevice current(device);
  const LanczosPlan plan = plan_for(matrix, count);
  DeviceSpace space(matrix, plan);
  LanczosResult found = lanczos(space, plan);
  Spectrum spectrum;
  spectrum.size = matrix.size;
  spectrum.eigenvalues = std::move(found.eigenvalues);
  spectrum.solver =
      fmt::format("Lanczos with cuSPARSE {} and cuBLAS {} on {}: {} products, {} runs", cusparse().version,
                  cublas().version, current_device_name(), found.products, found.runs);
  for (std::int64_t index = matrix.size - count + 1; index <= matrix.size; ++index) spectrum.index.push_back(index);
  if (vectors == Vectors::kept) {
    const std::size_t n = at(matrix.size);
    spectrum.vectors.resize(n * found.columns.size());
    for (std::size_t pair = 0; pair < found.columns.size(); ++pair) {
      space.read(found.columns[pair], std::span(spectrum.vectors).subspan(pair * n, n));
    }
  }
  spectra::finish(problem, spectrum);
  return spectrum;
}

}  // namespace ravine::cuda
