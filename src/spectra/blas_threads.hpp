/// \file
/// How many threads BLAS may take.
#pragma once

namespace ravine::spectra {

/// While it lives, OpenBLAS takes this many threads; then as many as before. The number belongs to the whole process:
/// one at a time.
class BlasThreads {
 public:
  explicit BlasThreads(int threads);
  ~BlasThreads();
  BlasThreads(const BlasThreads&) = delete;
  BlasThreads& operator=(const BlasThreads&) = delete;

 private:
  int before_;
};

}  // namespace ravine::spectra
