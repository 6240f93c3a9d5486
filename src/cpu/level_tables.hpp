// What each compilation of loops.cpp and of ensemble_loops.cpp offers.
#pragma once

#include "cpu/ensemble_loops.hpp"
#include "cpu/loops.hpp"

namespace ravine::cpu {
namespace x86_64 {
void fill_level(Level& level);
void fill_ensemble_level(EnsembleLevel& level);
}  // namespace x86_64
namespace x86_64_v3 {
void fill_level(Level& level);
void fill_ensemble_level(EnsembleLevel& level);
}  // namespace x86_64_v3
namespace x86_64_v4 {
void fill_level(Level& level);
void fill_ensemble_level(EnsembleLevel& level);
}  // namespace x86_64_v4
}  // namespace ravine::cpu
