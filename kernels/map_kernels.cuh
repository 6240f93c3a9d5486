// The kernels of the rate maps over the functors of include/ravine/model/. Threads go over the positions of a batch
// (walk.cuh), and every position is written: cells with their value, padding with the fill value.
//
// A quantity is evaluated in two launches. The first is short and branch-free where it counts: pair arithmetic, and a
// bit for each value that is not certain. The second settles those few by exact sums, which are long code with many
// registers and, for float32 too, in float64. Kernels that decide exactly have "settle" in their names.
#pragma once

#include "kernels/map_parameters.hpp"
#include "kernels/quantities.cuh"
#include "kernels/walk.cuh"
#include "ravine/model/heavy_ball.hpp"
#include "ravine/model/heavy_ball_band.hpp"
#include "ravine/model/worst_case.hpp"

namespace ravine::cuda {

// --- places and parameters ---

template <class F>
__device__ __forceinline__ model::Cell<F> cell_at(const Rows<F>& rows, const Place& place) {
  return {value_at(rows.alpha, place), value_at(rows.beta, place), value_at(rows.lambda, place)};
}

__device__ __forceinline__ bool contains(const model::Band& band, std::int64_t column) {
  return band.first <= column && column < band.last;
}

/// Value of a cell whose eigenvalues are complex: beta alone decides it.
template <class T, class F>
__device__ __forceinline__ T in_band(const Output<T>& out, const Rows<F>& rows, const Place& place) {
  return out.in_band[rows.beta.per_column ? place.column : place.row];
}

/// The bits of a warp's uncertain positions, written by its first thread.
template <class T>
__device__ __forceinline__ void write_uncertain(const Output<T>& out, const Batch& batch, const Place& place,
                                                bool uncertain) {
  const std::uint32_t word = __ballot_sync(whole_warp, uncertain);
  if (threadIdx.x % warp_threads == 0 && place.offset < batch.count) out.uncertain[place.offset / warp_threads] = word;
}

/// Calls visit(place) for the positions whose bit is set. A warp reads as many words as it has threads at once (one,
/// where there are too few for all warps), passes over those without a bit, and gives each thread one position of the
/// others: nearly all words have none.
template <class T, class Visit>
__device__ __forceinline__ void for_each_uncertain(const Output<T>& out, const Batch& batch, std::int64_t row_length,
                                                   Visit visit) {
  const std::int64_t words = (batch.count + warp_threads - 1) / warp_threads;
  const unsigned lane = threadIdx.x % warp_threads;
  const std::int64_t at_once = words < thread_count() ? 1 : warp_threads;
  const std::int64_t step = thread_count() / warp_threads * at_once;
  for (std::int64_t first = (thread_number() / warp_threads) * at_once; first < words; first += step) {
    const bool reads = lane < at_once && first + lane < words;
    const std::uint32_t mine = reads ? out.uncertain[first + lane] : 0;
    for (unsigned busy = __ballot_sync(whole_warp, mine != 0); busy != 0; busy &= busy - 1) {
      const unsigned source = static_cast<unsigned>(__ffs(static_cast<int>(busy))) - 1;
      const std::uint32_t word = __shfl_sync(whole_warp, mine, static_cast<int>(source));
      if ((word >> lane & 1U) != 0) visit(place_at(batch, row_length, (first + source) * warp_threads + lane));
    }
  }
}

// --- what is evaluated ---
//
// Each has a Value, a fill(), the first launch's attempt() and the second's settle().

template <class T>
struct Tried {
  T value;
  bool certain;
};

/// A quantity of each cell.
template <class Quantity, class F>
struct Plain {
  using Value = typename Quantity::Value;
  static __device__ __forceinline__ Value fill() { return Quantity::fill(); }

  __device__ __forceinline__ Tried<Value> attempt(const Rows<F>& rows, const Output<Value>& out,
                                                  const Place& place) const {
    if (contains(rows.bands[place.row], place.column)) return {in_band(out, rows, place), true};
    const model::Attempt<F> attempt = Quantity::attempt(cell_at(rows, place));
    return {stored<Value>(attempt.value), attempt.certain};
  }
  __device__ __forceinline__ Value settle(const Rows<F>& rows, const Place& place) const {
    return Quantity::settle(cell_at(rows, place));
  }
};

/// Its worst case over a spectrum, by the two ends.
template <class Quantity, class F>
struct WorstByEnds {
  using Value = F;
  WorstCase<F> worst;
  static __device__ __forceinline__ F fill() { return Quantity::fill(); }

