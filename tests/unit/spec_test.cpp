#include "ravine/spec.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ravine/error.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for every test, gone afterwards.
class SpecTest : public testing::Test {
 protected:
  SpecTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / ("ravine_spec_" + std::to_string(getpid()) + "_" + info->name());
    fs::create_directories(folder_);
  }
  ~SpecTest() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  Spec read(const std::string& text) const { return read_spec(write("map.toml", text)); }

  /// The message of the error that reading `text` ends with, its place without the folder.
  template <class E = UsageError>
  std::string error(const std::string& text) const {
    try {
      (void)read(text);
      return "no error";
    } catch (const E& error) {
      std::string message = error.what();
      const std::string prefix = folder_.string() + "/";
      for (std::size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
        message.erase(at, prefix.size());
      }
      return message;
    } catch (const std::exception& error) {
      return std::string("another type of error: ") + error.what();
    }
  }

  fs::path folder_;
};

/// A good spec's parts, to be put together with a bad one.
const std::string sweep = "[sweep]\nmethod = \"heavy-ball\"\n";
const std::string axes =
    "[axes]\nalpha = { from = 0, to = 4, count = 5 }\nbeta = { values = [0.5] }\nlambda = { values = [1.0] }\n";
/// The same with another alpha, on line 4 of the spec.
std::string with_alpha(const std::string& alpha) {
  return sweep + "[axes]\nalpha = " + alpha + "\nbeta = { values = [0.5] }\nlambda = { values = [1.0] }\n";
}
std::string with_sweep(const std::string& lines) {
  return sweep + lines + "\n" + axes;
}

std::vector<double> values_of(const Axis& axis) {
  std::vector<double> values(static_cast<std::size_t>(axis.size()));
  axis.fill(0, values);
  return values;
}

std::vector<std::string> names_of(const std::vector<Axis>& list) {
  std::vector<std::string> names;
  for (const Axis& axis : list) names.push_back(axis.name());
  return names;
}

using Names = std::vector<std::string>;
using Values = std::vector<double>;

TEST_F(SpecTest, Defaults) {
  const Spec spec = read(sweep + axes);
  EXPECT_EQ(spec.method, Method::heavy_ball);
  EXPECT_EQ(spec.precision, Precision::float64);
  EXPECT_EQ(spec.quantities, std::vector<Quantity>{Quantity::rate});
  EXPECT_EQ(names_of(spec.axes), (Names{"lambda", "alpha", "beta"}));
  EXPECT_EQ(spec.lambda_reduction, Reduction::none);
  EXPECT_EQ(spec.percentiles, (Values{5, 50, 95}));
  EXPECT_EQ(spec.store, "out/map");
  EXPECT_TRUE(spec.inputs.empty());
  EXPECT_EQ(values_of(spec.axes[1]), (Values{0, 1, 2, 3, 4}));
}

TEST_F(SpecTest, Everything) {
  const Spec spec = read(R"([sweep]
method = "heavy-ball"
quantities = ["regime", "rate", "gap"]
precision = "float32"
order = ["beta", "lambda", "alpha"]
[axes]
alpha = { from = 0.001, to = 1e3, count = 7, scale = "log" }
beta = { from = -1, to = 1.0, count = 3, scale = "linear" }
lambda = { values = [3, 1.5] }
[reduce]
lambda = "worst"
[summary]
percentiles = [99.9, 50, 1e-3]
[output]
store = "../elsewhere/map"
)");
  EXPECT_EQ(spec.quantities, (std::vector<Quantity>{Quantity::regime, Quantity::rate, Quantity::gap}));
  EXPECT_EQ(spec.precision, Precision::float32);
  EXPECT_EQ(names_of(spec.axes), (Names{"beta", "lambda", "alpha"}));
  EXPECT_EQ(names_of(map_axes(spec)), (Names{"beta", "alpha"}));
  EXPECT_EQ(values_of(spec.axes[0]), (Values{-1, 0, 1}));
  EXPECT_EQ(values_of(spec.axes[1]), (Values{3, 1.5}));
  EXPECT_EQ(values_of(spec.axes[2]), (Values{1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3}));
  EXPECT_EQ(spec.lambda_reduction, Reduction::worst);
  EXPECT_EQ(spec.percentiles, (Values{99.9, 50, 1e-3}));
  EXPECT_EQ(spec.store, "../elsewhere/map");
}

