// Whole tiles as a run computes them, evaluation and fold, with the structure of rows and without it (every cell by the
// model), beside std::fill of the same bytes. One thread; the level that the program would choose (RAVINE_SIMD forces
// one).
//
// Names are region/fastest axis/quantity/precision/who; `cell` is the time of one cell, `share` that of the cells with
// complex eigenvalues.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cpu/loops.hpp"
#include "engine/map_evaluator.hpp"
#include "engine/tile_cells.hpp"
#include "grid/floating_point_environment.hpp"
#include "proof.hpp"

namespace ravine::bench {
namespace {

/// A map of one tile, 2^22 cells.
struct Region {
  std::string name;
  std::vector<Axis> axes;  // slowest first
  Reduction lambda_reduction = Reduction::none;
};

/// The axes of `region`, `fastest` last: the region of examples/convergence_map.toml, or that of spectrum_3d.toml.
Region plane(const std::string& fastest) {
  const Axis alpha("alpha", LinearRange{0, 4, 2048});
  const Axis beta("beta", LinearRange{0, 1, 2048});
  const Axis lambda("lambda", ListedValues{{1}});
  if (fastest == "beta") return {"plane/beta", {lambda, alpha, beta}};
  return {"plane/alpha", {lambda, beta, alpha}};
}
Region space(const std::string& fastest) {
  const auto count = [&](const char* name) { return name == fastest ? 1024 : 64; };
  const Axis alpha("alpha", LinearRange{0, 4, count("alpha")});
  const Axis beta("beta", LinearRange{0, 1, count("beta")});
  const Axis lambda("lambda", LogRange{0.001, 10, count("lambda")});
  if (fastest == "beta") return {"space/beta", {lambda, alpha, beta}};
  if (fastest == "alpha") return {"space/alpha", {lambda, beta, alpha}};
  return {"space/lambda", {alpha, beta, lambda}};
}

/// The plane over the worst of 4096 eigenvalues, whose ends are these.
constexpr double smallest = 0.001;
constexpr double largest = 1;
Region worst_case(const std::string& fastest) {
  const Region map = plane(fastest);
  return {"worst/" + fastest,
          {map.axes[1], map.axes[2], Axis("lambda", LogRange{smallest, largest, 4096})},
          Reduction::worst};
}

Spec spec_of(const Region& region, Quantity quantity, Precision precision) {
  Spec spec;
  spec.precision = precision;
  spec.quantities = {quantity};
  spec.axes = region.axes;
  spec.lambda_reduction = region.lambda_reduction;
  return spec;
}

Summary compute(MapEvaluator& evaluator, TileData& data) {
  evaluator.load(0, data);
  Summary summary;
  for (std::int64_t first = 0; first < evaluator.cells(); first += MapEvaluator::piece_cells) {
    const std::int64_t count = std::min(MapEvaluator::piece_cells, evaluator.cells() - first);
    evaluator.evaluate(first, count, data);
    merge(summary, evaluator.summarize(first, count, data));
  }
  return summary;
}

std::vector<std::byte> map_of(const Spec& spec, Structure structure) {
  TileData data;
  compute(*make_map_evaluator(spec, make_grid(spec), structure), data);
  return {data.chunks[0].begin(), data.chunks[0].end()};
}

/// The structure gives the bytes of evaluating every cell; once per map.
void prove(const std::string& name, const Spec& spec) {
  static std::set<std::string> proved;
  if (!proved.insert(name).second) return;
  require_same_bytes(name, map_of(spec, Structure::used), map_of(spec, Structure::ignored));
}

/// The share of cells in bands; of a worst case, the mean of those at the ends.
double share_in_bands(const Spec& spec) {
  const Grid grid = make_grid(spec);
  TileCells<double> tile(spec, grid);
  tile.load(grid.tile(0));
  const bool is_reduced = spec.lambda_reduction == Reduction::worst;
  double cells = 0;
  tile.for_each_run(0, tile.cells(), [&](const Run& run) {
    model::Row<double> row = tile.stretch_of(run).row;
    for (const double end : {smallest, largest}) {
      if (is_reduced) row.fixed.lambda = end;
      const model::Band band = model::ripple_band(row);
      cells += static_cast<double>(band.last - band.first) / 2;
    }
  });
  return cells / static_cast<double>(tile.cells());
}

void report(benchmark::State& state, std::int64_t cells) {
  state.SetItemsProcessed(state.iterations() * cells);
  state.counters["cell"] = benchmark::Counter(
      static_cast<double>(cells), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void time_map(benchmark::State& state, const std::string& name, const Spec& spec, Structure structure) {
  const detail::FloatingPointEnvironment exact;
  prove(name, spec);
  const std::unique_ptr<MapEvaluator> evaluator = make_map_evaluator(spec, make_grid(spec), structure);
  TileData data;
  compute(*evaluator, data);  // the tile's pages are there from now on, as from a run's second tile on
  for (auto iteration : state) {
    benchmark::DoNotOptimize(compute(*evaluator, data));
    benchmark::ClobberMemory();
  }
  report(state, evaluator->cells());
  state.counters["share"] = share_in_bands(spec);
}

void time_fill(benchmark::State& state, const Spec& spec) {
  const std::int64_t cells = make_grid(spec).cells();
  ByteBuffer chunk;
  chunk.resize(static_cast<std::size_t>(cells) * value_bytes(spec.quantities[0], spec.precision));
  std::fill(chunk.begin(), chunk.end(), std::byte{1});
  for (auto iteration : state) {
    auto value = std::byte{2};
    benchmark::DoNotOptimize(value);
    std::fill(chunk.begin(), chunk.end(), value);
    benchmark::ClobberMemory();
  }
  report(state, cells);
}

void add(const Region& region, Quantity quantity, Precision precision) {
  const std::string name =
      region.name + "/" + std::string(name_of(quantity)) + "/" + std::string(name_of(precision)) + "/";
  const Spec spec = spec_of(region, quantity, precision);
  const auto add_one = [&name](const char* who, auto run) {
    benchmark::RegisterBenchmark((name + who).c_str(), run)->Unit(benchmark::kMillisecond);
  };
  add_one("rows", [=](benchmark::State& state) { time_map(state, name, spec, Structure::used); });
  add_one("cells", [=](benchmark::State& state) { time_map(state, name, spec, Structure::ignored); });
  add_one("fill", [=](benchmark::State& state) { time_fill(state, spec); });
}

void add_all() {
  for (const Region& region : {plane("beta"), plane("alpha"), space("beta"), space("alpha"), space("lambda")}) {
    for (const Quantity quantity : {Quantity::rate, Quantity::gap, Quantity::regime}) {
      add(region, quantity, Precision::float64);
      add(region, quantity, Precision::float32);
    }
  }
  // Its regime does not use bands.
  for (const Region& region : {worst_case("beta"), worst_case("alpha")}) {
    for (const Quantity quantity : {Quantity::rate, Quantity::gap}) {
      add(region, quantity, Precision::float64);
      add(region, quantity, Precision::float32);
    }
  }
}

}  // namespace
}  // namespace ravine::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 64;
  benchmark::AddCustomContext("simd", std::string(ravine::cpu::active_level().name));
  ravine::bench::add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
