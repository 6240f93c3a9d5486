// Noise studies: every byte against a plain implementation of what is documented, and what must hold between studies.
#include "engine/noise_study.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/cpu_noise_tiles.hpp"
#include "engine/trajectory_evaluator.hpp"
#include "noise_fixture.hpp"

namespace ravine {
namespace {

using test::noise_of;
using test::noise_spec;
using test::Study;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// 113 bits: a plain sum of some blocks in it, rounded to a double, is what pairs of doubles (106 bits) give.
__extension__ using Quadruple = __float128;

std::vector<Quantity> of_replicates() {
  return {Quantity::mean_loss,   Quantity::variance_loss,    Quantity::standard_error_loss,
          Quantity::min_loss,    Quantity::max_loss,         Quantity::mean_x,
          Quantity::variance_x,  Quantity::standard_error_x, Quantity::min_x,
          Quantity::max_x,       Quantity::diverged,         Quantity::histogram,
          Quantity::quantiles,   Quantity::expected_loss,    Quantity::expected_x,
          Quantity::sample_loss, Quantity::sample_x};
}

// --- the plain implementation ---

/// Loss and x of each component of every replicate at each recorded step.
template <class F>
struct Replicates {
  std::size_t components;
  std::vector<std::vector<std::vector<F>>> values;  ///< [step][0: loss, 1 + i: x of component i][replicate]
};

/// The cell of a spec with one alpha and one beta.
template <class F>
Replicates<F> replicates_of(const Spec& spec) {
  const Noise& noise = *spec.ensemble->noise;
  const Start& start = spec.ensemble->start;
  const auto of = [](const std::vector<double>& list, std::size_t i) { return list[list.size() == 1 ? 0 : i]; };
  const auto lambdas = static_cast<std::size_t>(components_of(spec));
  const std::vector<std::int64_t> recorded = recorded_steps(spec.ensemble->record);
  const auto count = static_cast<std::size_t>(noise.replicates);
  Replicates<F> found{lambdas, {}};
  found.values.assign(recorded.size(), std::vector(1 + lambdas, std::vector<F>(count, F(0))));
  const F alpha = static_cast<F>(spec.axes[0].value(0));
  const F beta = static_cast<F>(spec.axes[1].value(0));
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < lambdas; ++i) {
      const F lambda = static_cast<F>(spec.axes[2].value(static_cast<std::int64_t>(i)));
      const F deviation = static_cast<F>(std::sqrt(of(noise.variance, i)));
      const model::DrawPlace place = {static_cast<std::uint64_t>(noise.seed), 0,
                                      static_cast<std::uint32_t>(noise.first_replicate + static_cast<std::int64_t>(r)),
                                      static_cast<std::uint32_t>(i)};
      F y = static_cast<F>(of(start.y, i));
      F x = static_cast<F>(of(start.x, i));
      std::int64_t step = 0;
      for (std::size_t k = 0; k < recorded.size(); ++k) {
        for (; step < recorded[k]; ++step) {
          const F normal = model::normal_at<F>(place, static_cast<std::uint64_t>(step));
          y = std::fma(beta, y, std::fma(deviation, normal, lambda * x));
          x = std::fma(-alpha, y, x);
          constexpr F small = sizeof(F) == 8 ? F(0x1p-500) : F(0x1p-60);
          if ((step + 1) % 16 == 0 && std::abs(x) < small && std::abs(y) < small) x = y = 0;
        }
        found.values[k][0][r] += ((lambda * x) * x) / 2;
        found.values[k][1 + i][r] = x;
      }
    }
  }
  return found;
}

struct PlainSums {
  double sum = 0;
  double squares = 0;
};
PlainSums operator+(const PlainSums& a, const PlainSums& b) {
  return {a.sum + b.sum, a.squares + b.squares};
}

/// A tree: the values of the upper half onto those of the lower one, until one is left.
PlainSums tree(std::vector<PlainSums> values) {
  while (values.size() > 1) {
    const std::size_t half = values.size() / 2;
    for (std::size_t i = 0; i < half; ++i) values[i] = values[i] + values[half + i];
    values.resize(half);
  }
  return values[0];
}

struct PlainStatistics {
  std::int64_t finite = 0;
  double mean = 0;
  double variance = 0;
  double error = 0;
  double least = infinity;
  double most = -infinity;
};

