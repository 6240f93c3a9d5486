// The band of a row against exact rationals, cell by cell, and its values against the model's.
#include "ravine/model/heavy_ball_band.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "cells.hpp"
#include "ravine/model/heavy_ball.hpp"

namespace ravine {
namespace {

using model::Along;
using model::Band;

template <class F>
F& coordinate(Cell<F>& cell, Along along) {
  switch (along) {
    case Along::alpha:
      return cell.alpha;
    case Along::beta:
      return cell.beta;
    default:
      return cell.lambda;
  }
}

/// A row and its values.
template <class F>
struct Line {
  Cell<F> fixed;
  Along along;
  std::vector<F> values;

  [[nodiscard]] Cell<F> operator[](std::size_t column) const {
    Cell<F> cell = fixed;
    coordinate(cell, along) = values[column];
    return cell;
  }
  [[nodiscard]] Band band() const {
    return model::ripple_band<F>({fixed, along, values.data(), static_cast<std::int64_t>(values.size())});
  }
};

template <class F>
void showValue(const Line<F>& line, std::ostream& out) {
  showValue(line.fixed, out);
  out << " along " << static_cast<int>(line.along) << std::hexfloat;
  for (const F value : line.values) out << " " << value;
  out << std::defaultfloat;
}

bool has_complex_eigenvalues(const oracle::Mode& mode) {
  const mpq_class trace = 1 + mode.beta - mode.alpha * mode.lambda;
  return trace * trace < 4 * mode.beta;
}

bool is_in_core(Cell<double> cell) {
  return model::in_core(cell, cell.alpha * cell.lambda);
}
bool is_in_core(Cell<float> /*cell*/) {
  return true;
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

template <class F>
bool has_the_values_of_the_band(Cell<F> cell) {
  const Cell<F> same = model::band_cell(cell.beta);
  return same_bits(model::rate(cell), model::rate(same)) && same_bits(model::gap(cell), model::gap(same)) &&
         model::regime(cell) == model::regime(same);
}

/// Whether the search finds the line's band from any guess.
template <class F>
bool is_found_from_any_guess(const Line<F>& line) {
  const auto columns = static_cast<std::int64_t>(line.values.size());
  const model::Row<F> row = {line.fixed, line.along, line.values.data(), columns};
  const Band wanted = model::ripple_band(row);
  for (std::int64_t first = -3; first <= columns + 3; ++first) {
    const std::int64_t last = *rc::gen::inRange<std::int64_t>(-3, columns + 4);
    const Band found = model::ripple_band(row, {first, last});
    if (found.first != wanted.first || found.last != wanted.last) return false;
  }
  return true;
}

/// Cells that are in the band though not complex, or complex but not in the band, or in it with other values.
template <class F>
int mistakes(const Line<F>& line) {
  const Band band = line.band();
  const auto columns = static_cast<std::int64_t>(line.values.size());
  int found = 0 <= band.first && band.first <= band.last && band.last <= columns ? 0 : 1;
  for (std::int64_t column = 0; column < columns; ++column) {
    const Cell<F> cell = line[static_cast<std::size_t>(column)];
    const bool within = band.first <= column && column < band.last;
    const bool wanted = is_in_core(cell) && has_complex_eigenvalues(exactly(cell));
    if (within != wanted || (within && !has_the_values_of_the_band(cell))) ++found;
  }
  return found;
}

rc::Gen<Along> any_direction() {
  return rc::gen::element(Along::alpha, Along::beta, Along::lambda);
}

/// Sorted one way or the other.
template <class F>
std::vector<F> in_order(std::vector<F> values) {
  std::sort(values.begin(), values.end());
  if (*rc::gen::arbitrary<bool>()) std::reverse(values.begin(), values.end());
  return values;
}

template <class F>
std::vector<F> some(rc::Gen<F> value) {
  return *rc::gen::container<std::vector<F>>(static_cast<std::size_t>(*rc::gen::inRange(0, 50)), value);
}

/// Rows through any cell, over values of every kind; ties and single columns among them.
template <class F>
void check_random(int exponents) {
  const auto value = rc::gen::oneOf(uniform<F>(-1, 4), uniform<F>(0, 1), special<F>(), any_momentum<F>(),
                                    with_exponent<F>(-exponents, exponents));
  RC_ASSERT(mistakes(Line<F>{*any_cell<F>(exponents), *any_direction(), in_order<F>(some<F>(value))}) == 0);
}
RC_GTEST_PROP(RippleBandDouble, IsExactOnAnyRow, ()) {
  check_random<double>(149);
}
RC_GTEST_PROP(RippleBandFloat, IsExactOnAnyRow, ()) {
  check_random<float>(126);
}
RC_GTEST_PROP(RippleBandDouble, IsExactOnRowsThatLeaveTheCore, ()) {
  check_random<double>(1020);
}

template <class F>
void check_guesses() {
  const auto value = rc::gen::oneOf(uniform<F>(-1, 4), special<F>(), any_momentum<F>());
  RC_ASSERT(is_found_from_any_guess(Line<F>{*any_cell<F>(100), *any_direction(), in_order<F>(some<F>(value))}));
}
RC_GTEST_PROP(RippleBandDouble, IsTheSameFromAnyGuess, ()) {
  check_guesses<double>();
}
RC_GTEST_PROP(RippleBandFloat, IsTheSameFromAnyGuess, ()) {
  check_guesses<float>();
}

/// A row whose neighbours are 0 to 2 units in the last place apart, about `cell`.
template <class F>
Line<F> crowded_about(Cell<F> cell, Along along) {
  const F at = coordinate(cell, along);
  std::vector<F> values;
  for (const int steps : some<int>(rc::gen::inRange(-12, 13))) values.push_back(nudged(at, steps));
  return {cell, along, in_order(values)};
}

/// The same mode, the factors of h with the other sign or not: x then falls along a row where it rose.
template <class F>
Cell<F> mirrored(Cell<F> cell) {
  return *rc::gen::arbitrary<bool>() ? cell : Cell<F>{-cell.alpha, cell.beta, -cell.lambda};
}
RC_GTEST_PROP(RippleBandDouble, IsExactNextToTheCriticalCurve, ()) {
  RC_ASSERT(mistakes(crowded_about(mirrored(*near_critical<double>()), *any_direction())) == 0);
}
RC_GTEST_PROP(RippleBandFloat, IsExactNextToTheCriticalCurve, ()) {
  RC_ASSERT(mistakes(crowded_about(mirrored(*near_critical<float>()), *any_direction())) == 0);
}

// Where the core ends there are complex eigenvalues on both sides of its limits.
RC_GTEST_PROP(RippleBandDouble, EndsWhereTheCoreEnds, ()) {
  const auto cell = *rc::gen::element(Cell<double>{0x1p150, 0x1p300, 0x1p150},
                                      Cell<double>{nudged(0x1p150, 1), nudged(0x1p300, 1), 0x1p150},
                                      Cell<double>{0x1p-150, 1, 0x1p-150}, Cell<double>{1, 0x1p-450, 1});
  RC_ASSERT(mistakes(crowded_about(mirrored(cell), *any_direction())) == 0);
}

// Double roots that are cells: they are not in the band.
RC_GTEST_PROP(RippleBandFloat, LeavesOutExactDoubleRoots, ()) {
  const auto root = static_cast<float>(*rc::gen::inRange(1, 2048)) * 0x1p-11F;
  const auto other = *rc::gen::element(1 - root, 1 + root);
  // Delta = 0 for (alpha, beta) = (other^2, root^2), and, with the roles changed, for (root^2, other^2).
  const bool swaps = *rc::gen::arbitrary<bool>();
  const Cell<float> cell{swaps ? root * root : other * other, swaps ? other * other : root * root, 1};
  RC_ASSERT(!has_complex_eigenvalues(exactly(cell)));
  RC_ASSERT(mistakes(crowded_about(cell, *any_direction())) == 0);
}

// Bands narrower than a step are found, however far out they lie: the probes are led there by exact signs.
RC_GTEST_PROP(RippleBandDouble, FindsASingleColumn, ()) {
  const double beta = std::ldexp(*uniform<double>(0.25, 1), -*rc::gen::inRange(0, 90));
  const auto below = *rc::gen::inRange<std::size_t>(0, 3000);
  const auto above = *rc::gen::inRange<std::size_t>(0, 3000);
  std::vector<double> values(below, 0.0);
  values.push_back(1 + beta);
  values.resize(values.size() + above, 4 + beta);
  const double root = std::sqrt(beta);
  RC_PRE((1 + root) * (1 + root) < 4);
  const Line<double> line{{0, beta, 1}, Along::alpha, values};
  const Band band = line.band();
  RC_ASSERT(band.first == static_cast<std::int64_t>(below));
  RC_ASSERT(band.last == static_cast<std::int64_t>(below) + 1);
}

/// What rows through a cell showed.
struct Tally {
  std::int64_t within = 0;
  std::int64_t mistaken = 0;

  /// Adds the cell's rows in all three directions, one unit in the last place from column to column.
  void add_rows_through(Cell<double> cell) {
    for (const Along along : {Along::alpha, Along::beta, Along::lambda}) {
      Line<double> line{cell, along, {}};
      const double at = coordinate(cell, along);
      for (int steps = -3; steps <= 3; ++steps) line.values.push_back(nudged(at, steps));
      mistaken += mistakes(line);
      const Band band = line.band();
      within += band.last - band.first;
    }
  }
};

TEST(RippleBandDouble, DecidesNearTiesMadeByFactoringCriticalProducts) {
  Tally tally;
  for (const Cell<double>& cell : near_critical_products(200, 20240903)) tally.add_rows_through(cell);
  EXPECT_EQ(tally.mistaken, 0);
  EXPECT_GT(tally.within, 200) << "the generator no longer makes rows that meet the band";
}

TEST(RippleBandDouble, DecidesTheOraclesNearTies) {
  std::ifstream file(RAVINE_TEST_DATA "/oracle/rate_map_adversarial.csv");
  std::string line;
  std::getline(file, line);
  Tally tally;
  int rows = 0;
  for (; std::getline(file, line); ++rows) {
    const std::size_t alpha = line.find(',') + 1;
    const std::size_t beta = line.find(',', alpha) + 1;
    const std::size_t lambda = line.find(',', beta) + 1;
    tally.add_rows_through(
        {std::strtod(&line[alpha], nullptr), std::strtod(&line[beta], nullptr), std::strtod(&line[lambda], nullptr)});
  }
  EXPECT_EQ(rows, 1342);
  EXPECT_EQ(tally.mistaken, 0);
  EXPECT_GT(tally.within, rows);
}

// The map of the README, in every direction: a band in each row that has one, and none beside.
TEST(RippleBandDouble, CoversTheRipplesOfAMap) {
  std::vector<double> alpha;
  std::vector<double> beta;
  for (int i = 0; i <= 400; ++i) alpha.push_back(4 * i / 400.0);
  for (int i = 0; i <= 200; ++i) beta.push_back(i / 200.0);
  const auto covered = [](std::vector<Line<double>> rows) {
    std::int64_t cells = 0;
    for (const Line<double>& row : rows) {
      const Band band = row.band();
      cells += band.last - band.first;
    }
    return cells;
  };
  std::int64_t ripples = 0;
  std::vector<Line<double>> along_alpha;
  std::vector<Line<double>> along_beta;
  for (const double b : beta) along_alpha.push_back({{0, b, 1}, Along::alpha, alpha});
  for (const double a : alpha) {
    along_beta.push_back({{a, 0, 1}, Along::beta, beta});
    for (const double b : beta) ripples += has_complex_eigenvalues(exactly(Cell<double>{a, b, 1})) ? 1 : 0;
  }
  EXPECT_GT(ripples, 0);
  EXPECT_EQ(covered(along_alpha), ripples);
  EXPECT_EQ(covered(along_beta), ripples);
}

}  // namespace
}  // namespace ravine