TEST_F(SpecTest, GradientDescentHasNoBeta) {
  const std::string start = "[sweep]\nmethod = \"gradient-descent\"\n";
  const Spec spec = read(start + "[axes]\nalpha = { values = [1] }\nlambda = { values = [1] }\n");
  EXPECT_EQ(spec.method, Method::gradient_descent);
  EXPECT_EQ(names_of(spec.axes), (Names{"lambda", "alpha"}));
  EXPECT_EQ(error(start + axes),
            "map.toml:5:1: found an axis beta, which gradient-descent does not have; wanted no beta, or method = "
            "\"heavy-ball\"");
}

TEST_F(SpecTest, TablesMayBeWrittenOut) {
  const Spec spec = read(sweep + "[axes.alpha]\nvalues = [1]\n[axes]\nbeta.values = [2]\nlambda.values = [3]\n");
  EXPECT_EQ(values_of(spec.axes[1]), Values{1});
}

TEST_F(SpecTest, FilesAreRelativeToTheSpecAndHashed) {
  write("values.csv", "index,lambda\n0,0.25\n1,4\n");
  write("one.csv", "0.5\n");
  const Spec spec = read(sweep + "[axes]\nalpha = { file = \"values.csv\", column = \"index\" }\n" +
                         "beta = { file = \"one.csv\" }\nlambda = { file = \"values.csv\", column = \"lambda\" }\n");
  EXPECT_EQ(values_of(spec.axes[0]), (Values{0.25, 4}));
  EXPECT_EQ(values_of(spec.axes[1]), (Values{0, 1}));
  EXPECT_EQ(values_of(spec.axes[2]), Values{0.5});
  ASSERT_EQ(spec.inputs.size(), 2U);
  EXPECT_EQ(spec.inputs[0].path, "values.csv");
  EXPECT_EQ(spec.inputs[1].path, "one.csv");
  EXPECT_EQ(spec.inputs[0].hash.size(), 32U);
  EXPECT_NE(spec.inputs[0].hash, spec.inputs[1].hash);
  // xxhsum -H2 of its four bytes.
  EXPECT_EQ(spec.inputs[1].hash, "e2c00e37a75aaa1c025f4786000fd8c5");
}

TEST_F(SpecTest, NpyFiles) {
  std::string npy("\x93NUMPY\x01\0", 8);
  const std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n";
  npy += std::string{static_cast<char>(header.size()), '\0'} + header + std::string("\x01\0\0\0\x03\0\0\0", 8);
  write("values.npy", npy);
  EXPECT_EQ(values_of(read(with_alpha("{ file = \"values.npy\" }")).axes[1]), (Values{1, 3}));
}

TEST_F(SpecTest, SyntaxErrors) {
  EXPECT_EQ(error("[sweep\n").substr(0, 46), "map.toml:1:7: found text that is not TOML: Err");
  EXPECT_EQ(error(sweep + "method = \"heavy-ball\"\n" + axes).substr(0, 44),
            "map.toml:3:10: found text that is not TOML: ");
  EXPECT_NE(error(sweep + "method = \"heavy-ball\"\n" + axes).find("cannot redefine existing string 'method'"),
            std::string::npos);
  EXPECT_NE(error(sweep + sweep + axes).find("map.toml:3:1: found text that is not TOML: "), std::string::npos);
  EXPECT_NE(error(std::string("\xff\xfe\0x", 4)).find("map.toml:1:1: found text that is not TOML"), std::string::npos);
  EXPECT_NE(error(with_alpha("{ values = [1e999] }")).find("map.toml:4:"), std::string::npos);
  EXPECT_NE(error(with_alpha("{ from = 0, to = 1, count = 99999999999999999999 }")).find("not representable in 64"),
            std::string::npos);
  EXPECT_NE(error("x = " + std::string(5000, '[')).find("not TOML"), std::string::npos);
}