/// Groups of 256 by trees of trees of 32, groups in order in blocks of 16, blocks in order in quadruple precision.
template <class F>
PlainStatistics statistics_of(const std::vector<F>& values, const std::vector<F>& losses, double shift) {
  PlainStatistics found;
  Quadruple sum = 0;
  Quadruple squares = 0;
  for (std::size_t block = 0; block < values.size(); block += 4096) {
    PlainSums of_block;
    for (std::size_t group = block; group < std::min(block + 4096, values.size()); group += 256) {
      std::vector<PlainSums> warps;
      for (std::size_t warp = group; warp < group + 256; warp += 32) {
        std::vector<PlainSums> lanes(32);
        for (std::size_t r = warp; r < std::min(warp + 32, values.size()); ++r) {
          if (!std::isfinite(losses[r])) continue;
          const auto value = static_cast<double>(values[r]);
          lanes[r - warp] = {value - shift, (value - shift) * (value - shift)};
          found.least = std::min(found.least, value);
          found.most = std::max(found.most, value);
          ++found.finite;
        }
        warps.push_back(tree(lanes));
      }
      of_block = of_block + tree(warps);
    }
    sum += of_block.sum;
    squares += of_block.squares;
  }
  const auto n = static_cast<Quadruple>(found.finite);
  if (found.finite == 0) {
    found.mean = std::nan("");
  } else if (found.least == found.most) {  // known exactly, whatever the sums were rounded to
    found.mean = found.least;
    found.variance = 0;
  } else {
    found.mean = std::clamp(static_cast<double>(shift + sum / n), found.least, found.most);
    found.variance = static_cast<double>((squares - sum * sum / n) / (n - 1));
  }
  if (found.finite < 2) found.variance = std::nan("");
  found.error = std::sqrt(found.variance / static_cast<double>(found.finite));
  return found;
}

void expect_same(double found, double wanted, const std::string& what) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(found), std::bit_cast<std::uint64_t>(wanted))
      << what << ": " << found << " for " << wanted;
}

/// The stored statistics of a variable: those of the loss, or of x.
struct Stored {
  Quantity mean;
  Quantity variance;
  Quantity error;
  Quantity least;
  Quantity most;
};
constexpr Stored of_loss = {Quantity::mean_loss, Quantity::variance_loss, Quantity::standard_error_loss,
                            Quantity::min_loss, Quantity::max_loss};
constexpr Stored of_x = {Quantity::mean_x, Quantity::variance_x, Quantity::standard_error_x, Quantity::min_x,
                         Quantity::max_x};

void expect_statistics(const Study& study, const Stored& stored, std::size_t at, const PlainStatistics& wanted) {
  const double none = std::numeric_limits<double>::quiet_NaN();  // one NaN for all
  const auto or_none = [&](double value) { return std::isnan(value) ? none : value; };
  expect_same(study.values(stored.mean).at(at), or_none(wanted.mean), "mean");
  expect_same(study.values(stored.variance).at(at), or_none(wanted.variance), "variance");
  expect_same(study.values(stored.error).at(at), or_none(wanted.error), "standard error");
  expect_same(study.values(stored.least).at(at), wanted.finite == 0 ? none : wanted.least, "least");
  expect_same(study.values(stored.most).at(at), wanted.finite == 0 ? none : wanted.most, "most");
}

/// The losses that are finite, in order.
template <class F>
std::vector<double> sorted_finite(const std::vector<F>& losses) {
  std::vector<double> finite;
  for (const F loss : losses) {
    if (std::isfinite(loss)) finite.push_back(static_cast<double>(loss));
  }
  std::sort(finite.begin(), finite.end());
  return finite;
}

void expect_histogram(const Histogram& histogram, const std::vector<std::int64_t>& counts,
                      const std::vector<double>& losses) {
  const std::vector<double> edges = histogram.edges();
  ASSERT_EQ(counts.size(), edges.size());
  for (std::size_t bin = 0; bin < edges.size(); ++bin) {
    const double upper = bin + 1 < edges.size() ? edges[bin + 1] : infinity;
    const auto inside = [&](double loss) { return loss < upper && (bin == 0 || loss >= edges[bin]); };
    ASSERT_EQ(counts[bin], std::count_if(losses.begin(), losses.end(), inside)) << "bin " << bin;
  }
}

