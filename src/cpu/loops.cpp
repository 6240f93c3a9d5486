// The loops of one SIMD level. This file is compiled once per level, with RAVINE_SIMD_LEVEL naming its namespace. It
// must emit no inline function with external linkage: the linker would keep one copy for all levels, and a processor
// without that level would meet its instructions. The model is always inlined; everything else here is internal.
#include "cpu/loops.hpp"

#include "cpu/level_tables.hpp"
#include "ravine/model/heavy_ball.hpp"

namespace ravine::cpu::RAVINE_SIMD_LEVEL {
namespace {

// Cells evaluated together: small enough for the first-level cache, large enough to vectorise.
constexpr std::size_t block = 256;

template <class F>
model::Cell<F> cell_at(const Cells<F>& cells, std::size_t i) {
  return {cells.alpha[i], cells.beta[i], cells.lambda[i]};
}

// A quantity: how to attempt and to settle it, and a value that no cell has, to mark those to be settled.

template <class F>
struct Rate {
  static constexpr F mark = -1;
  RAVINE_MODEL static bool is_marked(F value) { return value < 0; }
  RAVINE_MODEL static model::Attempt<F> attempt(F alpha, F beta, F lambda) {
    return model::attempt_rate(model::Cell<F>{alpha, beta, lambda});
  }
  RAVINE_MODEL static F settle(model::Cell<F> cell) { return model::settle_rate(cell); }
};

template <class F>
struct Gap {
  static constexpr F mark = 2;
  RAVINE_MODEL static bool is_marked(F value) { return value > 1; }
  RAVINE_MODEL static model::Attempt<F> attempt(F alpha, F beta, F lambda) {
    return model::attempt_gap(model::Cell<F>{alpha, beta, lambda});
  }
  RAVINE_MODEL static F settle(model::Cell<F> cell) { return model::settle_gap(cell); }
};

template <class F>
struct RegimeCode {
  static constexpr F mark = 0;
  RAVINE_MODEL static bool is_marked(F value) { return value == 0; }
  RAVINE_MODEL static model::Attempt<F> attempt(F alpha, F beta, F lambda) {
    return model::attempt_regime(model::Cell<F>{alpha, beta, lambda});
  }
  RAVINE_MODEL static F settle(model::Cell<F> cell) { return static_cast<F>(model::settle_regime(cell)); }
};

/// The attempts of a block, the uncertain ones marked; true if any is. No branch, and never inlined (g++ gives up on
/// the loop once it stands beside the settling): so that it vectorises.
template <class Of, class F>
[[gnu::noinline]] bool attempt_block(const F* __restrict alpha, const F* __restrict beta, const F* __restrict lambda,
                                     F* __restrict out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto attempt = Of::attempt(alpha[i], beta[i], lambda[i]);  // not const: g++ would not vectorise
    out[i] = attempt.certain ? attempt.value : Of::mark;
  }
  F marked = 0;
  for (std::size_t i = 0; i < count; ++i) marked = Of::is_marked(out[i]) ? F(1) : marked;
  return marked != 0;
}

/// One block of cells, from number `first` on.
template <class Of, class F>
void evaluate_block(const Cells<F>& cells, std::size_t first, std::size_t count, F* out) {
  if (!attempt_block<Of, F>(cells.alpha + first, cells.beta + first, cells.lambda + first, out, count)) return;
  for (std::size_t i = 0; i < count; ++i) {
    if (Of::is_marked(out[i])) out[i] = Of::settle(cell_at(cells, first + i));
  }
}

std::size_t block_size(std::size_t left) {
  return left < block ? left : block;
}

template <class Of, class F>
void evaluate(Cells<F> cells, F* out) {
  for (std::size_t first = 0; first < cells.count; first += block) {
    evaluate_block<Of>(cells, first, block_size(cells.count - first), out + first);
  }
}

template <class F>
void regime(Cells<F> cells, std::uint8_t* out) {
  F codes[block];
  for (std::size_t first = 0; first < cells.count; first += block) {
    const std::size_t count = block_size(cells.count - first);
    evaluate_block<RegimeCode<F>>(cells, first, count, codes);
    for (std::size_t i = 0; i < count; ++i) out[first + i] = static_cast<std::uint8_t>(static_cast<int>(codes[i]));
  }
}

template <class F>
void root(Cells<F> cells, RootPart part, F* __restrict out) {
  for (std::size_t i = 0; i < cells.count; ++i) {
    const model::Roots<F> roots = model::roots(cell_at(cells, i));
    const F parts[] = {roots.re1, roots.im1, roots.re2, roots.im2};
    out[i] = parts[static_cast<int>(part)];
  }
}

template <class F>
model::Band band(const model::Row<F>& row) {
  return model::ripple_band(row);
}

}  // namespace

void fill_level(Level& level) {
  level.float64 = {evaluate<Rate<double>>, evaluate<Gap<double>>, regime<double>, root<double>, band<double>};
  level.float32 = {evaluate<Rate<float>>, evaluate<Gap<float>>, regime<float>, root<float>, band<float>};
}

}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
