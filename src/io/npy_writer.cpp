#include "io/npy_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace ravine::detail {

std::string npy_header(const std::string& descr, const std::vector<std::int64_t>& shape) {
  std::string extents;
  for (const std::int64_t extent : shape) extents += fmt::format("{}, ", extent);
  if (shape.size() > 1) extents.resize(extents.size() - 2);  // only a tuple of one keeps its comma
  if (shape.size() == 1) extents.resize(extents.size() - 1);
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, extents);
  constexpr std::size_t prefix = 10;  // magic, version, length of the text
  constexpr std::size_t alignment = 64;
  const std::size_t used = prefix + text.size() + 1;
  text.append((alignment - used % alignment) % alignment, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

NpyWriter::NpyWriter(std::filesystem::path target, const std::string& descr, const std::vector<std::int64_t>& shape)
    : file_(std::move(target)) {
  const std::string header = npy_header(descr, shape);
  file_.write_at(0, std::as_bytes(std::span{header}));
  data_start_ = static_cast<std::int64_t>(header.size());
}

void NpyWriter::write(std::int64_t first, std::size_t value_bytes, std::span<const std::byte> values) {
  file_.write_at(data_start_ + first * static_cast<std::int64_t>(value_bytes), values);
}

}  // namespace ravine::detail