/// Each within half its bin of the value of nearest rank.
void expect_quantiles(const Histogram& histogram, const std::vector<double>& found, const std::vector<double>& losses) {
  ASSERT_EQ(found.size(), histogram.quantiles.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto size = static_cast<double>(losses.size());
    const auto rank = static_cast<std::size_t>(std::max(std::ceil(histogram.quantiles[i] * size - 1e-9), 1.0));
    const double exact = losses.at(rank - 1);
    const double octave = std::exp2(std::floor(std::log2(exact)));
    EXPECT_LE(std::abs(found[i] - exact), octave / (1 << histogram.bits_per_octave) / 2) << i;
  }
}

template <class F>
void expect_plain(const Spec& spec) {
  const Replicates<F> plain = replicates_of<F>(spec);
  const Study study(spec);
  const std::size_t steps = plain.values.size();
  const std::size_t components = plain.components;
  const Histogram& histogram = spec.ensemble->noise->histogram;
  const auto bins = static_cast<std::size_t>(histogram.bins());
  for (std::size_t k = 0; k < steps; ++k) {
    SCOPED_TRACE("recorded step " + std::to_string(k));
    const std::vector<F>& losses = plain.values[k][0];
    const auto shift = [](double expected) {
      return std::abs(expected) <= static_cast<double>(std::numeric_limits<F>::max()) ? expected : 0;
    };
    const PlainStatistics loss = statistics_of(losses, losses, shift(study.values(Quantity::expected_loss).at(k)));
    expect_statistics(study, of_loss, k, loss);
    EXPECT_EQ(study.values<std::int64_t>(Quantity::diverged).at(k),
              static_cast<std::int64_t>(losses.size()) - loss.finite);
    for (std::size_t i = 0; i < components; ++i) {
      const std::size_t at = k * components + i;
      const double about = shift(study.values(Quantity::expected_x).at(at));
      expect_statistics(study, of_x, at, statistics_of(plain.values[k][1 + i], losses, about));
      if (std::isfinite(losses[0])) {
        EXPECT_EQ(study.values<F>(Quantity::sample_x).at(at), plain.values[k][1 + i][0]);
      }
    }
    const F sample = std::isfinite(losses[0]) ? losses[0] : std::numeric_limits<F>::infinity();
    EXPECT_EQ(study.values<F>(Quantity::sample_loss).at(k), sample);
    const std::vector<double> finite = sorted_finite(losses);
    const std::vector<std::int64_t> counts = study.values<std::int64_t>(Quantity::histogram);
    const auto first = counts.begin() + static_cast<std::ptrdiff_t>(k * bins);
    expect_histogram(histogram, {first, first + static_cast<std::ptrdiff_t>(bins)}, finite);
    const std::vector<double> quantiles = study.values(Quantity::quantiles);
    const std::size_t per_step = histogram.quantiles.size();
    const auto at = quantiles.begin() + static_cast<std::ptrdiff_t>(k * per_step);
    if (!finite.empty() && finite.front() > 0) {
      expect_quantiles(histogram, {at, at + static_cast<std::ptrdiff_t>(per_step)}, finite);
    }
  }
}

Spec with_precision(Spec spec, Precision precision) {
  spec.precision = precision;
  return spec;
}

void expect_plain_at_both(const Spec& spec) {
  expect_plain<double>(with_precision(spec, Precision::float64));
  expect_plain<float>(with_precision(spec, Precision::float32));
}

