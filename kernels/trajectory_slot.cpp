#include "kernels/trajectory_slot.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "kernels/course_on_device.hpp"

namespace ravine::cuda {
namespace {

constexpr std::int64_t threads_of_block = 256;
constexpr std::int64_t most_positions = std::int64_t{1} << 30;
constexpr std::int64_t fewest_positions = 32;  // a warp

/// A thread for each position of a batch: blocks take the multiprocessors as they come free. Where threads have scratch
/// in memory, as many as can be at work at once.
constexpr std::int64_t most_blocks_of_launch = most_positions / threads_of_block;
constexpr std::int64_t blocks_per_multiprocessor = 8;

/// Steps of one mode that a launch takes, if that keeps the device busy: a stop is heeded between launches. Meant to be
/// a fraction of a second; not measured.
constexpr std::int64_t most_steps_of_launch = std::int64_t{1} << 36;

/// Fields start where any type may.
constexpr std::int64_t field_alignment = 256;

std::int64_t rounded_up(std::int64_t bytes) {
  return (bytes + field_alignment - 1) / field_alignment * field_alignment;
}

bool is_watched(const Field& field) {
  return info_of(field.quantity).inner == Inner::none;
}

}  // namespace

template <class F>
TrajectorySlot<F>::TrajectorySlot(const MapPlan& plan, const Course<F>& course, std::int64_t memory)
    : plan_(plan),
      course_(course),
      fields_(fields_of(plan.spec())),
      looking_(std::any_of(fields_.begin(), fields_.end(), is_watched) ? Looking::at_every : Looking::at_recorded),
      resident_blocks_(multiprocessors() * blocks_per_multiprocessor),
      most_blocks_(takes_scratch() ? resident_blocks_ : most_blocks_of_launch),
      axes_(plan),
      converged_(1) {
  for (Arrival& arrival : arrivals_) arrival.converged = PinnedBuffer(sizeof(unsigned));
  limit_threads(memory);
  allocate_batch(memory - axes_.bytes());
}

/// What is queued uses the buffers. A failure has been reported by the call that threw.
template <class F>
TrajectorySlot<F>::~TrajectorySlot() {
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

/// Scratch, which every thread has, leaves half the memory to values.
template <class F>
void TrajectorySlot<F>::limit_threads(std::int64_t memory) {
  if (!takes_scratch()) return;
  const std::int64_t of_block = 2 * course_.components * threads_of_block * std::int64_t{sizeof(F)};
  most_blocks_ = std::clamp<std::int64_t>(memory / 2 / of_block, 1, most_blocks_);
}

/// Free memory may be in pieces, or taken by another process since it was asked for: then half a batch may do.
template <class F>
void TrajectorySlot<F>::allocate_batch(std::int64_t memory) {
  const std::int64_t whole_tile = plan_.rows() * plan_.row_length();
  const std::int64_t for_values = takes_scratch() ? memory / 2 : memory;
  const std::int64_t fits = for_values / cell_bytes(fields_);
  batch_positions_ = std::min({whole_tile, most_positions, std::max(fits, fewest_positions)});
  for (;;) {
    try {
      std::int64_t bytes = 0;
      for (const Field& field : fields_) bytes += rounded_up(batch_positions_ * field.cell_bytes());
      values_ = DeviceBuffer<std::byte>(static_cast<std::size_t>(bytes));
      if (takes_scratch()) {
        const std::int64_t threads = blocks_for(queue(), batch_positions_) * threads_of_block;
        scratch_ = DeviceBuffer<F>(static_cast<std::size_t>(2 * course_.components * threads));
      }
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
void TrajectorySlot<F>::begin(std::int64_t id, TileData buffers) {
  data_ = std::move(buffers);
  box_ = plan_.grid().tile(id);
  data_.id = id;
  data_.summary = {};
  data_.summary.cells = box_.cells();
  if (values().status != nullptr) data_.summary.convergent = 0;
  size_chunks();
  make_batches();
  axes_.queue(stream_, box_);
  while (queued_ < std::min(window, batches_.size())) queue_batch(queued_++);
}

template <class F>
void TrajectorySlot<F>::size_chunks() {
  if (plan_.options().keep == Keep::summary) return;
  data_.chunks.resize(fields_.size(), ByteBuffer(pinned_memory()));
  for (std::size_t k = 0; k < fields_.size(); ++k) {
    data_.chunks[k].resize(static_cast<std::size_t>(plan_.grid().tile_capacity() * fields_[k].cell_bytes()));
  }
}

template <class F>
void TrajectorySlot<F>::make_batches() {
  batches_.clear();
  queued_ = 0;
  folded_ = 0;
  const std::int64_t affordable = most_steps_of_launch / (course_.steps + 1) / course_.components;
  const std::int64_t batch = std::min(batch_positions_, std::max(affordable, resident_blocks_ * threads_of_block));
  const std::int64_t positions = plan_.rows() * plan_.row_length();
  for (std::int64_t first = 0; first < positions; first += batch) {
    batches_.push_back({first, std::min(batch, positions - first)});
  }
}

template <class F>
void TrajectorySlot<F>::queue_batch(std::size_t number) {
  const Positions batch = batches_[number];
  const Arrival& arrival = arrivals_[number % window];
  fill_with_zeros_async(converged_.span(), stream_);
  queue_trajectories<F>(queue(), {cell_axes(plan_, axes_.view()), course_, looking_}, batch, values(),
                        {scratch_.data(), blocks_for(queue(), batch.count) * threads_of_block});
  copy_to_host_async<std::byte>({reinterpret_cast<std::byte*>(converged_.data()), sizeof(unsigned)},
                                arrival.converged.bytes(), stream_);
  if (plan_.options().keep == Keep::chunks) queue_values_to_host(batch);
  arrival.done.record(stream_);
}

template <class F>
void TrajectorySlot<F>::queue_values_to_host(Positions batch) {
  for (std::size_t k = 0; k < fields_.size(); ++k) {
    const std::int64_t size = fields_[k].cell_bytes();
    const auto bytes = static_cast<std::size_t>(batch.count * size);
    copy_to_host_async<std::byte>({values_of(k), bytes}, {data_.chunks[k].data() + batch.first * size, bytes}, stream_);
  }
}

template <class F>
std::byte* TrajectorySlot<F>::values_of(std::size_t field) const {
  std::int64_t before = 0;
  for (std::size_t k = 0; k < field; ++k) before += rounded_up(batch_positions_ * fields_[k].cell_bytes());
  return values_.data() + before;
}

template <class F>
TrajectoryValues<F> TrajectorySlot<F>::values() const {
  TrajectoryValues<F> out{};
  out.converged = converged_.data();
  for (std::size_t k = 0; k < fields_.size(); ++k) {
    std::byte* const values = values_of(k);
    switch (fields_[k].quantity) {
      case Quantity::loss:
        out.loss = reinterpret_cast<F*>(values);
        break;
      case Quantity::loss_parts:
        out.loss_parts = reinterpret_cast<F*>(values);
        break;
      case Quantity::x:
        out.x = reinterpret_cast<F*>(values);
        break;
      case Quantity::peak_loss:
        out.peak_loss = reinterpret_cast<F*>(values);
        break;
      case Quantity::peak_step:
        out.peak_step = reinterpret_cast<std::int64_t*>(values);
        break;
      case Quantity::first_above:
        out.first_above = reinterpret_cast<std::int64_t*>(values);
        break;
      case Quantity::last_above:
        out.last_above = reinterpret_cast<std::int64_t*>(values);
        break;
      case Quantity::steps_to_tolerance:
        out.steps_to_tolerance = reinterpret_cast<std::int64_t*>(values);
        break;
      case Quantity::status:
        out.status = reinterpret_cast<std::uint8_t*>(values);
        break;
      default:
        throw std::invalid_argument("not a quantity of a trajectory");
    }
  }
  return out;
}

template <class F>
bool TrajectorySlot<F>::advance() {
  if (folded_ < batches_.size()) {
    arrivals_[folded_ % window].done.wait();
    fold_oldest();
  }
  return folded_ == batches_.size();
}

template <class F>
void TrajectorySlot<F>::pump() {
  while (queued_ < batches_.size() && arrivals_[folded_ % window].done.done()) fold_oldest();
}

template <class F>
void TrajectorySlot<F>::fold_oldest() {
  unsigned converged = 0;
  std::memcpy(&converged, arrivals_[folded_ % window].converged.bytes().data(), sizeof converged);
  if (data_.summary.convergent) *data_.summary.convergent += static_cast<std::int64_t>(converged);
  ++folded_;
  if (queued_ < batches_.size()) queue_batch(queued_++);
}

template <class F>
std::int64_t TrajectorySlot<F>::cells_done() const {
  return batches_.empty() ? 0
                          : static_cast<std::int64_t>(static_cast<double>(box_.cells()) * static_cast<double>(folded_) /
                                                      static_cast<double>(batches_.size()));
}

template class TrajectorySlot<double>;
template class TrajectorySlot<float>;

}  // namespace ravine::cuda
