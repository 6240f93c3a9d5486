// Compiled once per SIMD level, like src/cpu/loops.cpp and with its flags.
#include "textbook.hpp"

#include <algorithm>

namespace ravine::bench::RAVINE_SIMD_LEVEL {
namespace {

double root_of(double x) {
  return __builtin_sqrt(x);
}
float root_of(float x) {
  return __builtin_sqrtf(x);
}
double magnitude(double x) {
  return __builtin_fabs(x);
}
float magnitude(float x) {
  return __builtin_fabsf(x);
}

/// T^2 - 4 beta, which cancels near the critical curve, and what it came from.
template <class F>
struct Textbook2x2 {
  F trace;
  F discriminant;
  F rate;
};

template <class F>
Textbook2x2<F> textbook_cell(F alpha, F beta, F lambda) {
  const F trace = 1 + beta - alpha * lambda;
  const F discriminant = trace * trace - 4 * beta;
  // One square root for both branches, so that the loops vectorise.
  const F root = root_of(discriminant < 0 ? beta : discriminant);
  return {trace, discriminant, discriminant < 0 ? root : (magnitude(trace) + root) / 2};
}

template <class F>
F textbook_regime(F alpha, F beta, F lambda) {
  const Textbook2x2<F> cell = textbook_cell(alpha, beta, lambda);
  F code = cell.trace > 0 ? F(1) : F(4);
  code = beta < 0 ? F(5) : code;
  code = cell.discriminant < 0 ? F(2) : code;
  code = cell.rate == 0 ? F(3) : code;
  code = cell.rate == 1 ? F(6) : code;
  return cell.rate > 1 ? F(7) : code;
}

template <class F>
void rate(cpu::Cells<F> cells, F* __restrict out) {
  for (std::size_t i = 0; i < cells.count; ++i)
    out[i] = textbook_cell(cells.alpha[i], cells.beta[i], cells.lambda[i]).rate;
}

template <class F>
void gap(cpu::Cells<F> cells, F* __restrict out) {
  for (std::size_t i = 0; i < cells.count; ++i)
    out[i] = 1 - textbook_cell(cells.alpha[i], cells.beta[i], cells.lambda[i]).rate;
}

template <class F>
void regime(cpu::Cells<F> cells, std::uint8_t* __restrict out) {
  for (std::size_t i = 0; i < cells.count; ++i) {
    const F code = textbook_regime(cells.alpha[i], cells.beta[i], cells.lambda[i]);
    out[i] = static_cast<std::uint8_t>(static_cast<int>(code));
  }
}

template <class T>
void fill(T* out, std::size_t count, T value) {
  std::fill(out, out + count, value);
}

}  // namespace

TextbookLevel textbook() {
  return {{rate<double>, gap<double>, regime<double>, fill<double>},
          {rate<float>, gap<float>, regime<float>, fill<float>},
          fill<std::uint8_t>};
}

}  // namespace ravine::bench::RAVINE_SIMD_LEVEL