  __device__ __forceinline__ Tried<F> attempt(const Rows<F>& rows, const Output<F>& out, const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    const model::Ends<F> ends = worst.eigenvalues.ends;
    const model::Band at_largest = worst.bands_at_largest[place.row];
    const Tried<F> first =
        attempt_end({alpha, beta, ends.smallest}, contains(rows.bands[place.row], place.column), rows, out, place);
    const Tried<F> second =
        attempt_end({alpha, beta, ends.largest}, contains(at_largest, place.column), rows, out, place);
    return {Quantity::worse(first.value, second.value),
            first.certain && second.certain && model::ends_decide(alpha, beta, ends)};
  }
  /// By the two ends where they decide, else by every eigenvalue. One loop for both: the code of a value is long.
  __device__ __forceinline__ F settle(const Rows<F>& rows, const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    const model::Ends<F> ends = worst.eigenvalues.ends;
    const bool decided = model::ends_decide(alpha, beta, ends);
    const std::int64_t count = decided ? 2 : worst.eigenvalues.size;
    F value = Quantity::best();
#pragma unroll 1
    for (std::int64_t i = 0; i < count; ++i) {
      const F end = i == 0 ? ends.smallest : ends.largest;
      value = Quantity::worse(value, Quantity::exact({alpha, beta, decided ? end : worst.eigenvalues.values[i]}));
    }
    return value;
  }

 private:
  static __device__ __forceinline__ Tried<F> attempt_end(const model::Cell<F>& cell, bool is_in_band,
                                                         const Rows<F>& rows, const Output<F>& out,
                                                         const Place& place) {
    if (is_in_band) return {in_band(out, rows, place), true};
    const model::Attempt<F> attempt = Quantity::attempt(cell);
    return {attempt.value, attempt.certain};
  }
};

/// Its worst case by trying every eigenvalue: the definition.
template <class Quantity, class F>
struct WorstByAll {
  using Value = F;
  WorstCase<F> worst;
  static __device__ __forceinline__ F fill() { return Quantity::fill(); }

  __device__ __forceinline__ Tried<F> attempt(const Rows<F>& rows, const Output<F>& /*out*/, const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    Tried<F> all{Quantity::best(), true};
#pragma unroll 1
    for (std::int64_t i = 0; i < worst.eigenvalues.size; ++i) {
      const model::Attempt<F> one = Quantity::attempt({alpha, beta, worst.eigenvalues.values[i]});
      all = {Quantity::worse(all.value, one.value), model::both(all.certain, one.certain)};
    }
    return all;
  }
  __device__ __forceinline__ F settle(const Rows<F>& rows, const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    F value = Quantity::best();
#pragma unroll 1
    for (std::int64_t i = 0; i < worst.eigenvalues.size; ++i) {
      value = Quantity::worse(value, Quantity::exact({alpha, beta, worst.eigenvalues.values[i]}));
    }
    return value;
  }
};

/// The regime at the first eigenvalue, in the spectrum's order, whose rate is the largest. Certain where bisection
/// finds it; else every eigenvalue is tried (docs/decisions/0003-worst-case-endpoints.md).
template <class F>
struct WorstRegime {
  using Value = std::uint8_t;
  WorstCase<F> worst;
  static __device__ __forceinline__ Value fill() { return 0; }

  __device__ __forceinline__ Tried<Value> attempt(const Rows<F>& rows, const Output<Value>& /*out*/,
                                                  const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    const SpectrumView<F>& eigenvalues = worst.eigenvalues;
    if (!eigenvalues.is_sorted || !model::ends_decide(alpha, beta, eigenvalues.ends)) return {0, false};
    const F lambda = eigenvalues.values[bisect_first_worst(alpha, beta, eigenvalues)];
    return {RegimeCode<F>::exact({alpha, beta, lambda}), true};
  }
  __device__ __forceinline__ Value settle(const Rows<F>& rows, const Place& place) const {
    const F alpha = value_at(rows.alpha, place);
    const F beta = value_at(rows.beta, place);
    F largest = -1;
    F lambda = 0;
#pragma unroll 1
    for (std::int64_t i = 0; i < worst.eigenvalues.size; ++i) {
      const F candidate = worst.eigenvalues.values[i];
      const F rate = model::rate(model::Cell<F>{alpha, beta, candidate});
      if (largest < rate) lambda = candidate;
      largest = model::max(largest, rate);
    }
    return RegimeCode<F>::exact({alpha, beta, lambda});
  }

