#include "spectra/blas_threads.hpp"

#include <cblas.h>

#include <algorithm>

namespace ravine::spectra {

BlasThreads::BlasThreads(int threads) : before_(openblas_get_num_threads()) {
  openblas_set_num_threads(std::max(threads, 1));
}

BlasThreads::~BlasThreads() {
  openblas_set_num_threads(before_);
}

}  // namespace ravine::spectra
