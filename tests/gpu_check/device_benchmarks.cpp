#include "device_benchmarks.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "ensemble_benchmarks.hpp"
#include "limits.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

const char* const device_events = "device events";

/// Measures a limit, tells it, and gives its work a second.
double rate_of(const BenchmarkTeller& tell, Benchmark benchmark) {
  const double rate = benchmark.work / benchmark.seconds.median();
  tell.measured(std::move(benchmark));
  return rate;
}

double bytes_per_second(const BenchmarkTeller& tell, const char* name, const Measurement& measurement, Spread seconds) {
  return rate_of(tell, {std::string("limit: ") + name, device_events, "one kernel or copy of these bytes", "bytes",
                        static_cast<double>(measurement.bytes), std::move(seconds)});
}

double seconds_of(const BenchmarkTeller& tell, Operation operation, Precision precision,
                  const Measurement& measurement) {
  OperationTime time = time_operation(operation, precision, measurement);
  const std::string name = fmt::format("limit: {} {}", name_of(precision), name_of(operation));
  return 1 / rate_of(tell, {name, device_events, "one kernel of independent chains in every thread", "operations",
                            time.operations, std::move(time.seconds)});
}

OperationCosts costs_of(const BenchmarkTeller& tell, Precision precision, const Measurement& measurement) {
  return {seconds_of(tell, Operation::multiply_add, precision, measurement),
          seconds_of(tell, Operation::divide, precision, measurement),
          seconds_of(tell, Operation::square_root, precision, measurement)};
}

Limits measure_limits(const DevicePlan& plan, int device, const BenchmarkTeller& tell) {
  const Measurement measurement{device, affordable_bytes(device, plan.buffer_bytes), plan.rounds,
                                plan.sizes.repetitions};
  Limits limits{};
  limits.fill_bytes_per_second = bytes_per_second(tell, "fill with float64", measurement, time_fill(measurement));
  static_cast<void>(bytes_per_second(tell, "copy on the device", measurement, time_device_copy(measurement)));
  limits.to_host_bytes_per_second =
      bytes_per_second(tell, "pinned copy to the host", measurement, time_copy_to_host(measurement));
  static_cast<void>(bytes_per_second(tell, "pinned copy to the device", measurement, time_copy_to_device(measurement)));
  limits.float64 = costs_of(tell, Precision::float64, measurement);
  limits.float32 = costs_of(tell, Precision::float32, measurement);
  return limits;
}

}  // namespace

void run_device_benchmarks(const DevicePlan& plan, const Backends& backends, const BenchmarkTeller& tell) {
  Backends one = backends;
  one.devices.resize(1);
  Limits limits{};
  try {
    limits = measure_limits(plan, one.devices.front(), tell);
  } catch (const Error& error) {
    return tell.failed(failed("benchmark: limits", error.what()));
  }
  run_sweep_benchmarks({plan.sizes, limits, find_instruction_count}, one, tell);
  run_ensemble_benchmarks(plan.sizes, one, tell);
}

}  // namespace ravine::gpu_check