 private:
  /// The eigenvalues with a smaller rate than the last one are the spectrum's beginning, unless the first is the
  /// answer. One call of the rate for all probes: its code is long.
  static __device__ __forceinline__ std::int64_t bisect_first_worst(F alpha, F beta,
                                                                    const SpectrumView<F>& eigenvalues) {
    const std::int64_t last = eigenvalues.size - 1;
    std::int64_t below = -1;  // the rate is smaller there
    std::int64_t at = last;   // not smaller
    F rate_at_last = 0;
    for (std::int64_t probe = last;; probe = below < 0 ? 0 : below + (at - below) / 2) {
      const F rate = model::rate(model::Cell<F>{alpha, beta, eigenvalues.values[probe]});
      if (probe == last) {
        rate_at_last = rate;
      } else {
        (rate < rate_at_last ? below : at) = probe;
      }
      if (at - below <= 1) return at;
    }
  }
};

// --- the two launches ---

/// attempt() of every position of the batch. A position that is none of the grid's cells gets the fill value.
template <class F, class Of>
__global__ void attempt_values(Rows<F> rows, Batch batch, Output<typename Of::Value> out, Of of) {
  for_each_place(batch, rows.row_length, [&](const Place& place) {
    bool uncertain = false;
    if (place.offset < batch.count) {
      typename Of::Value value = Of::fill();
      if (place.column < rows.columns[place.row]) {
        const Tried<typename Of::Value> tried = of.attempt(rows, out, place);
        value = tried.value;
        uncertain = !tried.certain;
      }
      out.values[place.offset] = value;
    }
    write_uncertain(out, batch, place, uncertain);
  });
}

/// settle() where attempt_values was not certain.
template <class F, class Of>
__global__ void settle_values(Rows<F> rows, Batch batch, Output<typename Of::Value> out, Of of) {
  for_each_uncertain(out, batch, rows.row_length,
                     [&](const Place& place) { out.values[place.offset] = of.settle(rows, place); });
}

/// One part of the eigenvalues of every cell. They take an exact discriminant, so each is settled at once.
enum class RootPart { re1, im1, re2, im2 };
template <class F>
__global__ void settle_roots(Rows<F> rows, Batch batch, RootPart part, F* values) {
  for_each_place(batch, rows.row_length, [&](const Place& place) {
    if (place.offset >= batch.count) return;
    F value = not_a_number<F>();
    if (place.column < rows.columns[place.row]) {
      const model::Roots<F> roots = model::roots(cell_at(rows, place));
      const F first = part == RootPart::re1 ? roots.re1 : roots.im1;
      const F second = part == RootPart::re2 ? roots.re2 : roots.im2;
      value = part == RootPart::re1 || part == RootPart::im1 ? first : second;
    }
    values[place.offset] = value;
  });
}

// --- before the cells: rows and bands ---

/// The value of each of the slower axes in each row, and how many cells the row has.
template <class F>
__global__ void unfold_rows(TileAxes<F> axes, RowTables<F> out) {
  for_each_index(out.rows, [&](std::int64_t row) {
    const std::int64_t i = row / axes.stored[1];
    const std::int64_t j = row % axes.stored[1];
    const bool is_of_grid = i < axes.cells[0] && j < axes.cells[1];
    out.slowest[row] = is_of_grid ? axes.values[0][i] : F(0);
    out.slower[row] = is_of_grid ? axes.values[1][j] : F(0);
    out.columns[row] = is_of_grid ? axes.cells[2] : 0;
  });
}

/// The band of each row.
template <class F>
__global__ void settle_bands(BandSearch<F> search, model::Band* bands) {
  for_each_index(search.rows, [&](std::int64_t row) {
    const auto fixed = [row](const Parameter<F>& parameter) {
      return parameter.per_column ? F(0) : parameter.values[row];
    };
    const F lambda = search.lambda.values == nullptr ? search.reduced_lambda : fixed(search.lambda);
    const model::Cell<F> cell = {fixed(search.alpha), fixed(search.beta), lambda};
    bands[row] = model::ripple_band(model::Row<F>{cell, search.along, search.values, search.columns[row]});
  });
}

/// The value of cells with complex eigenvalues, for each beta.
template <class F, class Quantity>
__global__ void settle_in_band(const F* beta, std::int64_t count, typename Quantity::Value* out) {
  for_each_index(count, [&](std::int64_t i) { out[i] = Quantity::exact(model::band_cell(beta[i])); });
}

}  // namespace ravine::cuda
