#include "global_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "fault.hpp"

namespace ravine::ptx {
namespace {

constexpr std::byte guard_pattern{0xA5};

std::uint64_t address_of(const std::byte* data) {
  return reinterpret_cast<std::uint64_t>(data);
}

/// Throws if not every one of the bytes has a value.
void require_written(std::span<const std::uint8_t> written, const std::string& buffer, std::uint64_t offset) {
  for (const std::uint8_t byte : written) {
    if (byte == 0) {
      throw Violation{FaultKind::unwritten, fmt::format("reads {} bytes at offset {} of '{}', which nobody has written",
                                                        written.size(), offset, buffer)};
    }
  }
}

}  // namespace

void GlobalMemory::add(const Buffer& buffer) {
  const std::uint64_t first = address_of(buffer.data);
  const auto next = entries_.lower_bound(first);
  const bool overlaps_next = next != entries_.end() && next->first < first + std::max<std::uint64_t>(buffer.bytes, 1);
  const bool overlaps_previous =
      next != entries_.begin() && std::prev(next)->first + std::prev(next)->second.buffer.bytes > first;
  if (overlaps_next || overlaps_previous) {
    throw std::invalid_argument(fmt::format("buffer '{}' overlaps another", buffer.name));
  }
  Entry entry{.buffer = buffer, .written = {}};
  if (buffer.contents == Contents::unwritten) entry.written.assign(buffer.bytes, 0);
  entries_.emplace(first, std::move(entry));
}

void GlobalMemory::remove(const std::byte* data) {
  if (entries_.erase(address_of(data)) == 0) throw std::invalid_argument("no buffer starts at this address");
  last_ = nullptr;
}

const GlobalMemory::Entry& GlobalMemory::entry_of(const std::byte* data, std::uint64_t bytes) const {
  const Entry* entry = find(address_of(data));
  if (entry == nullptr || address_of(data) + bytes > address_of(entry->buffer.data) + entry->buffer.bytes) {
    throw std::invalid_argument("bytes outside every buffer");
  }
  return *entry;
}

void GlobalMemory::mark(const std::byte* data, std::uint64_t bytes, std::uint8_t written) {
  if (bytes == 0) return;
  const Entry& found = entry_of(data, bytes);
  Entry& entry = entries_.at(address_of(found.buffer.data));
  if (entry.written.empty()) {
    if (written != 0) return;
    entry.written.assign(entry.buffer.bytes, 1);
  }
  std::fill_n(entry.written.begin() + (data - entry.buffer.data), bytes, written);
}

void GlobalMemory::mark_written(const std::byte* data, std::uint64_t bytes) {
  mark(data, bytes, 1);
}

void GlobalMemory::mark_unwritten(const std::byte* data, std::uint64_t bytes) {
  mark(data, bytes, 0);
}

std::uint64_t GlobalMemory::count_unwritten(const std::byte* data, std::uint64_t bytes) const {
  if (bytes == 0) return 0;
  const Entry& entry = entry_of(data, bytes);
  if (entry.written.empty()) return 0;
  const auto first = entry.written.begin() + (data - entry.buffer.data);
  return static_cast<std::uint64_t>(std::count(first, first + static_cast<std::ptrdiff_t>(bytes), 0));
}

const GlobalMemory::Entry* GlobalMemory::find(std::uint64_t address) const {
  const auto after = entries_.upper_bound(address);
  if (after == entries_.begin()) return nullptr;
  const auto& [first, entry] = *std::prev(after);
  return address - first < entry.buffer.bytes ? &entry : nullptr;
}

std::string GlobalMemory::describe(std::uint64_t address, std::uint32_t size) const {
  const auto after = entries_.upper_bound(address);
  if (after != entries_.begin()) {
    const auto& [first, entry] = *std::prev(after);
    return fmt::format("{} bytes at offset {} from the start of '{}', which has {} bytes", size, address - first,
                       entry.buffer.name, entry.buffer.bytes);
  }
  if (after != entries_.end()) {
    return fmt::format("{} bytes, {} before the start of '{}'", size, after->first - address,
                       after->second.buffer.name);
  }
  return fmt::format("{} bytes at {:#x}, where there is no buffer at all", size, address);
}

GlobalMemory::Entry& GlobalMemory::entry_at(std::uint64_t address, std::uint32_t size) {
  const auto holds = [=](const Entry& entry) {
    const std::uint64_t offset = address - address_of(entry.buffer.data);
    return offset < entry.buffer.bytes && size <= entry.buffer.bytes - offset;
  };
  if (last_ != nullptr && holds(*last_)) return *last_;
  const auto after = entries_.upper_bound(address);
  if (after == entries_.begin() || !holds(std::prev(after)->second)) {
    throw Violation{FaultKind::out_of_bounds, "touches " + describe(address, size)};
  }
  last_ = &std::prev(after)->second;
  return *last_;
}

const std::byte* GlobalMemory::readable(std::uint64_t address, std::uint32_t size) {
  const Entry& entry = entry_at(address, size);
  const std::uint64_t offset = address - address_of(entry.buffer.data);
  if (!entry.written.empty()) require_written({&entry.written[offset], size}, entry.buffer.name, offset);
  return entry.buffer.data + offset;
}

std::byte* GlobalMemory::writable(std::uint64_t address, std::uint32_t size) {
  Entry& entry = entry_at(address, size);
  const std::uint64_t offset = address - address_of(entry.buffer.data);
  if (entry.buffer.access == Access::read_only) {
    throw Violation{FaultKind::read_only, fmt::format("writes {} bytes at offset {} of '{}', which may only be read",
                                                      size, offset, entry.buffer.name)};
  }
  if (!entry.written.empty()) std::fill_n(&entry.written[offset], size, std::uint8_t{1});
  return entry.buffer.data + offset;
}

std::byte* GlobalMemory::updatable(std::uint64_t address, std::uint32_t size) {
  static_cast<void>(readable(address, size));
  return writable(address, size);
}

DeviceBytes::DeviceBytes(GlobalMemory& memory, GlobalMemory::Buffer buffer)
    : memory_(memory), storage_(buffer.bytes + 3 * guard, guard_pattern), data_(nullptr), bytes_(buffer.bytes) {
  const std::uint64_t first = address_of(storage_.data()) + guard;
  data_ = storage_.data() + guard + (guard - first % guard) % guard;
  buffer.data = data_;
  memory_.add(buffer);
}

DeviceBytes::~DeviceBytes() {
  memory_.remove(data_);
}

bool DeviceBytes::guards_intact() const {
  const auto intact = [](std::byte byte) { return byte == guard_pattern; };
  return std::all_of(data_ - guard, data_, intact) && std::all_of(data_ + bytes_, data_ + bytes_ + guard, intact);
}

}  // namespace ravine::ptx
