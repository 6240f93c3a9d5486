// What a spec's ensemble says: the recorded steps, the bins, and the arrays that follow from them.
#include "ravine/ensemble.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>

#include "ravine/engine.hpp"
#include "ravine/error.hpp"
#include "ravine/field.hpp"
#include "ravine/model/replicates.hpp"

namespace ravine {
namespace {

using Steps = std::vector<std::int64_t>;

TEST(RecordedSteps, EveryNth) {
  EXPECT_EQ(recorded_steps({7, EveryNth{1}, 0}), (Steps{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(recorded_steps({7, EveryNth{3}, 0}), (Steps{0, 3, 6}));
  EXPECT_EQ(recorded_steps({6, EveryNth{3}, 0}), (Steps{0, 3, 6}));
  EXPECT_EQ(recorded_steps({6, EveryNth{7}, 0}), (Steps{0}));
}

TEST(RecordedSteps, LogSpacedOnesAscendFromOneToTheLast) {
  EXPECT_EQ(recorded_steps({1000, LogSpaced{4}, 0}), (Steps{1, 10, 100, 1000}));
  EXPECT_EQ(recorded_steps({8, LogSpaced{4}, 0}), (Steps{1, 2, 4, 8}));
  EXPECT_EQ(recorded_steps({3, LogSpaced{100}, 0}), (Steps{1, 2, 3}));
  EXPECT_EQ(recorded_steps({1, LogSpaced{5}, 0}), (Steps{1}));
  EXPECT_EQ(recorded_steps({50, LogSpaced{2}, 0}), (Steps{1, 50}));
  EXPECT_EQ(recorded_steps({50, LogSpaced{1}, 0}), (Steps{50}));
  for (const std::int64_t last : {2, 17, 1000, 123457}) {
    for (const std::int64_t count : {2, 3, 10, 1000}) {
      const Steps steps = recorded_steps({last, LogSpaced{count}, 0});
      EXPECT_EQ(steps.front(), 1);
      EXPECT_EQ(steps.back(), last);
      EXPECT_LE(steps.size(), static_cast<std::size_t>(count));
      EXPECT_EQ(std::set<std::int64_t>(steps.begin(), steps.end()).size(), steps.size());
      EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
    }
  }
}

TEST(RecordedSteps, Listed) {
  EXPECT_EQ(recorded_steps({9, ListedSteps{{0, 5, 9}}, 0}), (Steps{0, 5, 9}));
}

TEST(HistogramEdges, DivideEachOctaveEvenly) {
  const Histogram histogram{-1, 2, 1, {}};
  EXPECT_EQ(histogram.edges(), (std::vector<double>{0, 0.5, 0.75, 1, 1.5, 2, 3, 4}));
  EXPECT_EQ(histogram.bins(), 8);
  for (const Histogram& wide : {Histogram{}, Histogram{-1022, 1023, 0, {}}, Histogram{-3, 5, 4, {}}}) {
    const std::vector<double> edges = wide.edges();
    EXPECT_EQ(static_cast<std::int64_t>(edges.size()), wide.bins());
    EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
    EXPECT_EQ(edges[1], std::ldexp(1.0, wide.from));
    EXPECT_EQ(edges.back(), std::ldexp(1.0, wide.to));
  }
}

TEST(HistogramEdges, AreWhereTheModelsBinsBegin) {
  for (const Histogram& histogram : {Histogram{}, Histogram{-1022, 1023, 2, {}}, Histogram{-3, 5, 12, {}}}) {
    const model::Bins bins{histogram.from, histogram.to, histogram.bits_per_octave};
    const std::vector<double> edges = histogram.edges();
    EXPECT_EQ(model::bin_count(bins), histogram.bins());
    EXPECT_EQ(model::bin_of(bins, 0.0), 0);
    EXPECT_EQ(model::bin_of(bins, std::numeric_limits<double>::denorm_min()), 0);
    EXPECT_EQ(model::bin_of(bins, std::numeric_limits<double>::max()), histogram.bins() - 1);
    for (std::size_t i = 1; i < edges.size(); ++i) {
      ASSERT_EQ(model::bin_of(bins, edges[i]), static_cast<std::int64_t>(i));
      ASSERT_EQ(model::bin_of(bins, std::nextafter(edges[i], 0.0)), static_cast<std::int64_t>(i) - 1);
    }
  }
}

Spec trajectory_spec() {
  Spec spec;
  spec.kind = Kind::trajectory;
  spec.quantities = {Quantity::loss, Quantity::x, Quantity::peak_step, Quantity::status};
  spec.axes = {Axis("lambda", ListedValues{{0.1, 1.0, 2.0}}), Axis("alpha", LinearRange{0, 1, 4}),
               Axis("beta", LinearRange{0, 1, 5})};
  spec.lambda_reduction = Reduction::sum;
  spec.ensemble = Ensemble{{}, {10, EveryNth{3}, 1e-6}, std::nullopt};
  return spec;
}

std::vector<std::string> names_of(const std::vector<Dimension>& dimensions) {
  std::vector<std::string> names;
  for (const Dimension& dimension : dimensions) names.push_back(dimension.axis.name());
  return names;
}
using Names = std::vector<std::string>;

TEST(Fields, OfASharedSpectrumHaveAComponentEach) {
  const Spec spec = trajectory_spec();
  const std::vector<Field> fields = fields_of(spec);
  EXPECT_EQ(names_of(array_dimensions(spec, fields[0])), (Names{"alpha", "beta", "step"}));
  EXPECT_EQ(names_of(array_dimensions(spec, fields[1])), (Names{"alpha", "beta", "step", "lambda"}));
  EXPECT_EQ(names_of(array_dimensions(spec, fields[2])), (Names{"alpha", "beta"}));
  EXPECT_EQ(names_of(coordinates_of(spec)), (Names{"alpha", "beta", "step", "lambda"}));
  EXPECT_EQ(fields[1].values_per_cell(), 4 * 3);
  EXPECT_EQ(cell_bytes(fields), 4 * 8 + 12 * 8 + 8 + 1);
  const Grid array = array_grid(make_grid(spec, 10), fields[1]);
  EXPECT_EQ(array.shape, (Index{4, 5, 4, 3}));
  EXPECT_EQ(array.tile_shape, (Index{2, 5, 4, 3}));
  EXPECT_EQ(array.tile_count(), make_grid(spec, 10).tile_count());
}

TEST(Fields, OfEigenvaluesByThemselvesHaveLambdaAmongTheAxes) {
  Spec spec = trajectory_spec();
  spec.lambda_reduction = Reduction::none;
  spec.precision = Precision::float32;
  const std::vector<Field> fields = fields_of(spec);
  EXPECT_EQ(names_of(array_dimensions(spec, fields[1])), (Names{"lambda", "alpha", "beta", "step"}));
  EXPECT_EQ(cell_bytes(fields), 4 * 4 + 4 * 4 + 8 + 1);
  const std::vector<Dimension> coordinates = coordinates_of(spec);
  EXPECT_EQ(coordinates[0].type, ValueType::float32);
  EXPECT_EQ(coordinates[3].type, ValueType::int64);
}

TEST(Fields, StepCoordinatesAreTheRecordedSteps) {
  Spec spec = trajectory_spec();
  for (const std::int64_t last : {1, 9, 10, 11, 1000}) {
    for (const auto& at : std::vector<std::variant<EveryNth, LogSpaced, ListedSteps>>{
             EveryNth{1}, EveryNth{3}, EveryNth{2000}, LogSpaced{7}, ListedSteps{{0, 1}}}) {
      spec.ensemble->record = {last, at, 0};
      const Axis axis = field_of(spec, Quantity::loss).inner[0].axis;
      const Steps steps = recorded_steps(spec.ensemble->record);
      ASSERT_EQ(axis.size(), static_cast<std::int64_t>(steps.size()));
      for (std::size_t i = 0; i < steps.size(); ++i) {
        ASSERT_EQ(axis.value(static_cast<std::int64_t>(i)), static_cast<double>(steps[i]));
      }
    }
  }
}

TEST(Fields, TakeNoMemoryForStepsThatNobodyCouldRecord) {
  Spec spec = trajectory_spec();
  spec.ensemble->record = {most_steps, EveryNth{1}, 0};
  const std::vector<Field> fields = fields_of(spec);
  EXPECT_EQ(fields[1].values_per_cell(), (most_steps + 1) * 3);
  const Grid grid = make_grid(spec);
  EXPECT_EQ(grid.tile_capacity(), 1);
  const Room room = room_for(spec, grid);
  EXPECT_EQ(room.memory, 2 * cell_bytes(fields));
  EXPECT_EQ(room.disk, 20 * cell_bytes(fields));
}

TEST(Fields, TooManyBytesAreRefused) {
  Spec spec = trajectory_spec();
  spec.ensemble->record = {most_steps, EveryNth{1}, 0};
  spec.axes[1] = Axis("alpha", LinearRange{0, 1, 1'000'000'000});
  EXPECT_THROW((void)make_grid(spec), UsageError);
}

TEST(Quantities, StandInTheOrderOfTheEnumWithNamesOfTheirOwn) {
  std::set<std::string_view> names;
  std::size_t place = 0;
  for (const QuantityInfo& info : all_quantities()) {
    EXPECT_EQ(static_cast<std::size_t>(info.quantity), place++);
    EXPECT_EQ(quantity_named(info.name), info.quantity);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.long_name.empty());
    EXPECT_EQ(code_names(info.quantity).empty(), info.storage != Storage::code) << info.name;
    EXPECT_EQ(kind_named(name_of(info.kind)), info.kind);
  }
  EXPECT_EQ(place, static_cast<std::size_t>(Quantity::z_variance_x) + 1);
}

}  // namespace
}  // namespace ravine
