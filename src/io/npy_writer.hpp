/// \file
/// Writes .npy files larger than memory: the header first, then values wherever they belong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/pending_file.hpp"

namespace ravine::detail {

/// An array in the making: little-endian, C order, format version 1.0. It appears at its path when commit is called;
/// destroyed before that it leaves nothing behind.
class NpyWriter {
 public:
  /// `descr` is NumPy's name of the type, such as "<f8". \throws IoError.
  NpyWriter(std::filesystem::path target, const std::string& descr, const std::vector<std::int64_t>& shape);

  /// Puts whole values, `value_bytes` each, from element `first` on. \throws IoError.
  void write(std::int64_t first, std::size_t value_bytes, std::span<const std::byte> values);
  void commit() { file_.commit(); }

 private:
  PendingFile file_;
  std::int64_t data_start_ = 0;
};

/// The header of a .npy file, its length a multiple of 64.
[[nodiscard]] std::string npy_header(const std::string& descr, const std::vector<std::int64_t>& shape);

}  // namespace ravine::detail