TEST_F(SpecTest, UnreadableFile) {
  try {
    (void)read_spec(folder_ / "none.toml");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find((folder_ / "none.toml").string()), std::string::npos) << error.what();
  }
  EXPECT_THROW((void)read_spec(folder_), IoError);
}

TEST_F(SpecTest, MissingTablesAndKeys) {
  EXPECT_EQ(error(""), "map.toml:1:1: found no [sweep]; wanted a table [sweep] with the method");
  EXPECT_EQ(error(sweep), "map.toml:1:1: found no [axes]; wanted a table [axes] with the values to sweep");
  EXPECT_EQ(error("[sweep]\n" + axes),
            "map.toml:1:1: found [sweep] without method; wanted method = \"heavy-ball\" or \"gradient-descent\"");
  EXPECT_EQ(error(sweep + "[axes]\nlambda = { values = [1] }\nbeta = { values = [1] }\n"),
            "map.toml:3:1: found [axes] without alpha; wanted the axes lambda, alpha, beta for heavy-ball");
  EXPECT_EQ(error(sweep + "[axes]\nalpha = { values = [1] }\nbeta = { values = [1] }\n"),
            "map.toml:3:1: found [axes] without lambda; wanted the axes lambda, alpha, beta for heavy-ball");
  EXPECT_EQ(error(sweep + "[axes]\nlambda = { values = [1] }\nalpha = { values = [1] }\n"),
            "map.toml:3:1: found [axes] without beta; wanted the axes lambda, alpha, beta for heavy-ball");
}

TEST_F(SpecTest, UnknownKeys) {
  EXPECT_EQ(error(sweep + axes + "[reduse]\n"),
            "map.toml:7:2: found the unknown key \"reduse\"; wanted \"sweep\", \"axes\", \"problem\", \"spectrum\", "
            "\"reduce\", \"start\", "
            "\"record\", \"noise\", \"histogram\", \"summary\" or \"output\" in the spec (did you mean \"reduce\"?)");
  EXPECT_EQ(error(with_sweep("percision = \"float32\"")),
            "map.toml:3:1: found the unknown key \"percision\"; wanted \"kind\", \"method\", \"quantities\", "
            "\"precision\" or \"order\" in [sweep] (did you mean \"precision\"?)");
  EXPECT_EQ(error(sweep + axes + "gamma = { values = [1] }\n"),
            "map.toml:7:1: found the unknown key \"gamma\"; wanted \"lambda\", \"alpha\" or \"beta\" in [axes]");
  EXPECT_EQ(
      error(with_alpha("{ from = 0, to = 4, cuont = 5 }")),
      "map.toml:4:29: found the unknown key \"cuont\"; wanted \"from\", \"to\", \"count\", \"scale\", \"values\", "
      "\"file\" or \"column\" in axis alpha (did you mean \"count\"?)");
  EXPECT_EQ(error(sweep + axes + "[reduce]\nalpha = \"worst\"\n"),
            "map.toml:8:1: found the unknown key \"alpha\"; wanted \"lambda\" in [reduce]");
  EXPECT_EQ(error(sweep + axes + "[output]\nstor = \"x\"\n"),
            "map.toml:8:1: found the unknown key \"stor\"; wanted \"store\" or \"spectrum\" in [output] (did you mean "
            "\"store\"?)");
}

