// Frozen spectra: what is written is read back, and nothing else is.
#include "ravine/spectrum_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "io/files.hpp"
#include "plot/gnuplot.hpp"
#include "ravine/conditioning.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const char* const attributes = R"({"title": "a test", "kind": "matrix", "solver": "by hand", "n": 3, "nonzeros": 3,
  "components": 3, "kernel": 0, "zero_tolerance": 1e-15, "notes": ["none"], "checks": {"residual": 1e-16,
  "orthogonality": null, "trace": 0, "frobenius": 0, "tolerance": 1e-13}})";

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no DataError";
}

class SpectrumStoreTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path place() const { return folder_.path() / "spectrum"; }
  [[nodiscard]] fs::path record() const { return place() / ".ravine" / "spectrum.json"; }
  SpectrumStore make() const {
    return SpectrumStore::create(place(), "identity", [] {
      return SpectrumContent{
          attributes,
          {{"mode", {"mode"}, {3}, "number", std::vector<std::int64_t>{1, 2, 3}},
           {"eigenvalue", {"mode"}, {3}, "eigenvalue", std::vector<double>{0.5, 1, 2}},
           {"eigenvalue_bound", {"mode"}, {3}, "bound", std::vector<double>{1e-16, 1e-16, 1e-16}},
           {"eigenvector", {"mode", "weight"}, {3, 2}, "eigenvector", std::vector<double>{1, 2, 3, 4, 5, 6}}}};
    });
  }
  void write_record(const std::string& text) const { std::ofstream(record(), std::ios::binary) << text; }
  /// The record with a change, under the checksum that belongs to it.
  void change_record(const std::function<void(Json&)>& change) const {
    Json json = Json::parse(detail::read_text(record()).value());
    json.erase("checksum");
    change(json);
    json["checksum"] = detail::checksum_of(json.dump());
    write_record(json.dump() + "\n");
  }
  [[nodiscard]] std::string error_on_opening() const {
    return error_of([this] { static_cast<void>(SpectrumStore::open(place())); });
  }

  detail::TemporaryFolder folder_;
};

