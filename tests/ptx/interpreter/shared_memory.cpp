#include "shared_memory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fault.hpp"
#include "thread.hpp"

namespace ravine::ptx {
namespace {

bool reads(SharedMemory::Kind kind) {
  return kind != SharedMemory::Kind::write && kind != SharedMemory::Kind::atomic_write;
}

bool writes(SharedMemory::Kind kind) {
  return kind != SharedMemory::Kind::read && kind != SharedMemory::Kind::atomic_read;
}

const char* verb_of(SharedMemory::Kind kind) {
  return writes(kind) ? "writes" : "reads";
}

}  // namespace

SharedMemory::SharedMemory(const Kernel& kernel, std::uint32_t dynamic_bytes, std::uint32_t threads)
    : kernel_(kernel),
      dynamic_bytes_(dynamic_bytes),
      bytes_(kernel.dynamic_shared + dynamic_bytes),
      states_(bytes_.size(), Byte::outside),
      histories_(bytes_.size()),
      clocks_(threads, 1),
      known_(std::size_t{threads} * warp_size, 0) {}

void SharedMemory::start_block() {
  for (const Extent& variable : kernel_.shared) {
    std::fill_n(states_.begin() + variable.offset, variable.bytes, Byte::unwritten);
  }
  std::fill_n(states_.begin() + kernel_.dynamic_shared, dynamic_bytes_, Byte::unwritten);
  ++epoch_;
}

void SharedMemory::pass_barrier() {
  ++epoch_;
}

void SharedMemory::pass_warp_barrier(std::uint32_t warp, std::uint32_t lanes) {
  const std::uint32_t first = warp * warp_size;
  const auto known_by = [&](std::uint32_t lane) { return known_.begin() + (first + lane) * warp_size; };
  std::array<std::uint32_t, warp_size> joined{};
  for (std::uint32_t lane = 0; lane < warp_size; ++lane) {
    if ((lanes >> lane & 1) == 0) continue;
    std::transform(joined.begin(), joined.end(), known_by(lane), joined.begin(),
                   [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); });
  }
  for (std::uint32_t lane = 0; lane < warp_size; ++lane) {
    if ((lanes >> lane & 1) != 0) joined.at(lane) = clocks_[first + lane]++;
  }
  for (std::uint32_t lane = 0; lane < warp_size; ++lane) {
    if ((lanes >> lane & 1) != 0) std::copy(joined.begin(), joined.end(), known_by(lane));
  }
}

void SharedMemory::require_inside(std::uint64_t address, std::uint32_t size, Kind kind) const {
  const bool fits = address < states_.size() && size <= states_.size() - address;
  const auto outside = [&](std::uint64_t i) { return states_[i] == Byte::outside; };
  if (!fits || outside(address) || outside(address + size - 1)) {
    throw Violation{
        FaultKind::out_of_bounds,
        fmt::format("{} {} bytes at {} of shared memory, outside every variable (static: {} bytes, "
                    "dynamic: {} bytes from {})",
                    verb_of(kind), size, address, kernel_.static_shared_bytes, dynamic_bytes_, kernel_.dynamic_shared)};
  }
}

void SharedMemory::require_written(std::uint64_t address, std::uint32_t size) const {
  const auto first = states_.begin() + static_cast<std::ptrdiff_t>(address);
  if (std::any_of(first, first + size, [](Byte state) { return state != Byte::written; })) {
    throw Violation{FaultKind::unwritten,
                    fmt::format("reads {} bytes at {} of shared memory, which no thread has written", size, address)};
  }
}

bool SharedMemory::ordered(const Stamp& before, std::uint32_t thread) const {
  if (before.epoch != epoch_ || before.thread == thread) return true;
  if (before.thread / warp_size != thread / warp_size) return false;
  return before.clock <= known_[thread * warp_size + before.thread % warp_size];
}

void SharedMemory::require_order(const Stamp& before, std::uint32_t thread, std::uint64_t address, Kind kind) const {
  if (ordered(before, thread)) return;
  throw Violation{FaultKind::race,
                  fmt::format("{} {} of shared memory, which thread number {} of the block touches too "
                              "(this is number {}), and no barrier orders the two",
                              verb_of(kind), address, before.thread, thread)};
}

void SharedMemory::note(Stamp& last, std::vector<Stamp>& others, std::uint32_t thread) const {
  if (last.epoch != epoch_) others.clear();
  if (!ordered(last, thread)) others.push_back(last);
  last = {.epoch = epoch_, .clock = clocks_[thread], .thread = thread};
}

void SharedMemory::record(std::uint32_t thread, std::uint64_t address, std::uint32_t size, Kind kind) {
  for (std::uint64_t i = address; i < address + size; ++i) {
    History& history = histories_[i];
    const auto require_all = [&](const Stamp& last, const std::vector<Stamp>& others) {
      require_order(last, thread, i, kind);
      if (last.epoch == epoch_) {
        for (const Stamp& other : others) require_order(other, thread, i, kind);
      }
    };
    require_order(history.write, thread, i, kind);
    const bool atomic = kind != Kind::read && kind != Kind::write;
    if (writes(kind)) require_all(history.read, history.other_reads);
    if (!atomic) require_all(history.atomic, history.other_atomics);
    if (kind == Kind::atomic_read) continue;
    if (atomic) {
      note(history.atomic, history.other_atomics, thread);
    } else if (kind == Kind::read) {
      note(history.read, history.other_reads, thread);
    } else {
      history.write = {.epoch = epoch_, .clock = clocks_[thread], .thread = thread};
    }
  }
}

std::byte* SharedMemory::touch(std::uint32_t thread, std::uint64_t address, std::uint32_t size, Kind kind) {
  require_inside(address, size, kind);
  record(thread, address, size, kind);
  if (reads(kind)) require_written(address, size);
  if (writes(kind)) std::fill_n(states_.begin() + static_cast<std::ptrdiff_t>(address), size, Byte::written);
  return &bytes_[address];
}

}  // namespace ravine::ptx
