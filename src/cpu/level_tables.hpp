// What each compilation of loops.cpp offers.
#pragma once

#include "cpu/loops.hpp"

namespace ravine::cpu {
namespace x86_64 {
void fill_level(Level& level);
}
namespace x86_64_v3 {
void fill_level(Level& level);
}
namespace x86_64_v4 {
void fill_level(Level& level);
}
}  // namespace ravine::cpu
