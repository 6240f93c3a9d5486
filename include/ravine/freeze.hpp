/// \file
/// Freezing a spectrum: the problem's eigenvalues, computed once, checked, and stored as an input for other specs.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "ravine/engine.hpp"
#include "ravine/spectrum_spec.hpp"
#include "ravine/spectrum_store.hpp"

namespace ravine {

struct FreezeOptions {
  Backend backend = Backend::automatic;
  int threads = 0;  ///< of the cpu; 0: as many as the process may use
  /// Told what is about to take its time: the computation, once the problem is read, or a wait.
  std::function<void(const std::string&)> note = {};
};

/// A frozen spectrum, and where it comes from.
struct Frozen {
  SpectrumStore store;
  bool computed = false;  ///< now, and not before
};

/// The spectrum of `spec` at `path`: opened where it is frozen already, else computed, checked and written whole. Of
/// two processes that want it at once, the second waits for the first and takes what it has written.
///
/// Its arrays, where n is the number of weights and k counts the eigenvalues, ascending:
///   mode(k)              position in the whole spectrum, from 1
///   eigenvalue(k), eigenvalue_bound(k)   and a bound on its error
///   eigenvector(k, n)    of length 1; with them also
///   solution(n), start(n), projection(k)   w*, w0 and Q'(w0 - w*)
///   edge(m, 2), side(d), distinguished(p)  of a graph
/// and what a regression adds (docs/store.md).
///
/// Memory: of a dense spectrum 16 n^2 bytes, with vectors 32 n^2; of a sparse one the Cholesky factor.
/// \throws UsageError for a request that the problem has no answer to, or that does not fit the memory; StoreBusyError
/// if `path` holds anything else; DataError and IoError for the problem's files; BackendError; NumericalError if a
/// result fails its own check.
[[nodiscard]] Frozen freeze_spectrum(const SpectrumSpec& spec, const std::filesystem::path& path,
                                     const FreezeOptions& options);

}  // namespace ravine