TEST_F(SpecTest, PartsOfTheFormatThatThisVersionDoesNotHave) {
  EXPECT_EQ(error("[sweep]\nmethod = \"nesterov\"\n" + axes),
            "map.toml:2:10: found the method \"nesterov\", which this version does not have; wanted \"heavy-ball\" or "
            "\"gradient-descent\"");
}

TEST_F(SpecTest, UnknownNames) {
  EXPECT_EQ(error("[sweep]\nmethod = \"heavyball\"\n" + axes),
            "map.toml:2:10: found the unknown method \"heavyball\"; wanted \"heavy-ball\" or \"gradient-descent\" (did "
            "you mean \"heavy-ball\"?)");
  EXPECT_EQ(
      error(with_sweep("quantities = [\"rate\", \"sigma1\"]")),
      "map.toml:3:23: found the unknown quantity \"sigma1\"; wanted \"rate\", \"gap\", \"regime\", \"sigma1_re\", "
      "\"sigma1_im\", \"sigma2_re\" or \"sigma2_im\" (did you mean \"sigma1_re\"?)");
  EXPECT_EQ(error(with_sweep("precision = \"double\"")),
            "map.toml:3:13: found the unknown precision \"double\"; wanted \"float64\" or \"float32\"");
  EXPECT_EQ(error(sweep + axes + "[reduce]\nlambda = \"worse\"\n"),
            "map.toml:8:10: found the unknown reduction \"worse\"; wanted \"worst\" in a sweep of kind rate (did "
            "you mean \"worst\"?)");
  EXPECT_EQ(error(with_alpha("{ from = 1, to = 4, count = 5, scale = \"logarithmic\" }")),
            "map.toml:4:48: found the string \"logarithmic\"; wanted \"linear\" or \"log\"");
}

TEST_F(SpecTest, WrongTypes) {
  EXPECT_EQ(error("sweep = 3\n" + axes), "map.toml:1:9: found the integer 3; wanted [sweep] to be a table");
  EXPECT_EQ(error("[sweep]\nmethod = true\n" + axes),
            "map.toml:2:10: found the boolean true; wanted method to be a string");
  EXPECT_EQ(error(with_sweep("precision = 64")),
            "map.toml:3:13: found the integer 64; wanted precision to be a string");
  EXPECT_EQ(error(with_sweep("quantities = \"rate\"")),
            "map.toml:3:14: found the string \"rate\"; wanted quantities to be an array");
  EXPECT_EQ(error(with_sweep("quantities = [\"rate\", 1.5]")),
            "map.toml:3:23: found the float 1.5; wanted every element of quantities to be a string");
  EXPECT_EQ(error(with_sweep("order = 2026-01-01")), "map.toml:3:9: found a date or time; wanted order to be an array");
  EXPECT_EQ(error(sweep + "axes = [1]\n").substr(0, 12), "map.toml:3:1");
  EXPECT_EQ(error("axes = [1]\n" + sweep), "map.toml:1:8: found an array; wanted [axes] to be a table");
  EXPECT_EQ(error(with_alpha("1.0")),
            "map.toml:4:9: found the float 1; wanted axis alpha to be a table: { from, to, count }, { values } or { "
            "file }");
  EXPECT_EQ(error(with_alpha("{ from = \"0\", to = 1, count = 2 }")),
            "map.toml:4:18: found the string \"0\"; wanted alpha.from to be a number");
  EXPECT_EQ(error(with_alpha("{ from = 0, to = 1, count = 2.0 }")),
            "map.toml:4:37: found the float 2; wanted alpha.count to be an integer");
  EXPECT_EQ(error(with_alpha("{ values = 1 }")),
            "map.toml:4:20: found the integer 1; wanted alpha.values to be an array");
  EXPECT_EQ(error(with_alpha("{ values = [1, \"2\"] }")),
            "map.toml:4:24: found the string \"2\"; wanted every element of alpha.values to be a number");
  EXPECT_EQ(error(with_alpha("{ file = 7 }")), "map.toml:4:18: found the integer 7; wanted alpha.file to be a string");
  EXPECT_EQ(error(sweep + axes + "[reduce]\nlambda = 1\n"),
            "map.toml:8:10: found the integer 1; wanted reduce.lambda to be a string");
  EXPECT_EQ(error(sweep + axes + "[output]\nstore = []\n"),
            "map.toml:8:9: found an empty array; wanted output.store to be a string");
}

