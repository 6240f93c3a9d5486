// Maps with the structure of rows against the same maps cell by cell: the same bytes, whatever the axes.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "cells.hpp"
#include "cpu/row_pass.hpp"
#include "engine/map_evaluator.hpp"

namespace ravine {
namespace {

/// Whether the two ways give the same chunks, in every tile of at most `tile_cells` and in pieces of `piece_cells`.
bool same_maps(const Spec& spec, std::int64_t tile_cells, std::int64_t piece_cells) {
  const Grid grid = make_grid(spec, tile_cells);
  const auto by_rows = make_map_evaluator(spec, grid, Structure::used);
  const auto by_cells = make_map_evaluator(spec, grid, Structure::ignored);
  TileData found;
  TileData wanted;
  bool same = true;
  for (std::int64_t id = 0; id < grid.tile_count(); ++id) {
    by_rows->load(id, found);
    by_cells->load(id, wanted);
    for (std::int64_t first = 0; first < by_rows->cells(); first += piece_cells) {
      by_rows->evaluate(first, std::min(piece_cells, by_rows->cells() - first), found);
    }
    by_cells->evaluate(0, by_cells->cells(), wanted);
    for (std::size_t q = 0; q < spec.quantities.size(); ++q) {
      same = same && std::memcmp(found.chunks[q].data(), wanted.chunks[q].data(), wanted.chunks[q].size()) == 0;
    }
  }
  return same;
}

template <class F>
Axis axis_of(const char* name, const std::vector<F>& values) {
  return {name, ListedValues{{values.begin(), values.end()}}};
}

enum class Order { ascending, descending, shuffled };

template <class F>
std::vector<F> ordered(std::vector<F> values, Order order) {
  if (order == Order::ascending) std::sort(values.begin(), values.end());
  if (order == Order::descending) std::sort(values.begin(), values.end(), std::greater<F>());
  return values;
}
rc::Gen<Order> any_order() {
  return rc::gen::element(Order::ascending, Order::ascending, Order::descending, Order::shuffled);
}

/// `count` values in some order; ties among them where `value` gives few.
template <class F>
std::vector<F> some(int count, const rc::Gen<F>& value) {
  return ordered(*rc::gen::container<std::vector<F>>(static_cast<std::size_t>(count), value), *any_order());
}

/// Values in steps of 0 to 2 units in the last place about `value`.
template <class F>
std::vector<F> crowd(int count, F value) {
  std::vector<F> values(static_cast<std::size_t>(count));
  const std::vector<int> steps =
      *rc::gen::container<std::vector<int>>(values.size(), rc::gen::inRange(-count / 2, count / 2 + 1));
  std::transform(steps.begin(), steps.end(), values.begin(), [value](int step) { return nudged(value, step); });
  return ordered(values, *any_order());
}

/// Axes alpha, beta, lambda: one of them long enough for bands, or nearly, the others short; `values(name, count)`
/// makes those of one.
template <class Values>
std::vector<Axis> axes_of(Values values) {
  const std::string longest = *rc::gen::element<std::string>("alpha", "beta", "lambda");
  std::vector<Axis> axes;
  for (const char* name : {"alpha", "beta", "lambda"}) {
    const int count = longest == name ? *rc::gen::element(2, 63, 64, 65, 130) : *rc::gen::inRange(1, 6);
    axes.push_back(axis_of(name, values(name, count)));
  }
  return axes;
}

/// In any order of the axes.
template <class F>
Spec spec_of(std::vector<Axis> axes) {
  const auto by_name = [](const Axis& a, const Axis& b) { return a.name() < b.name(); };
  std::sort(axes.begin(), axes.end(), by_name);
  for (int steps = *rc::gen::inRange(0, 6); steps > 0; --steps)
    std::next_permutation(axes.begin(), axes.end(), by_name);
  Spec spec;
  spec.precision = sizeof(F) == 8 ? Precision::float64 : Precision::float32;
  spec.quantities = {Quantity::rate, Quantity::sigma1_im, Quantity::gap, Quantity::regime};
  spec.axes = std::move(axes);
  return spec;
}

void check(const Spec& spec) {
  const std::int64_t cells = make_grid(spec).cells();
  const std::int64_t tile_cells = *rc::gen::element(cells, cells / 2 + 1);
  RC_ASSERT(same_maps(spec, tile_cells, *rc::gen::element<std::int64_t>(97, 1000, 4096)));
}

/// Maps of every kind of value.
template <class F>
Spec any_map() {
  const auto wide = with_exponent<F>(-170, 20);
  return spec_of<F>(axes_of([&](const std::string& name, int count) {
    if (name == "beta") return some(count, rc::gen::oneOf(uniform<F>(0, 1), any_momentum<F>(), special<F>()));
    return some(count, *rc::gen::element(uniform<F>(0, 4), uniform<F>(-1, 4), special<F>(), wide));
  }));
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryCell, ()) {
  check(any_map<double>());
}
RC_GTEST_PROP(RowStructureFloat, GivesTheBytesOfEveryCell, ()) {
  check(any_map<float>());
}

/// Maps whose cells are a few units in the last place about `cell`, or some of their axes are.
template <class F>
Spec map_about(Cell<F> cell) {
  return spec_of<F>(axes_of([&](const std::string& name, int count) {
    const F value = name == "alpha" ? cell.alpha : name == "beta" ? cell.beta : cell.lambda;
    return *rc::gen::element(true, true, false) ? crowd(count, value) : some(count, uniform<F>(0, 2));
  }));
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryCellNextToTheCriticalCurve, ()) {
  check(map_about(*near_critical<double>()));
}
RC_GTEST_PROP(RowStructureFloat, GivesTheBytesOfEveryCellNextToTheCriticalCurve, ()) {
  check(map_about(*near_critical<float>()));
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryCellAtNearTies, ()) {
  static const std::vector<Cell<double>> ties = near_critical_products(200, 20261122);
  check(map_about(*rc::gen::elementOf(ties)));
}

/// The same over the worst of lambda.
Spec worst_case_of(Spec spec) {
  spec.lambda_reduction = Reduction::worst;
  spec.quantities = {Quantity::regime, Quantity::gap, Quantity::rate};
  return spec;
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryWorstCase, ()) {
  check(worst_case_of(any_map<double>()));
}
RC_GTEST_PROP(RowStructureFloat, GivesTheBytesOfEveryWorstCase, ()) {
  check(worst_case_of(any_map<float>()));
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryWorstCaseNextToTheCriticalCurve, ()) {
  check(worst_case_of(map_about(*near_critical<double>())));
}

/// Over spectra whose ends are not proved to decide: products at the limit of the core and below.
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryWorstCaseBelowTheCore, ()) {
  const double tiny = *with_exponent<double>(-312, -300);
  check(worst_case_of(spec_of<double>(axes_of([&](const std::string& name, int count) {
    if (name == "lambda") return crowd(count, tiny);
    return some(count, name == "beta" ? uniform<double>(0, 1) : uniform<double>(0, 4));
  }))));
}

/// Without momentum.
template <class F>
void check_gradient_descent() {
  Spec spec = any_map<F>();
  spec.method = Method::gradient_descent;
  spec.axes.erase(
      std::find_if(spec.axes.begin(), spec.axes.end(), [](const Axis& axis) { return axis.name() == "beta"; }));
  check(spec);
}
RC_GTEST_PROP(RowStructureDouble, GivesTheBytesOfEveryCellOfGradientDescent, ()) {
  check_gradient_descent<double>();
}
RC_GTEST_PROP(RowStructureFloat, GivesTheBytesOfEveryCellOfGradientDescent, ()) {
  check_gradient_descent<float>();
}

// That the table is used, and in the band alone: it is given values here that no rate has.
template <class F>
void check_table() {
  const Cell<F> cell = *near_critical<F>();
  const auto along = *rc::gen::element(model::Along::alpha, model::Along::beta, model::Along::lambda);
  const F middle = along == model::Along::alpha ? cell.alpha : along == model::Along::beta ? cell.beta : cell.lambda;
  std::vector<F> values = crowd(*rc::gen::inRange(1, 700), middle);
  std::sort(values.begin(), values.end());
  const auto columns = static_cast<std::int64_t>(values.size());
  const model::Row<F> row = {cell, along, values.data(), columns};

  std::vector<F> table(values.size());
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<F>(-1 - static_cast<int>(i));
  std::vector<F> rates(values.size());
  cpu::RowPass<F> pass(
      {{Quantity::rate, reinterpret_cast<std::byte*>(table.data()), reinterpret_cast<std::byte*>(rates.data())}},
      {cpu::Bands::used});
  pass.add({row, 0, 0});
  pass.finish();

  const model::Band band = model::ripple_band(row);
  for (std::int64_t column = 0; column < columns; ++column) {
    const auto i = static_cast<std::size_t>(column);
    const bool within = band.first <= column && column < band.last;
    const F of_band = table[along == model::Along::beta ? i : 0];
    const Cell<double> at = model::cell_of(row, column);
    const Cell<F> same = {static_cast<F>(at.alpha), static_cast<F>(at.beta), static_cast<F>(at.lambda)};
    RC_ASSERT(rates[i] == (within ? of_band : model::rate(same)));
  }
}
RC_GTEST_PROP(RowPassDouble, TakesTheValuesOfABandFromTheTable, ()) {
  check_table<double>();
}
RC_GTEST_PROP(RowPassFloat, TakesTheValuesOfABandFromTheTable, ()) {
  check_table<float>();
}

}  // namespace
}  // namespace ravine
