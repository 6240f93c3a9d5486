/// \file
/// The readers of files that people bring, and of the record in a spectrum's store, made to read any bytes.
#pragma once

#include <span>
#include <string_view>

namespace ravine::fuzz {

/// Reads the bytes in every way that the reader has. To refuse them (DataError, UsageError) is as good as to read them;
/// every other exception comes out, and a result that breaks its type's promises is a std::logic_error.
struct Reader {
  std::string_view name;  ///< of the folder with its first inputs, too
  void (*read)(std::string_view bytes);
};

[[nodiscard]] std::span<const Reader> all_readers();

}  // namespace ravine::fuzz
