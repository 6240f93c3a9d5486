/// \file
/// The global memory a kernel may touch: the buffers its caller registered, and nothing else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ravine::ptx {

/// What a kernel may do with a buffer.
enum class Access : std::uint8_t { read_write, read_only };

/// What a buffer's bytes are when it is registered.
enum class Contents : std::uint8_t {
  written,    ///< every byte has a value
  unwritten,  ///< a byte has a value once a kernel, or mark_written, wrote it; reading it before is a fault
};

/// A registry of buffers. Device addresses are host addresses: a kernel works on the caller's memory in place.
///
/// Buffers that lie side by side in memory can't be told apart by an address just past the first; DeviceArray keeps
/// such distance. Cost: a look-up per access, logarithmic in the number of buffers, constant where an access is to the
/// buffer of the one before.
class GlobalMemory {
 public:
  struct Buffer {
    std::string name;  ///< for messages
    std::byte* data;
    std::uint64_t bytes;
    Access access = Access::read_write;
    Contents contents = Contents::written;
  };

  /// Registers a buffer; it must not overlap another. An empty one is allowed.
  void add(const Buffer& buffer);
  /// Forgets the buffer that starts at `data`. Throws std::invalid_argument if there is none.
  void remove(const std::byte* data);
  /// Everything the kernels may read without writing it first is said through these: `bytes` from `data` lie within
  /// one buffer, or std::invalid_argument is thrown.
  void mark_written(const std::byte* data, std::uint64_t bytes);
  void mark_unwritten(const std::byte* data, std::uint64_t bytes);
  /// How many of the `bytes` from `data` have no value yet.
  [[nodiscard]] std::uint64_t count_unwritten(const std::byte* data, std::uint64_t bytes) const;

  /// Is the byte at `address` in a buffer?
  [[nodiscard]] bool contains(std::uint64_t address) const { return find(address) != nullptr; }

  /// The bytes [address, address + size) for a kernel to read. Throws Violation.
  [[nodiscard]] const std::byte* readable(std::uint64_t address, std::uint32_t size);
  /// The same to write; they count as written from then on. Throws Violation.
  [[nodiscard]] std::byte* writable(std::uint64_t address, std::uint32_t size);
  /// The same to read and then to write, as an atomic operation does. Throws Violation.
  [[nodiscard]] std::byte* updatable(std::uint64_t address, std::uint32_t size);

 private:
  struct Entry {
    Buffer buffer;
    std::vector<std::uint8_t> written;  ///< per byte; empty: all are
  };

  [[nodiscard]] const Entry* find(std::uint64_t address) const;
  [[nodiscard]] Entry& entry_at(std::uint64_t address, std::uint32_t size);
  [[nodiscard]] const Entry& entry_of(const std::byte* data, std::uint64_t bytes) const;
  void mark(const std::byte* data, std::uint64_t bytes, std::uint8_t written);
  [[nodiscard]] std::string describe(std::uint64_t address, std::uint32_t size) const;

  std::map<std::uint64_t, Entry> entries_;  ///< by first address
  Entry* last_ = nullptr;                   ///< the entry of the last access
};

/// An array in global memory for a kernel to work on: registered while it lives, with unregistered guards around it.
/// The guards are filled with a pattern, so that a stray write of the host shows too.
class DeviceBytes {
 public:
  static constexpr std::size_t guard = 256;

  /// `buffer.data` is ignored: the memory is this object's own, aligned to 256 bytes.
  DeviceBytes(GlobalMemory& memory, GlobalMemory::Buffer buffer);
  ~DeviceBytes();
  DeviceBytes(const DeviceBytes&) = delete;
  DeviceBytes& operator=(const DeviceBytes&) = delete;

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] bool guards_intact() const;

 private:
  GlobalMemory& memory_;
  std::vector<std::byte> storage_;
  std::byte* data_;
  std::uint64_t bytes_;
};

/// The same, as an array of T.
template <class T>
class DeviceArray {
 public:
  /// Holds `values`; the kernel may do `access` with them.
  DeviceArray(GlobalMemory& memory, const std::string& name, const std::vector<T>& values,
              Access access = Access::read_write)
      : bytes_(memory, {.name = name, .data = nullptr, .bytes = values.size() * sizeof(T), .access = access}),
        values_(reinterpret_cast<T*>(bytes_.data()), values.size()) {
    std::copy(values.begin(), values.end(), values_.begin());
  }
  /// Holds `count` elements that a kernel must write before it reads them.
  [[nodiscard]] static DeviceArray unwritten(GlobalMemory& memory, const std::string& name, std::size_t count) {
    return {
        memory, {.name = name, .data = nullptr, .bytes = count * sizeof(T), .contents = Contents::unwritten}, count};
  }

  [[nodiscard]] T* data() const { return values_.data(); }
  [[nodiscard]] std::span<T> values() const { return values_; }
  [[nodiscard]] T operator[](std::size_t i) const { return values_[i]; }
  [[nodiscard]] bool guards_intact() const { return bytes_.guards_intact(); }

 private:
  DeviceArray(GlobalMemory& memory, GlobalMemory::Buffer buffer, std::size_t count)
      : bytes_(memory, std::move(buffer)), values_(reinterpret_cast<T*>(bytes_.data()), count) {}

  DeviceBytes bytes_;
  std::span<T> values_;
};

}  // namespace ravine::ptx
