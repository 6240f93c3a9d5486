#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>

#include "cpu/ensemble_loops.hpp"
#include "cpu/level_tables.hpp"
#include "cpu/loops.hpp"
#include "ravine/error.hpp"

namespace ravine::cpu {
namespace {

struct Candidate {
  std::string_view name;
  void (*fill)(Level&);
  void (*fill_ensemble)(EnsembleLevel&);
  bool available;
};

std::array<Candidate, 3> candidates() {
  __builtin_cpu_init();
  const bool v3 =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 && __builtin_cpu_supports("bmi2") != 0;
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512cd") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
                  __builtin_cpu_supports("avx512vl") != 0;
  return {{{"x86-64-v4", x86_64_v4::fill_level, x86_64_v4::fill_ensemble_level, v4},
           {"x86-64-v3", x86_64_v3::fill_level, x86_64_v3::fill_ensemble_level, v3},
           {"x86-64", x86_64::fill_level, x86_64::fill_ensemble_level, true}}};
}

/// All the tables of one level.
struct Tables {
  Level maps;
  EnsembleLevel ensembles;
};

Tables make_tables(const Candidate& candidate) {
  Tables tables{};
  tables.maps.name = candidate.name;
  candidate.fill(tables.maps);
  candidate.fill_ensemble(tables.ensembles);
  return tables;
}

Tables choose() {
  const char* wanted = std::getenv("RAVINE_SIMD");  // NOLINT(concurrency-mt-unsafe): read once, never written
  for (const Candidate& candidate : candidates()) {
    if (wanted == nullptr && candidate.available) return make_tables(candidate);
    if (wanted != nullptr && candidate.name == wanted) {
      if (candidate.available) return make_tables(candidate);
      throw UsageError(fmt::format(
          "RAVINE_SIMD={}: this processor does not have that level; wanted one it has, or unset RAVINE_SIMD", wanted));
    }
  }
  throw UsageError(fmt::format("RAVINE_SIMD={}: no such level; wanted x86-64, x86-64-v3 or x86-64-v4", wanted));
}

const Tables& active_tables() {
  static const Tables tables = choose();
  return tables;
}

}  // namespace

const Level& active_level() {
  return active_tables().maps;
}

const EnsembleLevel& active_ensemble_level() {
  return active_tables().ensembles;
}

std::vector<std::string_view> available_levels() {
  std::vector<std::string_view> names;
  for (const Candidate& candidate : candidates()) {
    if (candidate.available) names.push_back(candidate.name);
  }
  return names;
}

}  // namespace ravine::cpu
