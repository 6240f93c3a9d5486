#include "ravine/byte_buffer.hpp"

#include <algorithm>

namespace ravine {

ByteBuffer::ByteBuffer(std::span<const std::byte> bytes) {
  resize(bytes.size());
  std::copy(bytes.begin(), bytes.end(), data_);
}

ByteBuffer::ByteBuffer(const ByteBuffer& other) : source_(other.source_) {
  resize(other.size());
  std::copy(other.begin(), other.end(), data_);
}

void ByteBuffer::resize(std::size_t size) {
  if (size > capacity_) {
    release();
    data_ = static_cast<std::byte*>(source_->allocate(size, alignment));
    capacity_ = size;
  }
  size_ = size;
}

void ByteBuffer::release() noexcept {
  if (data_ != nullptr) source_->deallocate(data_, capacity_, alignment);
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

}  // namespace ravine
