#include "kernels/tile_slot.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "ravine/model/regime.hpp"

namespace ravine::cuda {
namespace {

/// Blocks a multiprocessor can hold at once at 32 registers a thread: kernels with more registers take them in turn.
constexpr std::int64_t blocks_per_multiprocessor = 8;

/// Cells times eigenvalues of a launch: a stop is heeded between launches. Meant to be a fraction of a second; not
/// measured.
constexpr std::int64_t most_evaluations = std::int64_t{1} << 32;

/// Positions of a batch: counts of a batch are 32-bit, and less than the smallest does not occupy a device.
constexpr std::int64_t most_positions = std::int64_t{1} << 30;
constexpr std::int64_t fewest_positions = std::int64_t{1} << 12;

constexpr std::size_t partial_bytes = std::max(sizeof(BestPartial), sizeof(RegimePartial));

template <class F>
double value_of_bits(std::uint64_t bits) {
  if constexpr (sizeof(F) == sizeof(double)) return std::bit_cast<double>(bits);
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
}

}  // namespace

template <class F>
TileSlot<F>::TileSlot(const MapPlan& plan, const SpectrumOnDevice<F>* spectrum, std::int64_t memory)
    : plan_(plan),
      spectrum_(spectrum),
      most_blocks_(multiprocessors() * blocks_per_multiprocessor),
      rows_(plan, spectrum),
      partials_(static_cast<std::size_t>(most_blocks_) * partial_bytes) {
  for (Arrival& arrival : arrivals_) arrival.partials = PinnedBuffer(partials_.size());
  allocate_batch(memory - rows_.bytes());
}

/// What is queued uses the buffers. A failure has been reported by the call that threw.
template <class F>
TileSlot<F>::~TileSlot() {
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

/// Free memory may be in pieces, or taken by another process since it was asked for: then half a batch may do.
template <class F>
void TileSlot<F>::allocate_batch(std::int64_t memory) {
  constexpr std::int64_t bits_of_word = 32;
  const std::int64_t fits = memory * bits_of_word / (bits_of_word * std::int64_t{sizeof(F)} + 4);
  const std::int64_t whole_tile = plan_.rows() * plan_.row_length();
  batch_positions_ = std::min({whole_tile, most_positions, std::max(fits, fewest_positions)});
  for (;;) {
    try {
      values_ = DeviceBuffer<F>(static_cast<std::size_t>(batch_positions_));
      uncertain_ = DeviceBuffer<std::uint32_t>(static_cast<std::size_t>((batch_positions_ + 31) / bits_of_word));
      return;
    } catch (const OutOfDeviceMemory&) {
      if (batch_positions_ <= fewest_positions) throw;
    }
    values_ = {};
    batch_positions_ = std::max(batch_positions_ / 2, fewest_positions);
    ++halvings_;
  }
}

template <class F>
void TileSlot<F>::begin(std::int64_t id, TileData buffers) {
  data_ = std::move(buffers);
  box_ = plan_.grid().tile(id);
  data_.id = id;
  data_.summary = {};
  data_.summary.cells = box_.cells();
  convergent_by_regime_.reset();
  convergent_by_gap_.reset();
  convergent_by_rate_.reset();
  size_chunks();
  make_jobs();
  rows_.queue(queue(), box_);
  while (queued_ < std::min(window, jobs_.size())) queue_job(queued_++);
}

template <class F>
void TileSlot<F>::size_chunks() {
  if (plan_.options().keep == Keep::summary) return;
  const std::vector<Quantity>& quantities = plan_.spec().quantities;
  data_.chunks.resize(quantities.size(), ByteBuffer(pinned_memory()));
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    data_.chunks[q].resize(static_cast<std::size_t>(plan_.grid().tile_capacity()) *
                           value_bytes(quantities[q], plan_.spec().precision));
  }
}

template <class F>
void TileSlot<F>::make_jobs() {
  jobs_.clear();
  queued_ = 0;
  folded_ = 0;
  const std::int64_t positions = plan_.rows() * plan_.row_length();
  for (std::size_t q = 0; q < plan_.spec().quantities.size(); ++q) {
    const std::int64_t affordable = most_evaluations / evaluations_per_cell(plan_.spec().quantities[q]);
    const std::int64_t batch = std::min(batch_positions_, std::max(affordable, fewest_positions));
    for (std::int64_t first = 0; first < positions; first += batch) {
      jobs_.push_back({q, {first, std::min(batch, positions - first)}});
    }
  }
}

template <class F>
std::int64_t TileSlot<F>::evaluations_per_cell(Quantity quantity) const {
  if (spectrum_ == nullptr) return 1;
  const SpectrumView<F>& eigenvalues = spectrum_->view();
  if (plan_.options().worst_by == WorstBy::all) return eigenvalues.size;
  if (quantity != Quantity::regime) return 2;
  if (!eigenvalues.is_sorted) return eigenvalues.size;
  return 2 + static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(eigenvalues.size)));
}

template <class F>
std::size_t TileSlot<F>::value_size(const Job& job) const {
  return value_bytes(quantity_of(job), plan_.spec().precision);
}

template <class F>
void TileSlot<F>::queue_job(std::size_t number) {
  const Job& job = jobs_[number];
  queue_quantity<F>(queue(), quantity_of(job), rows_.view(), job.positions,
                    {values_.data(), uncertain_.data(), rows_.in_band(job.quantity)});
  const Arrival& arrival = arrivals_[number % window];
  queue_partials(job, arrival);
  queue_counts(job);
  if (plan_.options().keep == Keep::chunks) queue_values_to_host(job);
  arrival.done.record(stream_);
}

