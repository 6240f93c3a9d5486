// The worst case over 4096 eigenvalues by the ends of the spectrum, against one eigenvalue and against trying each.
// Runs at the level that the program would choose (RAVINE_SIMD forces one).
//
// Names are quantity/precision/order/who; `cell` is the time of one (alpha, beta).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cpu/worst_case.hpp"
#include "grid/floating_point_environment.hpp"
#include "map.hpp"
#include "proof.hpp"

namespace ravine::bench {
namespace {

// A row is as long as the engine's blocks.
constexpr std::size_t rows = 32;
constexpr std::size_t columns = 512;
constexpr std::size_t eigenvalue_count = 4096;

/// How the eigenvalues come: as a log range, or listed, ascending or not.
enum class Order { range, sorted, shuffled };

const char* name_of(Order order) {
  if (order == Order::range) return "range";
  return order == Order::sorted ? "sorted" : "shuffled";
}

/// Eigenvalues from 1/1000 to 1, as many in each decade.
Axis eigenvalue_axis(Order order) {
  if (order == Order::range) return {"lambda", LogRange{0.001, 1, eigenvalue_count}};
  std::vector<double> values(eigenvalue_count);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::pow(10.0, -3 + 3 * static_cast<double>(i) / static_cast<double>(values.size() - 1));
  if (order == Order::shuffled) std::shuffle(values.begin(), values.end(), std::mt19937_64(1));  // any fixed order
  return {"lambda", ListedValues{values}};
}

/// Something that evaluates a row of the map into bytes.
template <class F>
using Evaluate = void (*)(Quantity, cpu::Cells<F>, const cpu::Eigenvalues<F>&, void*);

template <class F>
void by_ends(Quantity quantity, cpu::Cells<F> cells, const cpu::Eigenvalues<F>& eigenvalues, void* out) {
  cpu::worst_case<F>(quantity, {cells.alpha, cells.beta, cells.count}, eigenvalues, out);
}
template <class F>
void by_each(Quantity quantity, cpu::Cells<F> cells, const cpu::Eigenvalues<F>& eigenvalues, void* out) {
  cpu::worst_case_brute_force<F>(quantity, {cells.alpha, cells.beta, cells.count}, eigenvalues, out);
}
template <class F>
void of_one(Quantity quantity, cpu::Cells<F> cells, const cpu::Eigenvalues<F>&, void* out) {
  cpu::evaluate<F>(quantity, cells, out);
}

template <class F>
constexpr Precision precision = sizeof(F) == 8 ? Precision::float64 : Precision::float32;

template <class F>
void sweep(Quantity quantity, const cpu::Eigenvalues<F>& eigenvalues, Evaluate<F> evaluate,
           std::vector<std::byte>& out) {
  Map<F> map(rows, columns);
  const std::size_t size = value_bytes(quantity, precision<F>);
  map.for_each_row([&](cpu::Cells<F> cells, std::size_t first) {
    evaluate(quantity, cells, eigenvalues, out.data() + first * size);
  });
}

template <class F>
std::vector<std::byte> map_of(Quantity quantity, const cpu::Eigenvalues<F>& eigenvalues, Evaluate<F> evaluate) {
  std::vector<std::byte> out(rows * columns * value_bytes(quantity, precision<F>));
  sweep(quantity, eigenvalues, evaluate, out);
  return out;
}

/// The ends give the bytes of trying each eigenvalue.
template <class F>
void prove(Quantity quantity, Order order) {
  static std::set<std::pair<Quantity, Order>> proved;
  if (!proved.insert({quantity, order}).second) return;
  const cpu::Eigenvalues<F> eigenvalues(eigenvalue_axis(order));
  require_same_bytes("worst case", map_of<F>(quantity, eigenvalues, by_ends<F>),
                     map_of<F>(quantity, eigenvalues, by_each<F>));
}

struct Case {
  Quantity quantity;
  Order order;
};

template <class F>
void time_map(benchmark::State& state, Case what, Evaluate<F> evaluate) {
  prove<F>(what.quantity, what.order);
  const cpu::Eigenvalues<F> eigenvalues(eigenvalue_axis(what.order));
  std::vector<std::byte> out(rows * columns * value_bytes(what.quantity, precision<F>));
  const detail::FloatingPointEnvironment exact;
  for (auto iteration : state) {
    sweep(what.quantity, eigenvalues, evaluate, out);
    benchmark::ClobberMemory();
  }
  constexpr std::size_t cells = rows * columns;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cells));
  state.counters["cell"] = benchmark::Counter(
      static_cast<double>(cells), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class F>
void add(Case what) {
  const std::string name = std::string(ravine::name_of(what.quantity)) + "/" +
                           std::string(ravine::name_of(precision<F>)) + "/" + name_of(what.order) + "/";
  const auto add_one = [&](const char* who, Evaluate<F> evaluate) {
    benchmark::RegisterBenchmark((name + who).c_str(), [=](benchmark::State& state) {
      time_map<F>(state, what, evaluate);
    })->Unit(benchmark::kMillisecond);
  };
  add_one("one", of_one<F>);
  add_one("ends", by_ends<F>);
  add_one("each", by_each<F>);
}

void add_all() {
  for (const Case what :
       {Case{Quantity::rate, Order::sorted}, Case{Quantity::rate, Order::shuffled}, Case{Quantity::rate, Order::range},
        Case{Quantity::regime, Order::sorted}, Case{Quantity::regime, Order::range}}) {
    add<double>(what);
    add<float>(what);
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
