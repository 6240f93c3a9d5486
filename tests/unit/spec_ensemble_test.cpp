// Specs of ensembles: every key is read, and the canonical form gives all of it back. Refusals: tests/cli.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ravine/error.hpp"
#include "ravine/spec.hpp"
#include "store_fixture.hpp"

namespace ravine {
namespace {

class SpecOfEnsembles : public test::StoreFolder {
 protected:
  [[nodiscard]] Spec read(const std::string& text) const {
    test::write_text(folder_ / "study.toml", text);
    return read_spec(folder_ / "study.toml");
  }
};

const std::string axes =
    "[axes]\nalpha = { from = 0, to = 4, count = 5 }\nbeta = { values = [0.5] }\nlambda = { values = [1, 2] }\n";

std::string sweep(const std::string& kind) {
  return "[sweep]\nkind = \"" + kind + "\"\nmethod = \"heavy-ball\"\n";
}

const std::string everything =
    sweep("noise") + "quantities = [\"mean_loss\", \"histogram\", \"z_mean_x\"]\n" + axes + R"(
[reduce]
lambda = "sum"
[start]
x = [1, -2.5]
y = 0.125
[record]
steps = 100
at = { log = 7 }
tolerance = 1e-3
[noise]
variance = [0.5, 0]
replicates = 1000
first_replicate = 4294966296
seed = 9223372036854775807
common_random_numbers = true
[histogram]
from = 0.3
to = 5
bins_per_octave = 16
quantiles = [0.25]
)";

void expect_everything(const Spec& spec) {
  EXPECT_EQ(spec.kind, Kind::noise);
  EXPECT_EQ(spec.lambda_reduction, Reduction::sum);
  EXPECT_EQ(spec.quantities, (std::vector{Quantity::mean_loss, Quantity::histogram, Quantity::z_mean_x}));
  ASSERT_TRUE(spec.ensemble && spec.ensemble->noise);
  const Ensemble& ensemble = *spec.ensemble;
  EXPECT_EQ(ensemble.start.x, (std::vector<double>{1, -2.5}));
  EXPECT_EQ(ensemble.start.y, (std::vector<double>{0.125}));
  EXPECT_EQ(ensemble.record.steps, 100);
  EXPECT_EQ(std::get<LogSpaced>(ensemble.record.at).count, 7);
  EXPECT_EQ(ensemble.record.tolerance, 1e-3);
  const Noise& noise = *ensemble.noise;
  EXPECT_EQ(noise.variance, (std::vector<double>{0.5, 0}));
  EXPECT_EQ(noise.replicates, 1000);
  EXPECT_EQ(noise.first_replicate, most_replicates - 1000);
  EXPECT_EQ(noise.seed, INT64_MAX);
  EXPECT_TRUE(noise.common_random_numbers);
  // The powers of two around the range.
  EXPECT_EQ(noise.histogram.from, -2);
  EXPECT_EQ(noise.histogram.to, 3);
  EXPECT_EQ(noise.histogram.bits_per_octave, 4);
  EXPECT_EQ(noise.histogram.quantiles, std::vector<double>{0.25});
}

TEST_F(SpecOfEnsembles, EveryKeyIsReadAndKept) {
  const Spec spec = read(everything);
  expect_everything(spec);
  expect_everything(spec_from_canonical_json(canonical_json(spec)));
}

TEST_F(SpecOfEnsembles, Defaults) {
  const Spec spec = read(sweep("trajectory") + axes + "[record]\nsteps = 10\n");
  EXPECT_EQ(spec.quantities, (std::vector{Quantity::loss, Quantity::status}));
  EXPECT_EQ(spec.lambda_reduction, Reduction::none);
  EXPECT_EQ(spec.ensemble->start.x, std::vector<double>{1});
  EXPECT_EQ(spec.ensemble->start.y, std::vector<double>{0});
  EXPECT_EQ(std::get<EveryNth>(spec.ensemble->record.at).n, 1);
  EXPECT_EQ(spec.ensemble->record.tolerance, 1e-6);
  EXPECT_FALSE(spec.ensemble->noise);

  const Spec study = read(sweep("noise") + axes + "[record]\nsteps = 10\n[noise]\nvariance = 1\nreplicates = 5\n");
  EXPECT_EQ(study.quantities,
            (std::vector{Quantity::mean_loss, Quantity::standard_error_loss, Quantity::expected_loss}));
  const Noise& noise = *study.ensemble->noise;
  EXPECT_EQ(noise.first_replicate, 0);
  EXPECT_EQ(noise.seed, 0);
  EXPECT_FALSE(noise.common_random_numbers);
  EXPECT_EQ(noise.histogram.from, -64);
  EXPECT_EQ(noise.histogram.to, 64);
  EXPECT_EQ(noise.histogram.bits_per_octave, 3);
  EXPECT_EQ(noise.histogram.quantiles, (std::vector<double>{0.05, 0.5, 0.95}));
  EXPECT_FALSE(read("[sweep]\nmethod = \"heavy-ball\"\n" + axes).ensemble);
}

TEST_F(SpecOfEnsembles, FormsOfRecordedSteps) {
  const auto recorded = [this](const std::string& at) {
    const Spec spec = read(sweep("trajectory") + axes + "[record]\nsteps = 10\nat = " + at + "\n");
    const Spec back = spec_from_canonical_json(canonical_json(spec));
    EXPECT_EQ(recorded_steps(back.ensemble->record), recorded_steps(spec.ensemble->record)) << at;
    return recorded_steps(spec.ensemble->record);
  };
  using Steps = std::vector<std::int64_t>;
  EXPECT_EQ(recorded("\"every\"").size(), 11U);
  EXPECT_EQ(recorded("{ every = 4 }"), (Steps{0, 4, 8}));
  EXPECT_EQ(recorded("{ log = 2 }"), (Steps{1, 10}));
  EXPECT_EQ(recorded("[0, 7, 10]"), (Steps{0, 7, 10}));
}

/// What differs makes another store.
TEST_F(SpecOfEnsembles, EveryKeyBelongsToTheIdentity) {
  const std::string good = canonical_json(read(everything));
  for (const auto& [old, changed] :
       std::vector<std::pair<std::string, std::string>>{{"-2.5", "2.5"},
                                                        {"0.125", "0"},
                                                        {"steps = 100", "steps = 99"},
                                                        {"log = 7", "log = 8"},
                                                        {"1e-3", "2e-3"},
                                                        {"[0.5, 0]", "[0.5, 1]"},
                                                        {"replicates = 1000", "replicates = 999"},
                                                        {"4294966296", "0"},
                                                        {"9223372036854775807", "1"},
                                                        {"true", "false"},
                                                        {"from = 0.3", "from = 0.1"},
                                                        {"to = 5", "to = 9"},
                                                        {"= 16", "= 8"},
                                                        {"[0.25]", "[0.5]"}}) {
    std::string text = everything;
    text.replace(text.rfind(old), old.size(), changed);
    EXPECT_NE(canonical_json(read(text)), good) << changed;
  }
}

TEST_F(SpecOfEnsembles, ADamagedCanonicalFormIsNoSpec) {
  const std::string good = canonical_json(read(everything));
  for (const std::string part : {"\"steps\":100", "\"replicates\":1000", "\"seed\":9223372036854775807",
                                 "\"record\":", "\"noise\":", "\"variance\":", "\"start\":", "\"kind\":\"noise\""}) {
    std::string text = good;
    ASSERT_NE(text.find(part), std::string::npos) << part;
    text.replace(text.find(part), part.size(), part.back() == ':' ? "\"other\":" : "\"other\":1");
    EXPECT_THROW((void)spec_from_canonical_json(text), DataError) << part;
  }
}

}  // namespace
}  // namespace ravine
