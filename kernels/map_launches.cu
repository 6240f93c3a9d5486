#include "kernels/map_launches.hpp"

#include <algorithm>
#include <stdexcept>

#include "kernels/launch.cuh"
#include "kernels/map_kernels.cuh"
#include "kernels/summary_kernels.cuh"

namespace ravine::cuda {
namespace {

LaunchShape shape_for(const Queue& queue, std::int64_t count) {
  return {blocks_for(queue, count), block_threads};
}

Batch batch_of(Positions positions, std::int64_t row_length, const LaunchShape& shape) {
  const std::int64_t step = shape.blocks * shape.threads;
  return {positions.first, positions.count, step / row_length, step % row_length};
}

template <class Of, class F>
void queue_values(const Queue& queue, const Rows<F>& rows, Positions positions, const Target& target, const Of& of) {
  using Value = typename Of::Value;
  const LaunchShape shape = shape_for(queue, positions.count);
  const Batch batch = batch_of(positions, rows.row_length, shape);
  const Output<Value> out{static_cast<Value*>(target.values), target.uncertain,
                          static_cast<const Value*>(target.in_band)};
  launch(attempt_values<F, Of>, shape, queue.stream, rows, batch, out, of);
  launch(settle_values<F, Of>, shape, queue.stream, rows, batch, out, of);
}

template <class Of, class F>
void queue_worst(const Queue& queue, const MapView<F>& map, Positions positions, const Target& target) {
  if (map.worst_by == WorstBy::ends) {
    queue_values(queue, map.rows, positions, target, WorstByEnds<Of, F>{*map.worst});
  } else {
    queue_values(queue, map.rows, positions, target, WorstByAll<Of, F>{*map.worst});
  }
}

template <class F>
void queue_worst_quantity(const Queue& queue, Quantity quantity, const MapView<F>& map, Positions positions,
                          const Target& target) {
  if (quantity == Quantity::rate) return queue_worst<Rate<F>>(queue, map, positions, target);
  if (quantity == Quantity::gap) return queue_worst<Gap<F>>(queue, map, positions, target);
  WorstRegime<F> regime{*map.worst};
  if (map.worst_by == WorstBy::all) regime.worst.eigenvalues.is_sorted = false;
  queue_values(queue, map.rows, positions, target, regime);
}

template <class F>
void queue_roots(const Queue& queue, RootPart part, const Rows<F>& rows, Positions positions, F* values) {
  const LaunchShape shape = shape_for(queue, positions.count);
  launch(settle_roots<F>, shape, queue.stream, rows, batch_of(positions, rows.row_length, shape), part, values);
}

}  // namespace

void load_kernels() {
  cudaFuncAttributes attributes{};
  check(cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(unfold_rows<double>)), "loading the kernels");
}

std::int64_t blocks_for(const Queue& queue, std::int64_t count) {
  return std::min((count + block_threads - 1) / block_threads, queue.most_blocks);
}

template <class F>
void queue_unfold_rows(const Queue& queue, const TileAxes<F>& axes, const RowTables<F>& out) {
  launch(unfold_rows<F>, shape_for(queue, out.rows), queue.stream, axes, out);
}

template <class F>
void queue_bands(const Queue& queue, const BandSearch<F>& search, model::Band* bands) {
  launch(settle_bands<F>, shape_for(queue, search.rows), queue.stream, search, bands);
}

template <class F>
void queue_in_band(const Queue& queue, Quantity quantity, const F* beta, std::int64_t count, void* out) {
  const LaunchShape shape = shape_for(queue, count);
  switch (quantity) {
    case Quantity::rate:
      return launch(settle_in_band<F, Rate<F>>, shape, queue.stream, beta, count, static_cast<F*>(out));
    case Quantity::gap:
      return launch(settle_in_band<F, Gap<F>>, shape, queue.stream, beta, count, static_cast<F*>(out));
    default:
      return launch(settle_in_band<F, RegimeCode<F>>, shape, queue.stream, beta, count,
                    static_cast<std::uint8_t*>(out));
  }
}

template <class F>
void queue_quantity(const Queue& queue, Quantity quantity, const MapView<F>& map, Positions positions,
                    const Target& target) {
  if (map.worst) return queue_worst_quantity(queue, quantity, map, positions, target);
  const Rows<F>& rows = map.rows;
  const auto roots = [&](RootPart part) { queue_roots(queue, part, rows, positions, static_cast<F*>(target.values)); };
  switch (quantity) {
    case Quantity::rate:
      return queue_values(queue, rows, positions, target, Plain<Rate<F>, F>{});
    case Quantity::gap:
      return queue_values(queue, rows, positions, target, Plain<Gap<F>, F>{});
    case Quantity::regime:
      return queue_values(queue, rows, positions, target, Plain<RegimeCode<F>, F>{});
    case Quantity::sigma1_re:
      return roots(RootPart::re1);
    case Quantity::sigma1_im:
      return roots(RootPart::im1);
    case Quantity::sigma2_re:
      return roots(RootPart::re2);
    case Quantity::sigma2_im:
      return roots(RootPart::im2);
    default:
      throw std::invalid_argument("not a quantity of a rate map");
  }
}

template <class F>
void queue_find_best(const Queue& queue, Quantity quantity, const F* values, std::int64_t count,
                     BestPartial* partials) {
  const auto kernel = quantity == Quantity::rate ? find_best<F, BestRate> : find_best<F, BestGap>;
  launch(kernel, shape_for(queue, count), queue.stream, values, count, partials);
}

void queue_count_regimes(const Queue& queue, const std::uint8_t* values, std::int64_t count, RegimePartial* partials) {
  launch(count_regimes, shape_for(queue, count), queue.stream, values, count, partials);
}

template <class F>
void queue_count_keys(const Queue& queue, const F* values, std::int64_t count, const KeyBins& bins,
                      unsigned long long* counts) {
  launch(count_keys<F>, shape_for(queue, count), queue.stream, values, count, bins, counts);
}

#define RAVINE_INSTANTIATE(F)                                                                           \
  template void queue_unfold_rows<F>(const Queue&, const TileAxes<F>&, const RowTables<F>&);            \
  template void queue_bands<F>(const Queue&, const BandSearch<F>&, model::Band*);                       \
  template void queue_in_band<F>(const Queue&, Quantity, const F*, std::int64_t, void*);                \
  template void queue_quantity<F>(const Queue&, Quantity, const MapView<F>&, Positions, const Target&); \
  template void queue_find_best<F>(const Queue&, Quantity, const F*, std::int64_t, BestPartial*);       \
  template void queue_count_keys<F>(const Queue&, const F*, std::int64_t, const KeyBins&, unsigned long long*);
RAVINE_INSTANTIATE(double)
RAVINE_INSTANTIATE(float)
#undef RAVINE_INSTANTIATE

}  // namespace ravine::cuda
