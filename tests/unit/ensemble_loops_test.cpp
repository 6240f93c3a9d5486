// Each SIMD level that this processor has gives the model's bits, at every length around a vector and a block.
#include "cpu/ensemble_loops.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "cpu/level_tables.hpp"

namespace ravine {
namespace {

using model::DrawPlace;
using model::NormalBlock;

struct NamedLevel {
  std::string_view name;
  cpu::EnsembleLevel loops;
};

std::vector<NamedLevel> levels() {
  std::vector<NamedLevel> found;
  const std::vector<std::string_view> available = cpu::available_levels();
  const auto add = [&](std::string_view name, void (*fill)(cpu::EnsembleLevel&)) {
    if (std::find(available.begin(), available.end(), name) == available.end()) return;
    found.push_back({name, {}});
    fill(found.back().loops);
  };
  add("x86-64", cpu::x86_64::fill_ensemble_level);
  add("x86-64-v3", cpu::x86_64_v3::fill_ensemble_level);
  add("x86-64-v4", cpu::x86_64_v4::fill_ensemble_level);
  return found;
}

template <class F>
const cpu::EnsembleLoops<F>& loops_of(const cpu::EnsembleLevel& level) {
  if constexpr (sizeof(F) == 8) {
    return level.float64;
  } else {
    return level.float32;
  }
}

/// The definition, replicate by replicate.
template <class F>
std::vector<F> normals_one_by_one(DrawPlace first, std::uint32_t step_block, std::size_t count) {
  std::vector<F> values(NormalBlock<F>::size * count);
  for (std::size_t i = 0; i < count; ++i) {
    DrawPlace place = first;
    place.replicate += static_cast<std::uint32_t>(i);
    const NormalBlock<F> block = model::normal_block<F>(place, step_block);
    for (std::size_t j = 0; j < NormalBlock<F>::size; ++j) values[j * count + i] = block.values[j];
  }
  return values;
}

template <class F>
void expect_model_bits(const NamedLevel& level, std::size_t count) {
  const auto size = static_cast<std::uint32_t>(count);
  const struct {
    DrawPlace first;
    std::uint32_t step_block;
  } cases[] = {{{0, 0, 0, 0}, 0},
               {{0x0123456789ABCDEF, 0xAB12345678, 123'456'789, 42}, 17},
               {{~std::uint64_t{0}, model::most_cells - 1, 0U - size, 0xFFFFFF}, 0xFFFFFFFF}};  // up to the last
  for (const auto& one : cases) {
    const std::vector<F> wanted = normals_one_by_one<F>(one.first, one.step_block, count);
    std::vector<F> found(wanted.size());
    loops_of<F>(level.loops).normals(one.first, one.step_block, count, found.data());
    EXPECT_EQ(std::memcmp(found.data(), wanted.data(), wanted.size() * sizeof(F)), 0) << level.name << ' ' << count;
  }
}

TEST(EnsembleLoops, NormalsAreTheModelsAtEveryLevel) {
  for (const NamedLevel& level : levels()) {
    for (std::size_t count = 1; count <= 70; ++count) {
      expect_model_bits<double>(level, count);
      expect_model_bits<float>(level, count);
    }
    for (const std::size_t count : {255U, 256U, 257U, 512U, 10'007U}) {
      expect_model_bits<double>(level, count);
      expect_model_bits<float>(level, count);
    }
  }
}

// Replicate 123456789 is the same however the ensemble is cut into batches.
TEST(EnsembleLoops, AReplicateIsItselfInAnyBatch) {
  const auto last_of = [](std::uint32_t batch) {
    std::vector<double> values(2 * batch);
    cpu::ensemble_loops<double>().normals({11, 3, 123'456'789 - (batch - 1), 2}, 5, batch, values.data());
    return NormalBlock<double>{{values[batch - 1], values[2 * batch - 1]}};
  };
  const NormalBlock<double> alone = model::normal_block<double>({11, 3, 123'456'789, 2}, 5);
  for (const std::uint32_t batch : {1U, 2U, 7U, 64U, 1000U}) {
    const NormalBlock<double> found = last_of(batch);
    EXPECT_EQ(std::memcmp(&found, &alone, sizeof alone), 0) << batch;
  }
}

}  // namespace
}  // namespace ravine
