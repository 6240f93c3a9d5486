// Each SIMD level that this processor has gives the model's bits, at every length around a vector and a block.
#include "cpu/ensemble_loops.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
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

constexpr std::size_t group_size = model::group_replicates;

/// A group of replicates with buffers of its own.
template <class F>
struct OwnGroup {
  std::vector<F> y = std::vector<F>(group_size, F(0.25));
  std::vector<F> x = std::vector<F>(group_size, F(-1));
  std::vector<F> normals = std::vector<F>(NormalBlock<F>::size * group_size);

  cpu::Group<F> group() {
    return {{F(0.3), F(0.8), F(1.25)}, F(0.5), {7, 3, 123'456'789, 2}, y.data(), x.data(), normals.data()};
  }
};

template <class F>
void expect_same_bytes(const std::vector<F>& found, const std::vector<F>& wanted, const NamedLevel& level) {
  ASSERT_EQ(found.size(), wanted.size());
  EXPECT_EQ(std::memcmp(found.data(), wanted.data(), wanted.size() * sizeof(F)), 0) << level.name;
}

/// Replicate by replicate, step by step.
template <class F>
void step_one_by_one(const cpu::Group<F>& group, std::int64_t steps) {
  for (std::size_t i = 0; i < group_size; ++i) {
    DrawPlace place = group.first;
    place.replicate += static_cast<std::uint32_t>(i);
    model::State<F> state = {group.y[i], group.x[i]};
    for (std::int64_t step = 0; step < steps; ++step) {
      const F normal = model::normal_at<F>(place, static_cast<std::uint64_t>(step));
      state = model::step(group.cell, state, model::noisy_gradient(group.cell, state, group.deviation, normal));
      if ((step + 1) % model::rest_every == 0) state = model::come_to_rest(state);
    }
    group.y[i] = state.y;
    group.x[i] = state.x;
  }
}

template <class F>
void expect_noisy_steps(const NamedLevel& level) {
  constexpr std::int64_t steps = 35;
  OwnGroup<F> wanted;
  step_one_by_one(wanted.group(), steps);
  for (const std::vector<std::int64_t>& stops : {std::vector<std::int64_t>{0, steps},
                                                 {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, steps},
                                                 {0, 16, 17, 19, 19, 32, steps}}) {
    OwnGroup<F> found;
    for (std::size_t k = 1; k < stops.size(); ++k) {
      loops_of<F>(level.loops).advance_noisy(found.group(), {stops[k - 1], stops[k]});
    }
    expect_same_bytes(found.y, wanted.y, level);
    expect_same_bytes(found.x, wanted.x, level);
  }
}

TEST(EnsembleLoops, NoisyStepsAreTheModelsWhereverTheyAreCut) {
  for (const NamedLevel& level : levels()) {
    expect_noisy_steps<double>(level);
    expect_noisy_steps<float>(level);
  }
}

/// Of neighbours by half their number, again and again.
model::Sums tree(std::vector<model::Sums> sums) {
  for (std::size_t half = sums.size() / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) sums[i] = sums[i] + sums[i + half];
  }
  return sums[0];
}

template <class F>
void expect_group_sums(const NamedLevel& level, std::size_t count) {
  std::vector<F> values = normals_one_by_one<F>({5, 0, 0, 0}, 0, group_size);
  values.resize(group_size);
  values[3] = std::numeric_limits<F>::infinity();
  values[200] = std::numeric_limits<F>::quiet_NaN();
  std::vector<std::uint8_t> marks(group_size);
  const std::int64_t finite = loops_of<F>(level.loops).mark_finite(values.data(), count, marks.data());
  std::int64_t wanted_finite = 0;
  constexpr double shift = 0.125;
  std::vector<model::Sums> warps;
  for (std::size_t first = 0; first < group_size; first += 32) {
    std::vector<model::Sums> lanes;
    for (std::size_t i = first; i < first + 32; ++i) {
      const bool counts = i < count && i != 3 && i != 200;
      wanted_finite += counts ? 1 : 0;
      EXPECT_EQ(marks[i], counts ? 1 : 0);
      lanes.push_back(model::sums_of(static_cast<double>(values[i]), shift, counts));
    }
    warps.push_back(tree(lanes));
  }
  EXPECT_EQ(finite, wanted_finite);
  const model::Sums wanted = tree(warps);
  const model::Sums found = loops_of<F>(level.loops).sum_group(values.data(), marks.data(), shift);
  EXPECT_EQ(std::memcmp(&found, &wanted, sizeof wanted), 0) << level.name << ' ' << count;
}

TEST(EnsembleLoops, GroupsAreSummedAsDocumentedAtEveryLevel) {
  for (const NamedLevel& level : levels()) {
    for (const std::size_t count : {0U, 1U, 2U, 31U, 32U, 33U, 100U, 255U, 256U}) {
      expect_group_sums<double>(level, count);
      expect_group_sums<float>(level, count);
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