TEST(NoiseStudy, IsWhatPlainLoopsGiveForAnyNumberOfReplicates) {
  for (const std::int64_t replicates : {1, 2, 255, 256, 257, 4095, 4096, 4097, 10'000}) {
    SCOPED_TRACE(replicates);
    Spec spec = noise_spec(of_replicates());
    test::record(spec, {0, 1, 2, 7, 18});
    noise_of(spec).replicates = replicates;
    noise_of(spec).seed = 20'261'123;
    expect_plain_at_both(spec);
  }
}

TEST(NoiseStudy, IsWhatPlainLoopsGiveForSeveralModes) {
  Spec spec = noise_spec(of_replicates());
  spec.axes[2] = Axis("lambda", ListedValues{{0.25, 1, 1.75}});
  spec.lambda_reduction = Reduction::sum;
  spec.ensemble->start = {{1, -2, 0.5}, {0.25}};
  noise_of(spec).variance = {0.25, 0, 2};
  noise_of(spec).replicates = 1000;
  noise_of(spec).first_replicate = (std::int64_t{1} << 32) - 1000;
  noise_of(spec).seed = std::numeric_limits<std::int64_t>::max();
  test::record(spec, {0, 3, 4, 5, 33});
  expect_plain_at_both(spec);
}

/// |sigma| = 2.3 or so: the losses leave the range of the precision, one replicate after the other.
Spec unstable(Precision precision) {
  std::vector<Quantity> quantities = of_replicates();
  quantities.insert(quantities.end(), {Quantity::z_mean_loss, Quantity::z_variance_x, Quantity::z_mean_x,
                                       Quantity::moments, Quantity::stationary_loss, Quantity::stationary_x2});
  Spec spec = with_precision(noise_spec(quantities), precision);
  spec.axes[0] = Axis("alpha", ListedValues{{4}});
  spec.axes[1] = Axis("beta", ListedValues{{0.5}});
  noise_of(spec).replicates = 600;
  noise_of(spec).histogram.to = 1023;
  std::vector<std::int64_t> steps;
  const std::int64_t last = precision == Precision::float64 ? 450 : 62;
  for (std::int64_t step = last - 40; step <= last; ++step) steps.push_back(step);
  test::record(spec, steps);
  return spec;
}

TEST(NoiseStudy, CountsReplicatesThatDivergeAndKeepsTheOthers) {
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    const Spec spec = unstable(precision);
    const Study study(spec);
    const std::vector<std::int64_t> diverged = study.values<std::int64_t>(Quantity::diverged);
    EXPECT_EQ(diverged.front(), 0);
    EXPECT_EQ(diverged.back(), 600);
    EXPECT_TRUE(std::any_of(diverged.begin(), diverged.end(), [](auto n) { return n > 0 && n < 600; }));
    const std::vector<double> z = study.values(Quantity::z_mean_x);
    for (std::size_t k = 0; k < diverged.size(); ++k) {
      if (diverged[k] > 0) {
        expect_same(z[k], std::numeric_limits<double>::quiet_NaN(), "z where a replicate diverged");
      }
    }
    if (precision == Precision::float32) {
      EXPECT_TRUE(std::isfinite(z.front()));
    }
    EXPECT_EQ(study.values<std::uint8_t>(Quantity::moments).at(0), 2);
    for (const Quantity quantity : {Quantity::stationary_loss, Quantity::stationary_x2}) {
      expect_same(study.values(quantity).at(0), std::numeric_limits<double>::quiet_NaN(), "stationary");
    }
  }
}

TEST(NoiseStudy, IsWhatPlainLoopsGiveInTheMidstOfDivergence) {
  expect_plain<float>(unstable(Precision::float32));
}

// The squares of the deviations overflow long before the losses do.
TEST(NoiseStudy, HasOneNaNWhereSquaresOverflow) {
  Spec spec = unstable(Precision::float64);
  test::record(spec, {300});
  const Study study(spec);
  EXPECT_EQ(study.values<std::int64_t>(Quantity::diverged).at(0), 0);
  EXPECT_TRUE(std::isfinite(study.values(Quantity::mean_loss).at(0)));
  expect_same(study.values(Quantity::variance_loss).at(0), std::bit_cast<double>(0x7ff8000000000000), "variance");
  expect_same(study.values(Quantity::standard_error_loss).at(0), std::bit_cast<double>(0x7ff8000000000000), "error");
}

// --- without noise ---

/// Monotone, ripples, critical, oscillation, diverging.
Spec silent_cells() {
  Spec spec = noise_spec({Quantity::sample_loss, Quantity::sample_x, Quantity::mean_loss, Quantity::variance_loss,
                          Quantity::min_loss, Quantity::max_loss, Quantity::expected_loss, Quantity::expected_x,
                          Quantity::z_mean_loss});
  spec.axes[0] = Axis("alpha", ListedValues{{0.1, 0.25, 1.7, 2.3}});
  spec.axes[1] = Axis("beta", ListedValues{{0.0, 0.25, 0.9}});
  spec.axes[2] = Axis("lambda", ListedValues{{0.5, 1.0}});
  noise_of(spec).variance = {0};
  noise_of(spec).replicates = 300;
  test::record(spec, {0, 1, 2, 3, 16, 50, 100});
  return spec;
}

