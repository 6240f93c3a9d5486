// The normal numbers of ensembles, read in the orders in which an ensemble consumes them: along replicates, steps,
// components and cells. RAVINE_TEST_DRAWS numbers in total; fixed seeds, so that a test passes always or never.
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <vector>

#include "cpu/ensemble_loops.hpp"
#include "normal_battery.hpp"

namespace ravine {
namespace {

using model::DrawPlace;

constexpr std::int64_t draws = RAVINE_TEST_DRAWS;

/// The order: what changes from a number to its neighbour.
enum class Along { replicates, steps, components, cells };
constexpr Along orders[] = {Along::replicates, Along::steps, Along::components, Along::cells};

const char* name_of(Along along) {
  constexpr const char* names[] = {"replicates", "steps", "components", "cells"};
  return names[static_cast<int>(along)];
}

// Blocks of normal numbers that are made for `lanes` neighbouring replicates and for `length` steps, components or
// cells.
constexpr std::uint32_t lanes = 64;
constexpr std::uint32_t length = 512;

struct Block {
  DrawPlace place;
  std::uint32_t step_block;
};

/// Block k of a batch. Every batch is at replicates of its own (at steps of its own for Along::replicates); the orders
/// have seeds of their own, so that no number is read twice.
Block block_of(Along along, std::uint32_t batch, std::uint32_t k) {
  const std::uint32_t replicate = batch * lanes;
  switch (along) {
    case Along::replicates:
      return {{1, 0, k * lanes, 0}, batch};
    case Along::steps:
      return {{0xFEDCBA9876543210U, 0, replicate, 7}, k};
    case Along::components:
      return {{3, 5, replicate, k}, 0};
    default:  // about where the cell's upper bits set in
      return {{4, 0xFFFFFF00U + k, replicate, 0}, 9};
  }
}

/// Number j of the block k for one lane.
template <class F>
std::size_t position(std::size_t k, std::size_t j, std::size_t lane) {
  return (k * model::NormalBlock<F>::size + j) * lanes + lane;
}

/// The numbers of a batch as one stretch after the other.
template <class F>
void read(Along along, const std::vector<F>& numbers, NormalBattery& battery) {
  constexpr std::size_t size = model::NormalBlock<F>::size;
  std::vector<double> stretch;
  const auto finish = [&] {
    battery.add(stretch);
    stretch.clear();
  };
  const auto take = [&](std::size_t k, std::size_t j, std::size_t lane) {
    stretch.push_back(static_cast<double>(numbers[position<F>(k, j, lane)]));
  };
  if (along == Along::replicates) {
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t i = 0; i < length * lanes; ++i) take(i / lanes, j, i % lanes);
      finish();
    }
    return;
  }
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (along == Along::steps) {
      for (std::size_t i = 0; i < length * size; ++i) take(i / size, i % size, lane);
      finish();
      continue;
    }
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t k = 0; k < length; ++k) take(k, j, lane);
      finish();
    }
  }
}

template <class F>
NormalBattery study(Along along, std::int64_t wanted) {
  constexpr std::size_t per_block = model::NormalBlock<F>::size * lanes;
  NormalBattery battery;
  std::vector<F> numbers(length * per_block);
  for (std::uint32_t batch = 0; battery.count() < wanted; ++batch) {
    for (std::uint32_t k = 0; k < length; ++k) {
      const Block block = block_of(along, batch, k);
      cpu::ensemble_loops<F>().normals(block.place, block.step_block, lanes, &numbers[k * per_block]);
    }
    read(along, numbers, battery);
  }
  return battery;
}

void expect_normal(const NormalBattery& battery, const std::string& what) {
  for (const Deviation& deviation : battery.deviations()) {
    EXPECT_LE(std::abs(deviation.found), deviation.limit) << what << ": " << deviation.name;
  }
}

template <class F>
NormalBattery expect_normal_orders(const char* precision) {
  NormalBattery all;
  for (const Along along : orders) {
    const NormalBattery battery = study<F>(along, draws / 8);
    expect_normal(battery, std::string(precision) + " along " + name_of(along));
    all.merge(battery);
  }
  expect_normal(all, std::string(precision) + ", all orders");
  return all;
}

TEST(NormalStreams, AreIndependentAndStandardNormalInEveryOrder) {
  NormalBattery all = expect_normal_orders<double>("float64");
  all.merge(expect_normal_orders<float>("float32"));
  expect_normal(all, "everything");
}

// The battery itself: numbers that are a little wrong do not pass.

/// One that makes a wrong sequence of a right one.
struct Fault {
  const char* name;
  std::function<void(std::vector<double>&)> make;
};

void change_each(std::vector<double>& numbers, double (*change)(double)) {
  for (double& z : numbers) z = change(z);
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"wider by 0.4 %", [](auto& z) { change_each(z, [](double x) { return 1.004 * x; }); }},
      {"shifted by 0.005", [](auto& z) { change_each(z, [](double x) { return x + 0.005; }); }},
      {"cut at 4", [](auto& z) { change_each(z, [](double x) { return std::abs(x) < 4 ? x : x / 2; }); }},
      {"on a grid of 1/64", [](auto& z) { change_each(z, [](double x) { return std::round(64 * x) / 64; }); }},
      {"skew", [](auto& z) { change_each(z, [](double x) { return x + 0.002 * (x * x - 1); }); }},
      {"every 128th number a copy of the one 64 before",
       [](auto& z) {
         for (std::size_t i = 64; i < z.size(); i += 128) z[i] = z[i - 64];
       }},
      {"a little of the neighbour",
       [](auto& z) {
         for (std::size_t i = z.size() - 1; i > 0; --i) z[i] = std::sqrt(1 - 0.006 * 0.006) * z[i] + 0.006 * z[i - 1];
       }},
      {"sizes in pairs now and then",
       [](auto& z) {
         for (std::size_t i = 0; i + 1 < z.size(); i += 128) z[i + 1] = std::copysign(z[i], z[i + 1]);
       }},
  };
  return all;
}

bool passes(const NormalBattery& battery) {
  for (const Deviation& deviation : battery.deviations()) {
    if (std::abs(deviation.found) > deviation.limit) return false;
  }
  return true;
}

TEST(NormalBattery, RejectsWhatIsALittleWrong) {
  constexpr std::uint32_t count = 1'000'000;
  std::vector<double> right(2 * count);
  cpu::ensemble_loops<double>().normals({6, 0, 0, 0}, 0, count, right.data());
  NormalBattery reference;
  reference.add(right);
  ASSERT_TRUE(passes(reference));
  for (const Fault& fault : faults()) {
    std::vector<double> wrong = right;
    fault.make(wrong);
    NormalBattery battery;
    battery.add(wrong);
    EXPECT_FALSE(passes(battery)) << fault.name;
  }
}

TEST(NormalBattery, CountsExactly) {
  NormalBattery battery;
  battery.add(std::vector<double>{1, -1, 1, -1});
  EXPECT_EQ(battery.count(), 4);
  const std::vector<Deviation> found = battery.deviations();
  EXPECT_EQ(found[0].found, 0);                                // the mean of z
  EXPECT_EQ(found[1].found, 0);                                // of z^2: 1
  EXPECT_DOUBLE_EQ(found[3].found, -2 / std::sqrt(96.0 / 4));  // of z^4: 1 for 3, a variance of 96 each
}

}  // namespace
}  // namespace ravine
