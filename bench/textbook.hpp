// What the loops are measured against: the formulas as a textbook gives them, and filling the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/loops.hpp"

namespace ravine::bench {

/// The textbook's loops for one precision, called as the model's are. Fast, and wrong near the critical curve.
template <class F>
struct Textbook {
  void (*rate)(cpu::Cells<F> cells, F* out);
  void (*gap)(cpu::Cells<F> cells, F* out);
  void (*regime)(cpu::Cells<F> cells, std::uint8_t* out);
  void (*fill)(F* out, std::size_t count, F value);
};

/// One SIMD level of it.
struct TextbookLevel {
  Textbook<double> float64;
  Textbook<float> float32;
  void (*fill_bytes)(std::uint8_t* out, std::size_t count, std::uint8_t value);
};

namespace x86_64 {
TextbookLevel textbook();
}
namespace x86_64_v3 {
TextbookLevel textbook();
}
namespace x86_64_v4 {
TextbookLevel textbook();
}

}  // namespace ravine::bench
