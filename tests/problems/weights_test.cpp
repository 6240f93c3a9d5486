#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "error_of.hpp"
#include "ravine/problem.hpp"

namespace ravine {
namespace {

/// A file in the folder of temporary files, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, std::string_view text) : path_(::testing::TempDir() + name) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Values = std::vector<double>;

TEST(Weights, OneNumberIsForAll) {
  EXPECT_EQ(read_weights(0.5, 3, "nowhere"), (Values{0.5, 0.5, 0.5}));
}

TEST(Weights, AFileHasOneForEach) {
  const TemporaryFile file("ravine_weights.csv", "i,b\n0,1\n1,-2.5\n");
  const std::filesystem::path folder = file.path().parent_path();
  const WeightsFile column{file.path().filename().string(), "b"};
  EXPECT_EQ(read_weights(column, 2, folder), (Values{1, -2.5}));
  EXPECT_EQ(data_error_of([&] { (void)read_weights(column, 3, folder); }),
            file.path().string() + ": found 2 values; wanted 3, one for each weight");
}

TEST(Weights, AMissingFileIsAnIoError) {
  EXPECT_THROW((void)read_weights(WeightsFile{"missing.npy", {}}, 1, ::testing::TempDir()), IoError);
}

}  // namespace
}  // namespace ravine