TEST_F(SpecTest, EmptyAndRepeated) {
  EXPECT_EQ(error(with_sweep("quantities = []")),
            "map.toml:3:14: found an empty array; wanted quantities to have at least one element");
  EXPECT_EQ(error(with_sweep("quantities = [\"rate\", \"gap\", \"rate\"]")),
            "map.toml:3:30: found \"rate\" twice; wanted each of quantities once");
  EXPECT_EQ(error(with_alpha("{ values = [] }")),
            "map.toml:4:20: found an empty array; wanted alpha.values to have at least one element");
  EXPECT_EQ(error(sweep + axes + "[output]\nstore = \"\"\n"),
            "map.toml:8:9: found the string \"\"; wanted output.store to name a directory");
}

TEST_F(SpecTest, Order) {
  EXPECT_EQ(error(with_sweep("order = [\"lambda\", \"alpha\"]")),
            "map.toml:3:9: found order without \"beta\"; wanted each of the axes lambda, alpha, beta once");
  EXPECT_EQ(error(with_sweep("order = [\"lambda\", \"alpha\", \"lambda\"]")),
            "map.toml:3:29: found \"lambda\" twice; wanted each of order once");
  EXPECT_EQ(error(with_sweep("order = [\"lambda\", \"alpa\", \"beta\"]")),
            "map.toml:3:20: found the unknown axis \"alpa\" in order; wanted each of the axes lambda, alpha, beta once "
            "(did you mean \"alpha\"?)");
}

TEST_F(SpecTest, AxisForms) {
  EXPECT_EQ(error(with_alpha("{}")),
            "map.toml:4:9: found axis alpha without from; wanted from; an axis is { from, to, count }, { values } or { "
            "file }");
  EXPECT_EQ(error(with_alpha("{ from = 0, to = 4 }")),
            "map.toml:4:9: found axis alpha without count; wanted count; an axis is { from, to, count }, { values } or "
            "{ file }");
  EXPECT_EQ(
      error(with_alpha("{ values = [1], count = 1 }")),
      "map.toml:4:25: found the key \"count\" beside \"values\"; wanted one of { from, to, count }, { values } or "
      "{ file }");
  EXPECT_EQ(
      error(with_alpha("{ file = \"x.npy\", scale = \"log\" }")),
      "map.toml:4:27: found the key \"scale\" beside \"file\"; wanted one of { from, to, count }, { values } or { "
      "file }");
}

TEST_F(SpecTest, AxisValues) {
  EXPECT_EQ(error(with_alpha("{ from = 0, to = 4, count = 0 }")),
            "map.toml:4:37: found the integer 0; wanted alpha.count to be at least 1");
  EXPECT_EQ(error(with_alpha("{ from = 0, to = 4, count = -2 }")),
            "map.toml:4:37: found the integer -2; wanted alpha.count to be at least 1");
  EXPECT_EQ(error(with_alpha("{ from = nan, to = 4, count = 3 }")),
            "map.toml:4:18: found the float nan; wanted alpha.from to be finite");
  EXPECT_EQ(error(with_alpha("{ from = 0, to = inf, count = 3 }")),
            "map.toml:4:26: found the float inf; wanted alpha.to to be finite");
  EXPECT_EQ(error(with_alpha("{ values = [1.0, -inf] }")),
            "map.toml:4:26: found the float -inf; wanted every element of alpha.values to be finite");
  EXPECT_EQ(error(with_alpha("{ from = 4, to = 0, count = 3 }")),
            "map.toml:4:9: axis alpha: found from = 4, to = 0; wanted from < to: swap them");
  EXPECT_EQ(error(with_alpha("{ from = 1, to = 1, count = 3 }")),
            "map.toml:4:9: axis alpha: found from = 1, to = 1, count = 3; wanted count = 1 where from = to");
  EXPECT_EQ(error(with_alpha("{ from = -1e308, to = 1e308, count = 3 }")).substr(0, 44),
            "map.toml:4:9: axis alpha: found from = -1e+3");
  EXPECT_EQ(error(with_alpha("{ from = 0.0, to = 4, count = 3, scale = \"log\" }")),
            "map.toml:4:9: axis alpha: found a log range from 0 to 4; wanted both ends above zero, or both below");
}

