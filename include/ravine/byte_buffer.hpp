/// \file
/// Bytes that one part of the program fills and another reads, in memory of the filler's choice.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <utility>

namespace ravine {

/// A block of bytes, page-aligned so that any device can copy into it. Its size can change but its content is lost
/// then: for data that is written whole, whose zeroing first would cost as much as writing it.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  /// Empty; its memory will come from `source`, which outlives it.
  explicit ByteBuffer(std::pmr::memory_resource* source) : source_(source) {}
  /// A copy of `bytes`.
  explicit ByteBuffer(std::span<const std::byte> bytes);
  ~ByteBuffer() { release(); }
  /// Of the same content, in memory from the same source.
  ByteBuffer(const ByteBuffer& other);
  ByteBuffer(ByteBuffer&& other) noexcept { swap(other); }
  ByteBuffer& operator=(const ByteBuffer& other) { return *this = ByteBuffer(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    swap(other);
    return *this;
  }

  [[nodiscard]] std::byte* data() { return data_; }
  [[nodiscard]] const std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::byte* begin() { return data_; }
  [[nodiscard]] std::byte* end() { return data_ + size_; }
  [[nodiscard]] const std::byte* begin() const { return data_; }
  [[nodiscard]] const std::byte* end() const { return data_ + size_; }
  [[nodiscard]] std::byte& operator[](std::size_t at) { return data_[at]; }
  [[nodiscard]] std::byte operator[](std::size_t at) const { return data_[at]; }

  /// Makes room for `size` bytes of unspecified content; the memory is kept where it is large enough.
  void resize(std::size_t size);

 private:
  static constexpr std::size_t alignment = 4096;
  void release() noexcept;
  void swap(ByteBuffer& other) noexcept {
    std::swap(source_, other.source_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::pmr::memory_resource* source_ = std::pmr::new_delete_resource();
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace ravine
