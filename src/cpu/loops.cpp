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
model::Band band(const model::Row<F>& row, const model::Band* guess) {
  return guess == nullptr ? model::ripple_band(row) : model::ripple_band(row, *guess);
}

template <class F>
void fill(F* __restrict out, std::size_t count, F value) {
  for (std::size_t i = 0; i < count; ++i) out[i] = value;
}

template <class F>
struct SmallerRate {
  static bool is_better(F a, F b) { return a < b; }
  static bool converges(F rate) { return rate < 1; }
};
template <class F>
struct LargerGap {
  static bool is_better(F a, F b) { return a > b; }
  static bool converges(F gap) { return gap > 0; }
};

/// Partial results side by side, more than there are registers: so g++ vectorises the loop over them. Counts are exact,
/// a block being short.
template <class Of, class F>
Tally<F> tally_block(const F* __restrict values, std::size_t count) {
  constexpr std::size_t lanes = 64;
  F best[lanes];
  F convergent[lanes];
  for (std::size_t k = 0; k < lanes; ++k) {
    best[k] = values[0];
    convergent[k] = 0;
  }
  for (std::size_t i = 0; i < count; i += lanes) {
    const std::size_t used = count - i < lanes ? count - i : lanes;
    for (std::size_t k = 0; k < used; ++k) {
      const F value = values[i + k];
      best[k] = Of::is_better(value, best[k]) ? value : best[k];
      convergent[k] += Of::converges(value) ? F(1) : F(0);
    }
  }
  Tally<F> tally = {values[0], 0};
  for (std::size_t k = 0; k < lanes; ++k) {
    tally.best = Of::is_better(best[k], tally.best) ? best[k] : tally.best;
    tally.convergent += static_cast<std::int64_t>(convergent[k]);
  }
  return tally;
}

template <class Of, class F>
Tally<F> tally(const F* values, std::size_t count) {
  constexpr std::size_t most = 4096;
  Tally<F> total = {values[0], 0};
  for (std::size_t first = 0; first < count; first += most) {
    const Tally<F> part = tally_block<Of>(values + first, count - first < most ? count - first : most);
    total.best = Of::is_better(part.best, total.best) ? part.best : total.best;
    total.convergent += part.convergent;
  }
  return total;
}

/// Counters of one byte, so that the loops vectorise, over no more codes than they can count.
void count_codes(const std::uint8_t* codes, std::size_t count, std::int64_t* counts) {
  constexpr std::size_t most = 192;  // whole vectors
  for (std::size_t first = 0; first < count; first += most) {
    const std::size_t last = count - first < most ? count : first + most;
    for (std::uint8_t code = 0; code < 8; ++code) {
      std::uint8_t found = 0;
      for (std::size_t i = first; i < last; ++i) found = static_cast<std::uint8_t>(found + (codes[i] == code ? 1 : 0));
      counts[code] += found;
    }
  }
}

template <class F>
Loops<F> loops() {
  return {evaluate<Rate<F>, F>,     evaluate<Gap<F>, F>,   regime<F>, root<F>, band<F>, fill<F>,
          tally<SmallerRate<F>, F>, tally<LargerGap<F>, F>};
}

}  // namespace

void fill_level(Level& level) {
  level.float64 = loops<double>();
  level.float32 = loops<float>();
  level.count_codes = count_codes;
}

}  // namespace ravine::cpu::RAVINE_SIMD_LEVEL