template <class F>
void expect_trajectory(const Spec& spec) {
  // Theory is exact; each step of a trajectory has roundings of a unit in the last place, which grow with the powers.
  const double tolerance = 200 * static_cast<double>(std::numeric_limits<F>::epsilon());
  const Study study(spec);
  Spec trajectory = spec;
  trajectory.kind = Kind::trajectory;
  trajectory.quantities = {Quantity::loss, Quantity::x};
  trajectory.ensemble->noise.reset();
  const auto evaluator = make_trajectory_evaluator(trajectory, make_grid(trajectory));
  TileData tile;
  evaluator->load(0, tile);
  evaluator->evaluate(0, evaluator->cells(), tile);
  const auto same_bytes = [&](Quantity quantity, std::size_t q) {
    const std::vector<F> sample = study.values<F>(quantity);
    ASSERT_EQ(sample.size() * sizeof(F), tile.chunks[q].size());
    EXPECT_EQ(std::memcmp(sample.data(), tile.chunks[q].data(), tile.chunks[q].size()), 0) << name_of(quantity);
  };
  same_bytes(Quantity::sample_loss, 0);
  same_bytes(Quantity::sample_x, 1);
  const std::vector<F> loss = study.values<F>(Quantity::sample_loss);
  double peak = 0;
  for (std::size_t i = 0; i < loss.size(); ++i) {
    const auto wanted = static_cast<double>(loss[i]);
    peak = i % 7 == 0 ? wanted : std::max(peak, wanted);  // of the cell so far
    EXPECT_EQ(study.values(Quantity::min_loss).at(i), wanted);
    EXPECT_EQ(study.values(Quantity::max_loss).at(i), wanted);
    const double expected = study.values(Quantity::expected_loss).at(i);
    EXPECT_NEAR(expected, wanted, tolerance * peak) << i;
    // Summed about the expectation.
    EXPECT_NEAR(study.values(Quantity::mean_loss).at(i), wanted, 0x1p-45 * (wanted + expected)) << i;
    EXPECT_LE(study.values(Quantity::variance_loss).at(i), 0x1p-45 * (wanted - expected) * (wanted - expected)) << i;
    EXPECT_TRUE(std::isnan(study.values(Quantity::z_mean_loss).at(i)));
  }
}

TEST(NoiseStudy, WithoutNoiseIsTheTrajectory) {
  expect_trajectory<double>(silent_cells());
  expect_trajectory<float>(with_precision(silent_cells(), Precision::float32));
}

// --- replicates ---

/// Of a study of `count` replicates from `first` on.
Study study_of(Spec spec, std::int64_t first, std::int64_t count) {
  noise_of(spec).first_replicate = first;
  noise_of(spec).replicates = count;
  return Study(spec);
}

TEST(NoiseStudy, SmallNoiseIsNeverSetAtRest) {
  Spec spec = with_precision(noise_spec({Quantity::variance_x, Quantity::expected_variance_x, Quantity::z_variance_x}),
                             Precision::float32);
  spec.ensemble->start.x = {0.0};
  noise_of(spec).variance = {1e-37};
  test::record(spec, {15, 16, 17, 32});
  const Study study(spec);
  for (const double z : study.values(Quantity::z_variance_x)) EXPECT_LT(std::abs(z), 5);
}

