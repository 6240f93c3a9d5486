// The floating-point environment that exact mode needs, for as long as an object of this class lives.
#pragma once

#if !defined(__SSE2__)
#error "ravine needs an x86-64 processor: set the rounding mode of another one here"
#endif
#include <xmmintrin.h>

namespace ravine::detail {

/// Round to nearest, no flush to zero, denormals as they are, no traps; the caller's environment is put back at the
/// end. Each thread has its own.
class FloatingPointEnvironment {
 public:
  FloatingPointEnvironment() : saved_(_mm_getcsr()) { _mm_setcsr(all_exceptions_masked); }
  ~FloatingPointEnvironment() { _mm_setcsr(saved_); }
  FloatingPointEnvironment(const FloatingPointEnvironment&) = delete;
  FloatingPointEnvironment& operator=(const FloatingPointEnvironment&) = delete;
  FloatingPointEnvironment(FloatingPointEnvironment&&) = delete;
  FloatingPointEnvironment& operator=(FloatingPointEnvironment&&) = delete;

 private:
  static constexpr unsigned all_exceptions_masked = 0x1f80;
  unsigned saved_;
};

}  // namespace ravine::detail
