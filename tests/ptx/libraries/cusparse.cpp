#include <cusparse.h>

#include "device_arrays.hpp"

struct cusparseContext {
  cudaStream_t stream = nullptr;
};
struct cusparseSpMatDescr {
  std::int64_t rows;
  std::int64_t entries;
  const void* row_begin;
  const void* column;
  const double* value;
  cusparseIndexType_t width;
  const void* prepared = nullptr;  ///< the buffer that the matrix was looked at with
};
struct cusparseDnVecDescr {
  std::int64_t size;
  double* values;
};

namespace {

using ravine::ptx::DeviceArrays;
using ravine::ptx::number_for;
using ravine::ptx::queue_on;

constexpr std::int64_t buffer_bytes = 40;

struct Product {
  cusparseSpMatDescr matrix;
  const double* x;
  double* y;
  double alpha;
  double beta;
};

/// Rows and columns are counted in integers of one width.
template <class Index>
void multiply(const Product& product, const DeviceArrays& arrays) {
  const auto* begin = arrays.read(static_cast<const Index*>(product.matrix.row_begin), product.matrix.rows + 1);
  const auto* column = arrays.read(static_cast<const Index*>(product.matrix.column), product.matrix.entries);
  const double* value = arrays.read(product.matrix.value, product.matrix.entries);
  arrays.read(product.x, product.matrix.rows);
  if (product.beta != 0) arrays.read(product.y, product.matrix.rows);
  arrays.write(product.y, product.matrix.rows);
  for (std::int64_t row = 0; row < product.matrix.rows; ++row) {
    double sum = 0;
    for (Index k = begin[row]; k < begin[row + 1]; ++k) sum += value[k] * product.x[column[k]];
    product.y[row] = product.alpha * sum + (product.beta == 0 ? 0 : product.beta * product.y[row]);
  }
}

bool is_right(cusparseOperation_t operation, cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t x,
              cusparseConstDnVecDescr_t y, cudaDataType type) {
  return operation == CUSPARSE_OPERATION_NON_TRANSPOSE && type == CUDA_R_64F && x->size == matrix->rows &&
         y->size == matrix->rows && x->values != y->values;
}

}  // namespace

extern "C" {

cusparseStatus_t cusparseGetProperty(libraryPropertyType which, int* value) {
  *value = which == MAJOR_VERSION   ? CUSPARSE_VER_MAJOR
           : which == MINOR_VERSION ? CUSPARSE_VER_MINOR
                                    : CUSPARSE_VER_PATCH;
  return CUSPARSE_STATUS_SUCCESS;
}
const char* cusparseGetErrorString(cusparseStatus_t status) {
  return status == CUSPARSE_STATUS_INVALID_VALUE ? "invalid value" : "another status";
}
cusparseStatus_t cusparseCreate(cusparseHandle_t* handle) {
  *handle = new cusparseContext;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseDestroy(cusparseHandle_t handle) {
  delete handle;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseSetStream(cusparseHandle_t handle, cudaStream_t stream) {
  handle->stream = stream;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseCreateCsr(cusparseSpMatDescr_t* matrix, int64_t rows, int64_t columns, int64_t entries,
                                   void* row_begin, void* column, void* value, cusparseIndexType_t row_width,
                                   cusparseIndexType_t column_width, cusparseIndexBase_t base, cudaDataType type) {
  if (rows != columns || row_width != column_width || base != CUSPARSE_INDEX_BASE_ZERO || type != CUDA_R_64F) {
    return CUSPARSE_STATUS_INVALID_VALUE;
  }
  *matrix = new cusparseSpMatDescr{rows, entries, row_begin, column, static_cast<const double*>(value), row_width};
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseDestroySpMat(cusparseConstSpMatDescr_t matrix) {
  delete matrix;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseCreateDnVec(cusparseDnVecDescr_t* vector, int64_t size, void* values, cudaDataType type) {
  if (type != CUDA_R_64F || values == nullptr) return CUSPARSE_STATUS_INVALID_VALUE;
  *vector = new cusparseDnVecDescr{size, static_cast<double*>(values)};
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseDestroyDnVec(cusparseConstDnVecDescr_t vector) {
  delete vector;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseDnVecSetValues(cusparseDnVecDescr_t vector, void* values) {
  vector->values = static_cast<double*>(values);
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseSpMV_bufferSize(cusparseHandle_t /*handle*/, cusparseOperation_t operation,
                                         const void* /*alpha*/, cusparseConstSpMatDescr_t matrix,
                                         cusparseConstDnVecDescr_t x, const void* /*beta*/, cusparseDnVecDescr_t y,
                                         cudaDataType type, cusparseSpMVAlg_t /*algorithm*/, size_t* size) {
  if (!is_right(operation, matrix, x, y, type)) return CUSPARSE_STATUS_INVALID_VALUE;
  *size = buffer_bytes;
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseSpMV_preprocess(cusparseHandle_t handle, cusparseOperation_t operation, const void* /*alpha*/,
                                         cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t x,
                                         const void* /*beta*/, cusparseDnVecDescr_t y, cudaDataType type,
                                         cusparseSpMVAlg_t /*algorithm*/, void* buffer) {
  if (!is_right(operation, matrix, x, y, type)) return CUSPARSE_STATUS_INVALID_VALUE;
  const_cast<cusparseSpMatDescr*>(matrix)->prepared = buffer;
  queue_on(handle->stream, "cusparseSpMV_preprocess", [buffer](const DeviceArrays& arrays) {
    std::memset(arrays.write(static_cast<char*>(buffer), buffer_bytes), 1, buffer_bytes);
  });
  return CUSPARSE_STATUS_SUCCESS;
}
cusparseStatus_t cusparseSpMV(cusparseHandle_t handle, cusparseOperation_t operation, const void* alpha,
                              cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t x, const void* beta,
                              cusparseDnVecDescr_t y, cudaDataType type, cusparseSpMVAlg_t /*algorithm*/,
                              void* buffer) {
  if (const auto status = number_for("RAVINE_LIBRARY_STATUS", "cusparseSpMV")) {
    return static_cast<cusparseStatus_t>(*status);
  }
  if (!is_right(operation, matrix, x, y, type) || buffer != matrix->prepared) return CUSPARSE_STATUS_INVALID_VALUE;
  const Product product{*matrix, x->values, y->values, *static_cast<const double*>(alpha),
                        *static_cast<const double*>(beta)};
  queue_on(handle->stream, "cusparseSpMV", [product, buffer](const DeviceArrays& arrays) {
    arrays.read(static_cast<const char*>(buffer), buffer_bytes);
    if (product.matrix.width == CUSPARSE_INDEX_32I) {
      multiply<std::int32_t>(product, arrays);
    } else {
      multiply<std::int64_t>(product, arrays);
    }
  });
  return CUSPARSE_STATUS_SUCCESS;
}

}  // extern "C"