TEST(NoiseStudy, TwoThatAreLeftHaveTheirOwnMeanAndVariance) {
  Spec spec = with_precision(noise_spec({Quantity::mean_x, Quantity::variance_x, Quantity::min_x, Quantity::max_x,
                                         Quantity::diverged, Quantity::expected_loss}),
                             Precision::float32);
  spec.axes[0] = Axis("alpha", LinearRange{8.0, 12.0, 801});
  spec.axes[1] = Axis("beta", ListedValues{{0.0}});
  spec.ensemble->start.x = {0.0};
  test::record(spec, {24});
  noise_of(spec).replicates = 4096;
  const Study study(spec);
  const std::vector<std::int64_t> diverged = study.values<std::int64_t>(Quantity::diverged);
  int cells_with_few = 0;
  for (std::size_t cell = 0; cell < diverged.size(); ++cell) {
    const double least = study.values(Quantity::min_x).at(cell);
    const double most = study.values(Quantity::max_x).at(cell);
    const double mean = study.values(Quantity::mean_x).at(cell);
    if (diverged[cell] == 4096) continue;
    EXPECT_LE(least, mean);
    EXPECT_LE(mean, most);
    if (diverged[cell] != 4094) continue;
    ++cells_with_few;
    const double half = (most - least) / 2;
    EXPECT_NEAR(study.values(Quantity::variance_x).at(cell), 2 * half * half, 1e-9 * half * half);
  }
  EXPECT_GT(cells_with_few, 0);
}

TEST(NoiseStudy, ReplicateIsItselfInAnyEnsemble) {
  const Spec spec = noise_spec(of_replicates());
  constexpr std::int64_t number = 123'456'789;
  const Study alone = study_of(spec, number, 1);
  const double loss = alone.values(Quantity::sample_loss).at(0);
  EXPECT_EQ(alone.values(Quantity::min_loss).at(0), loss);
  EXPECT_EQ(alone.values(Quantity::max_loss).at(0), loss);
  EXPECT_EQ(alone.values(Quantity::mean_loss).at(0), loss);
  EXPECT_EQ(alone.values(Quantity::min_x).at(0), alone.values(Quantity::sample_x).at(0));
  EXPECT_EQ(study_of(spec, number, 300).values(Quantity::sample_loss).at(0), loss);
  // It is the one that a study has with it and not without it: least or most of a study that it ends, or its count.
  const Study with = study_of(spec, number - 4200, 4201);
  const Study without = study_of(spec, number - 4200, 4200);
  std::vector<std::int64_t> difference = with.values<std::int64_t>(Quantity::histogram);
  const std::vector<std::int64_t> fewer = without.values<std::int64_t>(Quantity::histogram);
  std::transform(difference.begin(), difference.end(), fewer.begin(), difference.begin(), std::minus<>());
  EXPECT_EQ(difference, alone.values<std::int64_t>(Quantity::histogram));
  const double sum = 4201 * with.values(Quantity::mean_loss).at(0) - 4200 * without.values(Quantity::mean_loss).at(0);
  constexpr double rounding = 4201 * 0x1p-52 * 4;  // of two sums of 4200 losses of about 1
  EXPECT_NEAR(sum, loss, rounding);
}

TEST(NoiseStudy, EveryExtremeIsSomeReplicates) {
  const Spec spec = noise_spec({Quantity::min_loss, Quantity::max_loss});
  double least = infinity;
  double most = -infinity;
  for (std::int64_t r = 0; r < 300; ++r) {
    const Study alone = study_of(spec, 123'456'700 + r, 1);
    least = std::min(least, alone.values(Quantity::min_loss).at(0));
    most = std::max(most, alone.values(Quantity::max_loss).at(0));
  }
  const Study all = study_of(spec, 123'456'700, 300);
  EXPECT_EQ(all.values(Quantity::min_loss).at(0), least);
  EXPECT_EQ(all.values(Quantity::max_loss).at(0), most);
}

TEST(NoiseStudy, ContinuesWhereAnotherEnds) {
  const Spec spec = noise_spec(of_replicates());
  constexpr std::int64_t n = 5000;
  const Study first = study_of(spec, 0, n);
  const Study second = study_of(spec, n, n);
  const Study both = study_of(spec, 0, 2 * n);
  constexpr double rounding = 0x1p-45;  // of sums of 10000
  for (const Stored& stored : {of_loss, of_x}) {
    const double a = first.values(stored.mean).at(0);
    const double b = second.values(stored.mean).at(0);
    EXPECT_NE(a, b);
    EXPECT_NEAR(both.values(stored.mean).at(0), (a + b) / 2, rounding);
    const double squares = (n - 1) * (first.values(stored.variance).at(0) + second.values(stored.variance).at(0));
    EXPECT_NEAR(both.values(stored.variance).at(0), (squares + n * (a - b) * (a - b) / 2) / (2 * n - 1), rounding);
    EXPECT_EQ(both.values(stored.least).at(0),
              std::min(first.values(stored.least).at(0), second.values(stored.least).at(0)));
    EXPECT_EQ(both.values(stored.most).at(0),
              std::max(first.values(stored.most).at(0), second.values(stored.most).at(0)));
  }
  std::vector<std::int64_t> sum = first.values<std::int64_t>(Quantity::histogram);
  const std::vector<std::int64_t> rest = second.values<std::int64_t>(Quantity::histogram);
  std::transform(sum.begin(), sum.end(), rest.begin(), sum.begin(), std::plus<>());
  EXPECT_EQ(both.values<std::int64_t>(Quantity::histogram), sum);
}