template <class F>
void TileSlot<F>::queue_values_to_host(const Job& job) {
  const std::size_t size = value_size(job);
  const auto first = static_cast<std::size_t>(job.positions.first) * size;
  const auto bytes = static_cast<std::size_t>(job.positions.count) * size;
  copy_to_host_async<std::byte>({reinterpret_cast<std::byte*>(values_.data()), bytes},
                                {data_.chunks[job.quantity].data() + first, bytes}, stream_);
}

template <class F>
void TileSlot<F>::queue_partials(const Job& job, const Arrival& arrival) {
  const std::int64_t count = job.positions.count;
  const auto blocks = static_cast<std::size_t>(blocks_for(queue(), count));
  const auto copy = [&](std::size_t bytes) {
    copy_to_host_async<std::byte>(partials_.span().first(bytes), arrival.partials.bytes().first(bytes), stream_);
  };
  switch (quantity_of(job)) {
    case Quantity::rate:
    case Quantity::gap:
      queue_find_best<F>(queue(), quantity_of(job), values_.data(), count,
                         reinterpret_cast<BestPartial*>(partials_.data()));
      return copy(blocks * sizeof(BestPartial));
    case Quantity::regime:
      queue_count_regimes(queue(), reinterpret_cast<const std::uint8_t*>(values_.data()), count,
                          reinterpret_cast<RegimePartial*>(partials_.data()));
      return copy(blocks * sizeof(RegimePartial));
    default:
      return;
  }
}

template <class F>
void TileSlot<F>::queue_counts(const Job& job) {
  for (std::size_t k = 0; k < bins_.size(); ++k) {
    if (bins_[k].quantity != job.quantity) continue;
    queue_count_keys<F>(queue(), values_.data(), job.positions.count, bins_[k], counts_.data() + k * KeyBins::count);
  }
}

template <class F>
void TileSlot<F>::start_counting(std::span<const KeyBins> bins) {
  bins_.assign(bins.begin(), bins.end());
  if (bins_.size() * KeyBins::count > counts_.size()) {
    counts_ = {};
    counts_ = DeviceBuffer<unsigned long long>(bins_.size() * KeyBins::count);
  }
  if (!bins_.empty()) fill_with_zeros_async(counts_.span(), stream_);
}

template <class F>
void TileSlot<F>::add_counts(std::size_t number, std::span<std::int64_t> counts) {
  std::vector<unsigned long long> mine(KeyBins::count);
  copy_to_host_async<unsigned long long>({counts_.data() + number * KeyBins::count, mine.size()}, mine, stream_);
  stream_.synchronize();
  std::transform(counts.begin(), counts.end(), mine.begin(), counts.begin(),
                 [](std::int64_t total, unsigned long long part) { return total + static_cast<std::int64_t>(part); });
}

template <class F>
bool TileSlot<F>::advance() {
  if (folded_ < jobs_.size()) {
    arrivals_[folded_ % window].done.wait();
    fold_oldest();
  }
  return folded_ == jobs_.size();
}

template <class F>
void TileSlot<F>::pump() {
  while (queued_ < jobs_.size() && arrivals_[folded_ % window].done.done()) fold_oldest();
}

template <class F>
void TileSlot<F>::fold_oldest() {
  fold_job(folded_++);
  if (queued_ < jobs_.size()) queue_job(queued_++);
}

template <class F>
void TileSlot<F>::fold_job(std::size_t number) {
  const Job& job = jobs_[number];
  const auto blocks = static_cast<std::size_t>(blocks_for(queue(), job.positions.count));
  const std::byte* arrived = arrivals_[number % window].partials.bytes().data();
  if (quantity_of(job) == Quantity::regime) {
    fold_regimes({reinterpret_cast<const RegimePartial*>(arrived), blocks});
  } else if (quantity_of(job) == Quantity::rate || quantity_of(job) == Quantity::gap) {
    fold_best(job, {reinterpret_cast<const BestPartial*>(arrived), blocks});
  }
}

template <class F>
void TileSlot<F>::fold_best(const Job& job, std::span<const BestPartial> partials) {
  const bool is_rate = quantity_of(job) == Quantity::rate;
  std::optional<std::int64_t>& convergent = is_rate ? convergent_by_rate_ : convergent_by_gap_;
  for (const BestPartial& partial : partials) {
    convergent = convergent.value_or(0) + partial.convergent;
    if (partial.offset < 0) continue;
    Summary part;
    (is_rate ? part.best_rate : part.best_gap) =
        BestCell{value_of_bits<F>(partial.value_bits), plan_.cell_number(box_, job.positions.first + partial.offset)};
    merge(data_.summary, part);
  }
}

template <class F>
void TileSlot<F>::fold_regimes(std::span<const RegimePartial> partials) {
  Summary part;
  part.regimes.emplace();  // zeros
  convergent_by_regime_ = convergent_by_regime_.value_or(0);
  for (const RegimePartial& partial : partials) {
    for (std::size_t k = 1; k < regime_count; ++k) {  // 0 is padding
      (*part.regimes)[k] += partial.counts[k];
      if (converges(static_cast<Regime>(k))) *convergent_by_regime_ += partial.counts[k];
    }
  }
  merge(data_.summary, part);
}

template <class F>
std::int64_t TileSlot<F>::cells_done() const {
  return jobs_.empty() ? 0
                       : static_cast<std::int64_t>(static_cast<double>(box_.cells()) * static_cast<double>(folded_) /
                                                   static_cast<double>(jobs_.size()));
}

/// By the most exact quantity that the map has.
template <class F>
TileData TileSlot<F>::take() {
  data_.summary.convergent = convergent_by_regime_ ? convergent_by_regime_
                             : convergent_by_gap_  ? convergent_by_gap_
                                                   : convergent_by_rate_;
  return std::move(data_);
}

template class TileSlot<double>;
template class TileSlot<float>;

}  // namespace ravine::cuda