TEST_F(SpecTest, Float32Overflow) {
  const std::string start = "[sweep]\nmethod = \"heavy-ball\"\nprecision = \"float32\"\n[axes]\nalpha = ";
  const std::string rest = "\nbeta = { values = [0.5] }\nlambda = { values = [1.0] }\n";
  EXPECT_EQ(
      error(start + "{ values = [1, -1e39] }" + rest),
      "map.toml:5:9: found the value -1e+39 on axis alpha; wanted values below 3.4028236e+38 in size, or precision "
      "= \"float64\"");
  EXPECT_EQ(error(start + "{ from = 0, to = 3.5e38, count = 3 }" + rest).substr(0, 46),
            "map.toml:5:9: found the value 3.5e+38 on axis ");
  // FLT_MAX and what rounds to it are fine; half an ulp above it is not.
  EXPECT_EQ(error(start + "{ values = [3.4028234663852886e38, 3.4028235e38] }" + rest), "no error");
  EXPECT_NE(error(start + "{ values = [3.4028235677973366e38] }" + rest), "no error");
  EXPECT_EQ(error(with_alpha("{ values = [1e39] }")), "no error");
}

TEST_F(SpecTest, DataFileErrors) {
  EXPECT_EQ(error(with_alpha("{ file = \"x.txt\" }")),
            "map.toml:4:18: found the string \"x.txt\"; wanted a file name that ends with .csv or .npy");
  const std::string missing = error<IoError>(with_alpha("{ file = \"none.csv\" }"));
  EXPECT_EQ(missing.substr(0, 16), "map.toml:4:18: c");
  EXPECT_NE(missing.find("none.csv"), std::string::npos) << missing;
  EXPECT_NE(missing.find("No such file or directory"), std::string::npos) << missing;
  write("two.csv", "index,lambda\n0,1\n");
  EXPECT_EQ(error(with_alpha("{ file = \"two.csv\" }")),
            "map.toml:4:18: two.csv: found 2 columns; wanted the name of one of them (column = \"...\")");
  EXPECT_EQ(error(with_alpha("{ file = \"two.csv\", column = \"lamda\" }")),
            "map.toml:4:18: two.csv: found the columns \"index,lambda\"; wanted a column \"lamda\" (did you mean "
            "\"lambda\"?)");
  write("bad.csv", "lambda\n1\nx\n");
  EXPECT_EQ(error<DataError>(with_alpha("{ file = \"bad.csv\" }")), "bad.csv:3:1: found \"x\"; wanted a number");
  write("bad.npy", "no");
  EXPECT_EQ(error<DataError>(with_alpha("{ file = \"bad.npy\" }")),
            "bad.npy: found no .npy magic number; wanted a file written by numpy.save");
}

