#include "ravine/statistics.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "cpu/loops.hpp"
#include "engine/backend.hpp"
#include "engine/cpu_map_scan.hpp"
#include "engine/cuda_map_scan.hpp"
#include "engine/percentiles.hpp"
#include "grid/floating_point_environment.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

std::unique_ptr<MapScan> make_map_scan(const Spec& spec, const BackendChoice& choice, int threads) {
  if (choice.backend == Backend::cpu) return std::make_unique<CpuMapScan>(spec, default_tile_cells, threads);
  const Grid grid = make_grid(spec);
  return std::make_unique<CudaMapScan>(cuda::make_map_sweep(spec, grid, {choice.devices, cuda::Keep::summary}), grid);
}

}  // namespace

MapStatistics map_statistics(const Spec& spec, const StatisticsOptions& options) {
  if (spec.kind != Kind::rate) {
    throw UsageError(
        fmt::format("found a sweep of kind {}; wanted kind rate: only rates have a summary of their map "
                    "(run the spec, and read its store)",
                    name_of(spec.kind)));
  }
  if (options.threads < 0) throw UsageError("threads must be at least 1");
  const detail::FloatingPointEnvironment exact;
  const auto start = std::chrono::steady_clock::now();
  const BackendChoice choice = choose_backend(options.backend);
  const bool on_cpu = choice.backend == Backend::cpu;
  const int threads = !on_cpu ? 1 : options.threads == 0 ? ThreadPool::available() : options.threads;
  const std::unique_ptr<MapScan> scan = make_map_scan(spec, choice, threads);
  MapStatistics statistics = statistics_of(spec, *scan, options);
  statistics.backend = choice.backend;
  statistics.backend_reason = choice.reason;
  statistics.device = choice.device;
  statistics.threads = threads;
  if (on_cpu) statistics.simd = cpu::active_level().name;
  statistics.notes = scan->notes();
  statistics.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return statistics;
}

}  // namespace ravine
