#include "ravine/ensemble.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "ravine/axis.hpp"

namespace ravine {
namespace {

std::vector<std::int64_t> steps_of(const EveryNth& every, std::int64_t last) {
  std::vector<std::int64_t> steps(static_cast<std::size_t>(last / every.n) + 1);
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = static_cast<std::int64_t>(i) * every.n;
  return steps;
}

std::vector<std::int64_t> steps_of(const LogSpaced& spaced, std::int64_t last) {
  if (last == 1) return {1};
  const Axis axis("step", LogRange{1.0, static_cast<double>(last), std::max<std::int64_t>(spaced.count, 2)});
  std::vector<std::int64_t> steps;
  for (std::int64_t i = axis.size() - std::min(spaced.count, axis.size()); i < axis.size(); ++i) {
    const auto step = static_cast<std::int64_t>(std::llround(axis.value(i)));
    if (steps.empty() || steps.back() < step) steps.push_back(step);
  }
  return steps;
}

std::vector<std::int64_t> steps_of(const ListedSteps& listed, std::int64_t /*last*/) {
  return listed.steps;
}

/// 2^exponent, exactly, for a normal number.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

}  // namespace

std::vector<std::int64_t> recorded_steps(const Record& record) {
  return std::visit([&record](const auto& at) { return steps_of(at, record.steps); }, record.at);
}

std::int64_t recorded_step_count(const Record& record) {
  if (const auto* every = std::get_if<EveryNth>(&record.at)) return record.steps / every->n + 1;
  return static_cast<std::int64_t>(recorded_steps(record).size());
}

std::vector<double> Histogram::edges() const {
  std::vector<double> edges = {0.0};
  const std::int64_t parts = std::int64_t{1} << bits_per_octave;
  for (int octave = from; octave < to; ++octave) {
    for (std::int64_t part = 0; part < parts; ++part) {
      edges.push_back(power_of_two(octave) * (1.0 + static_cast<double>(part) / static_cast<double>(parts)));
    }
  }
  edges.push_back(power_of_two(to));
  return edges;
}

}  // namespace ravine