TEST_F(SpecTest, Percentiles) {
  const auto with = [](const std::string& list) { return sweep + axes + "[summary]\npercentiles = " + list + "\n"; };
  EXPECT_TRUE(read(with("[]")).percentiles.empty());
  EXPECT_EQ(read(with("[100, 5e-324]")).percentiles, (Values{100, 5e-324}));
  EXPECT_EQ(read(sweep + axes + "[summary]\n").percentiles, (Values{5, 50, 95}));
  EXPECT_EQ(error(with("[50, 0]")), "map.toml:8:20: found the integer 0; wanted percentiles above 0 and at most 100");
  EXPECT_EQ(error(with("[100.5]")), "map.toml:8:16: found the float 100.5; wanted percentiles above 0 and at most 100");
  EXPECT_EQ(error(with("[nan]")),
            "map.toml:8:16: found the float nan; wanted every element of summary.percentiles to be finite");
  EXPECT_EQ(error(with("[5, 50, 5.0]")),
            "map.toml:8:23: found the percentile 5 twice; wanted each of summary.percentiles once");
  EXPECT_EQ(error(with("50")), "map.toml:8:15: found the integer 50; wanted summary.percentiles to be an array");
  EXPECT_EQ(error(with("[\"50\"]")),
            "map.toml:8:16: found the string \"50\"; wanted every element of summary.percentiles to be a number");
  EXPECT_EQ(error(sweep + axes + "[summary]\npercentile = [5]\n"),
            "map.toml:8:1: found the unknown key \"percentile\"; wanted \"percentiles\" in [summary] (did you mean "
            "\"percentiles\"?)");
  std::string many = "[1";
  for (std::size_t k = 1; k <= most_percentiles; ++k) many += ", 1." + std::to_string(1000 + k);
  EXPECT_EQ(error(with(many + "]")), "map.toml:8:15: found 101 percentiles; wanted at most 100");
}

// They choose what is reported of a map, not the map.
TEST_F(SpecTest, PercentilesAreNotPartOfTheIdentity) {
  const std::string other = sweep + axes + "[summary]\npercentiles = [1]\n";
  EXPECT_EQ(canonical_json(read(other)), canonical_json(read(sweep + axes)));
}

TEST_F(SpecTest, SigmasHaveNoWorstCase) {
  EXPECT_EQ(error(with_sweep("quantities = [\"rate\", \"sigma2_im\"]") + "[reduce]\nlambda = \"worst\"\n"),
            "map.toml:9:10: found a reduction of sigma2_im; wanted only rate, gap and regime among the quantities of a "
            "spec with [reduce]");
}

TEST_F(SpecTest, CanonicalText) {
  const Spec spec = read(R"([sweep]
method = "heavy-ball"
quantities = ["rate", "regime"]
[axes]
alpha = { from = 0.1, to = 1e22, count = 9000000000000000000 }
beta = { from = 1e-3, to = 1, count = 7, scale = "log" }
lambda = { values = [1, -0.0, 0.30000000000000004, 5e-324] }
[reduce]
lambda = "worst"
[output]
store = "x"
)");
  EXPECT_EQ(canonical_json(spec),
            R"({"axes":[{"name":"lambda","values":[1.0,-0.0,0.30000000000000004,5e-324]},)"
            R"({"count":9000000000000000000,"from":0.1,"name":"alpha","scale":"linear","to":1e+22},)"
            R"({"count":7,"from":0.001,"name":"beta","scale":"log","to":1.0}],"inputs":[],"method":"heavy-ball",)"
            R"("precision":"float64","quantities":["rate","regime"],"reduce":{"lambda":"worst"}})");
}

TEST_F(SpecTest, CanonicalTextIsTheSameForTheSameMeaning) {
  const std::string text = canonical_json(read(sweep + axes));
  EXPECT_EQ(canonical_json(read(axes + sweep)), text);
  EXPECT_EQ(canonical_json(read(with_sweep("order = [\"lambda\", \"alpha\", \"beta\"]\nprecision = \"float64\""))),
            text);
  EXPECT_EQ(canonical_json(read(with_alpha("{ count = 5, from = 0.0, to = 4e0, scale = \"linear\" }"))), text);
  EXPECT_NE(canonical_json(read(with_alpha("{ from = 0, to = 4, count = 6 }"))), text);
}

