#include "kernels/replicate_slot.hpp"

#include <algorithm>
#include <limits>

namespace ravine::cuda {
namespace {

constexpr std::int64_t threads_of_block = model::group_replicates;
constexpr std::int64_t blocks_per_multiprocessor = 8;

/// Steps of one mode that a batch takes, if that keeps the device busy: a stop is heeded between batches. Meant to be a
/// fraction of a second; not measured.
constexpr std::int64_t most_steps_of_batch = std::int64_t{1} << 34;

/// Of a slot's buffers, which are pinned on the host too.
constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

std::int64_t bytes_of(std::int64_t count, std::size_t size) {
  return count * static_cast<std::int64_t>(size);
}

}  // namespace

std::int64_t ReplicateSizes::block_bytes() const {
  return bytes_of(values(), sizeof(model::Sums)) + bytes_of(steps, sizeof(unsigned long long));
}

std::int64_t ReplicateSizes::cell_bytes() const {
  return bytes_of(1, sizeof(ReplicateCell)) + bytes_of(values(), sizeof(double)) +
         bytes_of(steps * bins, sizeof(std::uint32_t));
}

/// One more than they fill, since the first may begin within a cell.
std::int64_t ReplicateSizes::most_cells(std::int64_t blocks_of_batch) const {
  return (blocks_of_batch + blocks - 2) / blocks + 1;
}

std::int64_t ReplicateSizes::blocks_in(std::int64_t bytes) const {
  return (bytes - 2 * cell_bytes()) * blocks / (block_bytes() * blocks + cell_bytes());
}

template <class F>
ReplicateSlot<F>::ReplicateSlot(const ReplicateCourse<F>& study, const ReplicateSizes& sizes, std::int64_t memory)
    : study_(study), sizes_(sizes) {
  choose_sizes(memory);
  allocate();
}

/// What is queued uses the buffers. A failure has been reported by the call that threw.
template <class F>
ReplicateSlot<F>::~ReplicateSlot() {
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

template <class F>
void ReplicateSlot<F>::choose_sizes(std::int64_t memory) {
  const std::int64_t resident = multiprocessors() * blocks_per_multiprocessor;
  most_launched_ = std::numeric_limits<int>::max();
  std::int64_t for_batch = std::min(memory, most_bytes);
  if (takes_scratch()) {
    // Half of the memory at most is for the modes of the threads at work.
    const std::int64_t of_block = 2 * study_.course.components * bytes_of(threads_of_block, sizeof(F));
    most_launched_ = std::clamp<std::int64_t>(memory / 2 / of_block, 1, resident);
    for_batch = std::min(for_batch, memory / 2);
  }
  const std::int64_t affordable =
      most_steps_of_batch / model::block_replicates / (study_.course.steps + 1) / study_.course.components;
  // Below 2^32 replicates, which the counts of bins have bits for.
  constexpr std::int64_t countable = (std::int64_t{1} << 32) / model::block_replicates - 1;
  const std::int64_t wanted = std::min({sizes_.tile_blocks, std::max(affordable, resident), countable});
  most_blocks_ = std::clamp<std::int64_t>(sizes_.blocks_in(for_batch), 1, wanted);
}

/// Free memory may be in pieces, or taken by another process since it was asked for: then half a batch may do.
template <class F>
void ReplicateSlot<F>::allocate() {
  for (;;) {
    try {
      const std::int64_t cells = sizes_.most_cells(most_blocks_);
      cells_ = Mirrored<ReplicateCell>(cells);
      shifts_ = Mirrored<double>(cells * sizes_.values());
      sums_ = Mirrored<model::Sums>(most_blocks_ * sizes_.values());
      finite_ = Mirrored<unsigned long long>(most_blocks_ * sizes_.steps);
      if (sizes_.bins > 0) bins_ = Mirrored<std::uint32_t>(cells * sizes_.steps * sizes_.bins);
      const std::int64_t threads = launched_blocks() * threads_of_block;
      if (takes_scratch()) scratch_ = DeviceBuffer<F>(static_cast<std::size_t>(2 * study_.course.components * threads));
      return;
    } catch (const OutOfDeviceMemory&) {
      if (most_blocks_ == 1) throw;
    }
    free();
    most_blocks_ /= 2;
    ++halvings_;
  }
}

template <class F>
void ReplicateSlot<F>::free() {
  cells_ = {};
  shifts_ = {};
  sums_ = {};
  finite_ = {};
  bins_ = {};
  scratch_ = {};
}

template <class F>
template <class T>
void ReplicateSlot<F>::queue_to_device(std::span<const T> values, const Mirrored<T>& buffer) {
  const std::span<T> staged = buffer.host(values.size());
  std::copy(values.begin(), values.end(), staged.begin());
  copy_to_device_async<T>(staged, buffer.on_device.span().first(values.size()), stream_);
}

template <class F>
template <class T>
void ReplicateSlot<F>::queue_to_host(const Mirrored<T>& buffer, std::size_t size) {
  copy_to_host_async<T>(buffer.on_device.span().first(size), buffer.host(size), stream_);
}

template <class F>
void ReplicateSlot<F>::begin(BlockRange blocks, std::span<const ReplicateCell> cells, std::span<const double> shifts) {
  batch_ = blocks;
  batch_cells_ = cells.size();
  queue_to_device(cells, cells_);
  queue_to_device(shifts, shifts_);
  const auto count = static_cast<std::size_t>(blocks.count);
  const std::size_t finite = count * static_cast<std::size_t>(sizes_.steps);
  const std::size_t bins = batch_cells_ * static_cast<std::size_t>(sizes_.steps * sizes_.bins);
  fill_with_zeros_async(finite_.on_device.span().first(finite), stream_);
  if (bins > 0) fill_with_zeros_async(bins_.on_device.span().first(bins), stream_);
  queue_replicates<F>({stream_, most_launched_}, study_, {blocks, cells_.on_device.data(), shifts_.on_device.data()},
                      {sums_.on_device.data(), finite_.on_device.data(), bins_.on_device.data()},
                      {scratch_.data(), launched_blocks() * threads_of_block});
  queue_to_host(sums_, count * static_cast<std::size_t>(sizes_.values()));
  queue_to_host(finite_, finite);
  if (bins > 0) queue_to_host(bins_, bins);
  done_.record(stream_);
}

template <class F>
ReplicateResults ReplicateSlot<F>::take() {
  done_.wait();
  const auto count = static_cast<std::size_t>(batch_.count);
  const std::size_t steps = static_cast<std::size_t>(sizes_.steps);
  const std::span<unsigned long long> finite = finite_.host(count * steps);
  return {sums_.host(count * static_cast<std::size_t>(sizes_.values())),
          {reinterpret_cast<const std::int64_t*>(finite.data()), finite.size()},
          bins_.host(batch_cells_ * steps * static_cast<std::size_t>(sizes_.bins))};
}

template class ReplicateSlot<double>;
template class ReplicateSlot<float>;

}  // namespace ravine::cuda
