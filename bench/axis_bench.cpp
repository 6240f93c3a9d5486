// Making an axis's values: linear and logarithmic, in pieces as a run takes them, against std::fill of the same bytes
// and against what one would write by hand (from + i*step, and std::exp).
//
// Names are scale/who; `value` is the time of one value.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "proof.hpp"
#include "ravine/axis.hpp"

namespace ravine::bench {
namespace {

constexpr std::int64_t count = 1 << 16;
constexpr std::int64_t piece = 1024;
constexpr double from = 0.001;
constexpr double to = 4;
constexpr double step = (to - from) / (count - 1);

Axis linear_axis() {
  return {"alpha", LinearRange{from, to, count}};
}
Axis log_axis() {
  return {"alpha", LogRange{from, to, count}};
}

/// Makes values [first, first + out.size()).
using Make = void (*)(const Axis&, std::int64_t first, std::span<double> out);

void by_axis(const Axis& axis, std::int64_t first, std::span<double> out) {
  axis.fill(first, out);
}
void by_step(const Axis&, std::int64_t first, std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = from + static_cast<double>(first + static_cast<std::int64_t>(i)) * step;
  }
}
void by_exp(const Axis&, std::int64_t first, std::span<double> out) {
  const double start = std::log(from);
  const double log_step = (std::log(to) - start) / (count - 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = std::exp(start + static_cast<double>(first + static_cast<std::int64_t>(i)) * log_step);
  }
}
void by_fill(const Axis&, std::int64_t, std::span<double> out) {
  double value = 1;
  benchmark::DoNotOptimize(value);
  std::fill(out.begin(), out.end(), value);
}

std::vector<double> values_of(const Axis& axis, Make make) {
  std::vector<double> values(count);
  for (std::int64_t first = 0; first < count; first += piece)
    make(axis, first, std::span(values).subspan(static_cast<std::size_t>(first), piece));
  return values;
}

/// The values of the definition: from + i*step, and the last value `to`.
void prove_linear() {
  std::vector<double> wanted(count);
  by_step(linear_axis(), 0, wanted);
  wanted.back() = to;
  require_same_bytes("linear axis", values_of(linear_axis(), by_axis), wanted);
}

/// The value in extended precision, rounded once. Its own error, below 2^-58, may turn a rounding in one value of 2^5.
double log_value(std::int64_t i) {
  const long double fraction = static_cast<long double>(i) / (count - 1);
  const long double span = std::log2(static_cast<long double>(to) / from);
  return static_cast<double>(from * std::exp2(fraction * span));
}

/// Both ends exact, every value within an ulp of the extended-precision one, nearly all equal to it.
void prove_log() {
  const std::vector<double> found = values_of(log_axis(), by_axis);
  std::int64_t different = 0;
  bool is_close = found.front() == from && found.back() == to;
  for (std::int64_t i = 0; i < count; ++i) {
    const double wanted = log_value(i);
    const double value = found[static_cast<std::size_t>(i)];
    different += value == wanted ? 0 : 1;
    is_close = is_close && value >= std::nextafter(wanted, 0.0) && value <= std::nextafter(wanted, 2 * to);
  }
  if (is_close && different <= count / 32) return;
  std::fprintf(stderr, "log axis: %lld values are wrong, so it is not timed\n", static_cast<long long>(different));
  std::abort();
}

void time_axis(benchmark::State& state, const Axis& axis, Make make) {
  std::vector<double> out(piece);
  for (auto iteration : state) {
    for (std::int64_t first = 0; first < count; first += piece) make(axis, first, out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * count);
  state.counters["value"] = benchmark::Counter(
      static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void add(const char* name, const Axis& axis, Make make) {
  benchmark::RegisterBenchmark(name, [axis, make](benchmark::State& state) {
    time_axis(state, axis, make);
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace ravine::bench

int main(int argc, char** argv) {
  using namespace ravine::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  prove_linear();
  prove_log();
  add("linear/ravine", linear_axis(), by_axis);
  add("linear/hand", linear_axis(), by_step);
  add("linear/fill", linear_axis(), by_fill);
  add("log/ravine", log_axis(), by_axis);
  add("log/hand", log_axis(), by_exp);
  add("log/fill", log_axis(), by_fill);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