TEST_F(SpectrumStoreTest, GivesBackWhatItWasGiven) {
  make();
  const SpectrumStore store = SpectrumStore::open(place());
  EXPECT_EQ(store.identity(), "identity");
  EXPECT_EQ(store.attributes(), Json::parse(attributes).dump());
  EXPECT_EQ(store.arrays(), (std::vector<std::string>{"mode", "eigenvalue", "eigenvalue_bound", "eigenvector"}));
  EXPECT_EQ(store.numbers("eigenvalue"), (std::vector<double>{0.5, 1, 2}));
  EXPECT_EQ(store.integers("mode"), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(store.shape("eigenvector"), (std::vector<std::int64_t>{3, 2}));
  EXPECT_FALSE(store.has("solution"));
  EXPECT_TRUE(store.damage().empty());
}

TEST_F(SpectrumStoreTest, RefusesWhatIsDamagedOrTaken) {
  const SpectrumStore store = make();
  EXPECT_THROW(make(), StoreBusyError);
  EXPECT_THROW(static_cast<void>(store.numbers("mode")), DataError);
  EXPECT_THROW(static_cast<void>(store.numbers("none")), DataError);
  {
    std::fstream file(place() / "eigenvalue" / "0", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(9);
    file.put('\x40');
  }
  EXPECT_THROW(static_cast<void>(store.numbers("eigenvalue")), DataError);
  EXPECT_EQ(store.damage().size(), 1U);
  write_record("{}");
  EXPECT_THROW(static_cast<void>(SpectrumStore::open(place())), DataError);
  fs::remove_all(place());
  EXPECT_THROW(static_cast<void>(SpectrumStore::open(place())), DataError);
}

TEST_F(SpectrumStoreTest, AnotherShapeThanIsWantedIsAnError) {
  const SpectrumStore store = make();
  EXPECT_EQ(store.numbers("eigenvector", {3, 2}), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  for (const std::vector<std::int64_t>& shape : std::vector<std::vector<std::int64_t>>{{2, 3}, {6}, {}}) {
    const std::string found = error_of([&] { static_cast<void>(store.numbers("eigenvector", shape)); });
    EXPECT_NE(found.find("the array 'eigenvector'"), std::string::npos) << found;
    EXPECT_NE(found.find("has the shape 3 x 2, wanted"), std::string::npos) << found;
  }
}

TEST_F(SpectrumStoreTest, TheWholeTextOfTheRecordIsSealed) {
  make();
  const std::string text = detail::read_text(record()).value();
  change_record([](Json&) {});
  EXPECT_EQ(error_on_opening(), "no DataError");
  for (const std::string& other : {text + " ", " " + text, text.substr(0, text.size() - 1)}) {
    write_record(other);
    EXPECT_NE(error_on_opening().find("its checksum is not that of its content"), std::string::npos) << other;
  }
}

TEST_F(SpectrumStoreTest, DeepNestingIsDamage) {
  make();
  const std::string open(500'000, '[');
  for (const std::string& text : {open, open + std::string(open.size(), ']'), "{\"attributes\": " + open}) {
    write_record(text);
    EXPECT_NE(error_on_opening().find("spectrum.json' is damaged: it is not JSON, or nested too deep"),
              std::string::npos);
  }
}

TEST_F(SpectrumStoreTest, DeepNestingOfTheMetadataIsDamage) {
  make();
  const std::string metadata = "{\"metadata\": {\"a\": " + std::string(500'000, '[') + std::string(500'000, ']') + "}}";
  std::ofstream(place() / ".zmetadata", std::ios::binary) << metadata;
  change_record([&](Json& json) { json["metadata_checksum"] = detail::checksum_of(metadata); });
  const std::vector<std::string> damage = SpectrumStore::open(place()).damage();
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_NE(damage[0].find("it is no metadata"), std::string::npos) << damage[0];
}

TEST_F(SpectrumStoreTest, AShapeThatNoArrayHasIsDamage) {
  make();
  const auto error_with = [this](const Json& shape) {
    change_record([&shape](Json& json) { json["arrays"][3]["shape"] = shape; });
    return error_on_opening();
  };
  EXPECT_EQ(error_with({3, 2}), "no DataError");
  const std::int64_t huge = std::int64_t{1} << 40;
  for (const Json& shape : std::vector<Json>{Json::array({-5}), Json::array({huge, huge}), Json::array({0, -1}),
                                             Json::array({std::int64_t{1} << 58}), Json::array({~std::uint64_t{0}}),
                                             Json::array({2.5}), Json::array({3, 2, 1}), Json::array(), Json("3")}) {
    EXPECT_NE(error_with(shape).find("spectrum.json' is damaged"), std::string::npos) << shape;
  }
}

TEST_F(SpectrumStoreTest, AShapeOfMoreThanIsThereIsDamageBeforeMemoryIsTaken) {
  make();
  const std::int64_t huge = std::int64_t{1} << 40;
  for (const Json& shape : std::vector<Json>{{huge}, {3, huge}, {huge, 3}}) {
    change_record([&shape](Json& json) { json["arrays"][3]["shape"] = shape; });
    const SpectrumStore store = SpectrumStore::open(place());
    EXPECT_NE(error_of([&] { static_cast<void>(store.numbers("eigenvector")); }).find("is damaged"), std::string::npos);
    EXPECT_EQ(store.damage().size(), 1U);
  }
}

TEST_F(SpectrumStoreTest, ArraysThatNoReaderCouldTakeAreDamage) {
  make();
  const std::string text = detail::read_text(record()).value();
  for (const auto& change : std::vector<std::function<void(Json&)>>{
           [](Json& json) { json["arrays"][3]["name"] = "../elsewhere"; },
           [](Json& json) { json["arrays"][3]["dtype"] = "<f4"; },
           [](Json& json) { json["arrays"][0]["shape"] = {2}; },
           [](Json& json) { json["arrays"][0]["name"] = "other"; },
           [](Json& json) { json["attributes"]["n"] = 2; },
           [](Json& json) { json["arrays"] = 1; },
       }) {
    write_record(text);
    change_record(change);
    EXPECT_NE(error_on_opening().find("spectrum.json' is damaged"), std::string::npos);
  }
}

TEST_F(SpectrumStoreTest, AttributesThatRavineReadsAreThereAndOfTheirTypes) {
  EXPECT_EQ(conditioning_of(make()).kappa, 4);
  const std::string text = detail::read_text(record()).value();
  const auto expect_damage = [&](const std::function<void(Json&)>& change, const std::string& what) {
    write_record(text);
    change_record([&](Json& json) { change(json["attributes"]); });
    EXPECT_NE(error_on_opening().find("spectrum.json' is damaged"), std::string::npos) << what;
  };
  expect_damage([](Json& all) { all = Json::object(); }, "{}");
  expect_damage([](Json& all) { all = Json::array({1}); }, "[1]");
  const Json given = Json::parse(attributes);
  for (const auto& [key, value] : given.items()) {
    expect_damage([key = key](Json& all) { all.erase(key); }, "without " + key);
    expect_damage([key = key](Json& all) { all[key] = Json::array({1}); }, key);
    expect_damage([key = key](Json& all) { all[key] = nullptr; }, key);
  }
  for (const auto& [key, value] : given.at("checks").items()) {
    expect_damage([key = key](Json& all) { all["checks"].erase(key); }, "without " + key);
    expect_damage([key = key](Json& all) { all["checks"][key] = "small"; }, key);
  }
  expect_damage([](Json& all) { all["positive_beyond_kernel"] = 1; }, "positive_beyond_kernel");
  expect_damage([](Json& all) { all["kernel"] = 4; }, "kernel");
  expect_damage([](Json& all) { all["kernel"] = -1; }, "kernel");
  expect_damage([](Json& all) { all["n"] = 3.0; }, "n");
  expect_damage([](Json& all) { all["zero_tolerance"] = -1; }, "zero_tolerance");
}

TEST_F(SpectrumStoreTest, NothingIsWrittenThatCouldNotBeOpened) {
  EXPECT_THROW(static_cast<void>(SpectrumStore::create(place(), "identity",
                                                       [] {
                                                         return SpectrumContent{"{}", {}};
                                                       })),
               DataError);
  EXPECT_FALSE(fs::exists(place()));
}

}  // namespace
}  // namespace ravine
