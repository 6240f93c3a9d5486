// Benchmarks prove their results right before they time them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace ravine::bench {

/// Ends the program if `found` and `wanted` differ in any byte: a wrong result has no speed.
template <class T>
void require_same_bytes(const std::string& what, const std::vector<T>& found, const std::vector<T>& wanted) {
  if (found.size() == wanted.size() && std::memcmp(found.data(), wanted.data(), wanted.size() * sizeof(T)) == 0) return;
  std::fprintf(stderr, "%s: the result is wrong, so it is not timed\n", what.c_str());
  std::abort();
}

}  // namespace ravine::bench