TEST_F(SpecTest, CanonicalTextGoesThereAndBack) {
  write("values.csv", "0.1\n1e-300\n");
  for (const std::string& text :
       {sweep + axes, with_sweep("precision = \"float32\"\nquantities = [\"sigma1_re\", \"sigma2_im\", \"gap\"]"),
        with_sweep("order = [\"beta\", \"alpha\", \"lambda\"]") + "[reduce]\nlambda = \"worst\"\n",
        with_alpha("{ file = \"values.csv\" }"), with_alpha("{ from = -8, to = -1e-7, count = 99, scale = \"log\" }"),
        std::string("[sweep]\nmethod = \"gradient-descent\"\n[axes]\nalpha = { values = [1] }\nlambda = { values = "
                    "[2] }\n")}) {
    const Spec spec = read(text);
    const Spec back = spec_from_canonical_json(canonical_json(spec));
    EXPECT_EQ(canonical_json(back), canonical_json(spec));
    EXPECT_EQ(back.method, spec.method);
    EXPECT_EQ(back.precision, spec.precision);
    EXPECT_EQ(back.quantities, spec.quantities);
    EXPECT_EQ(back.lambda_reduction, spec.lambda_reduction);
    EXPECT_EQ(names_of(back.axes), names_of(spec.axes));
    for (std::size_t i = 0; i < spec.axes.size(); ++i) EXPECT_EQ(values_of(back.axes[i]), values_of(spec.axes[i]));
    ASSERT_EQ(back.inputs.size(), spec.inputs.size());
    if (!spec.inputs.empty()) {
      EXPECT_EQ(back.inputs[0].path, "values.csv");
      EXPECT_EQ(back.inputs[0].hash, spec.inputs[0].hash);
    }
    EXPECT_TRUE(back.store.empty());
  }
}

TEST_F(SpecTest, OtherTextIsNotCanonical) {
  const std::string good = canonical_json(read(sweep + axes));
  EXPECT_NO_THROW((void)spec_from_canonical_json(good));
  const auto replaced = [&good](const std::string& from, const std::string& to) {
    const std::size_t at = good.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return std::string(good).replace(at, from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"), good + " ", good.substr(1),
        replaced("\"count\":5", "\"count\":5.0"), replaced("\"count\":5", "\"count\":0"),
        replaced("\"to\":4.0", "\"to\":4"), replaced("\"to\":4.0", "\"to\":null"), replaced("4.0", "-4.0"),
        replaced("heavy-ball", "light-ball"), replaced("\"alpha\"", "\"gamma\""), replaced("[\"rate\"]", "[]"),
        replaced("\"linear\"", "\"cubic\""), replaced("{\"axes\"", "{\"a\":1,\"axes\""), replaced("[0.5]", "[]"),
        replaced("\"reduce\":{}", "\"reduce\":{\"lambda\":\"best\"}")}) {
    EXPECT_THROW((void)spec_from_canonical_json(text), DataError) << text;
  }
}

TEST(Names, GoThereAndBack) {
  for (const Method method : {Method::heavy_ball, Method::gradient_descent}) {
    EXPECT_EQ(method_named(name_of(method)), method);
  }
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    EXPECT_EQ(precision_named(name_of(precision)), precision);
  }
  for (const Quantity quantity : {Quantity::rate, Quantity::gap, Quantity::regime, Quantity::sigma1_re,
                                  Quantity::sigma1_im, Quantity::sigma2_re, Quantity::sigma2_im}) {
    EXPECT_EQ(quantity_named(name_of(quantity)), quantity);
  }
  EXPECT_EQ(name_of(Method::heavy_ball), "heavy-ball");
  EXPECT_EQ(name_of(Quantity::sigma2_im), "sigma2_im");
  EXPECT_FALSE(method_named("Heavy-Ball"));
  EXPECT_FALSE(precision_named(""));
  EXPECT_FALSE(quantity_named("rate "));
}

}  // namespace
}  // namespace ravine