TEST(NoiseStudy, CellsDrawNumbersOfTheirOwnUnlessTheyAreToShareThem) {
  Spec spec = noise_spec({Quantity::mean_loss, Quantity::sample_loss, Quantity::histogram});
  spec.axes[0] = Axis("alpha", ListedValues{{0.25, 0.25}});
  const std::vector<double> own = Study(spec).values(Quantity::mean_loss);
  EXPECT_NE(own.at(0), own.at(1));
  noise_of(spec).common_random_numbers = true;
  const std::vector<double> shared = Study(spec).values(Quantity::mean_loss);
  EXPECT_EQ(shared.at(0), shared.at(1));
  EXPECT_EQ(shared.at(0), own.at(0));
}

// --- what must not show ---

TEST(NoiseStudy, TheoryOfAStepIsTheSameWhateverElseIsRecorded) {
  Spec spec = noise_spec({Quantity::expected_loss, Quantity::expected_x, Quantity::expected_variance_x});
  for (const double alpha : {0.25, 1.7, 2.3, 0.0226, 3.9}) {
    spec.axes[0] = Axis("alpha", ListedValues{{alpha}});
    spec.ensemble->record.steps = 1000;
    spec.ensemble->record.at = EveryNth{1};
    const Study every(spec);
    for (const auto& steps : {std::vector<std::int64_t>{0, 1, 2, 3}, {7, 15, 500, 999, 1000}, {333}, {0, 500, 1000}}) {
      spec.ensemble->record.at = ListedSteps{steps};
      const Study some(spec);
      for (std::size_t k = 0; k < steps.size(); ++k) {
        const auto at = static_cast<std::size_t>(steps[k]);
        const model::Moments direct = model::moments_after({alpha, 0.7, 1}, {0, 1, 0.25}, steps[k]);
        for (const auto& [quantity, wanted] :
             {std::pair(Quantity::expected_x, direct.mean_x), {Quantity::expected_variance_x, direct.var_x}}) {
          expect_same(some.values(quantity).at(k), wanted, "some steps");
          expect_same(every.values(quantity).at(at), wanted, "every step");
        }
        expect_same(some.values(Quantity::expected_loss).at(k), every.values(Quantity::expected_loss).at(at), "loss");
      }
    }
  }
}

Spec mixed_cells() {
  Spec spec = silent_cells();
  spec.quantities = of_replicates();
  noise_of(spec).variance = {0.25};
  noise_of(spec).replicates = 4500;
  test::record(spec, {0, 3, 16, 17});
  return spec;
}

TEST(NoiseStudy, ThreadsDoNotShow) {
  const Spec spec = mixed_cells();
  const Study alone(spec);
  for (const int threads : {1, 2, 7}) {
    const auto tiles = make_cpu_noise_tiles(spec, make_grid(spec), threads);
    Ending ending({}, std::nullopt);
    tiles->begin(0, {});
    const std::optional<TileData> tile = tiles->finish(ending, [](std::int64_t) {});
    ASSERT_TRUE(tile.has_value());
    for (std::size_t q = 0; q < spec.quantities.size(); ++q) {
      ASSERT_EQ(tile->chunks[q].size(), alone.tile().chunks[q].size());
      EXPECT_EQ(std::memcmp(tile->chunks[q].data(), alone.tile().chunks[q].data(), tile->chunks[q].size()), 0)
          << threads << " threads: " << name_of(spec.quantities[q]);
    }
  }
}

}  // namespace
}  // namespace ravine
