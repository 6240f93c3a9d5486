/// \file
/// The entry of one fuzzer: libFuzzer calls it with whatever it makes up. RAVINE_FUZZED_READER names the reader.
#include <algorithm>
#include <cstdint>

#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ravine::fuzz::Reader;
  static const Reader reader = [] {
    const auto readers = ravine::fuzz::all_readers();
    return *std::find_if(readers.begin(), readers.end(),
                         [](const Reader& r) { return r.name == RAVINE_FUZZED_READER; });
  }();
  reader.read({reinterpret_cast<const char*>(data), size});
  return 0;
}
