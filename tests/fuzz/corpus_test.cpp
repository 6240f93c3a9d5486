/// \file
/// What the fuzzers begin with, and what they have found, read in every build.
#include <gtest/gtest.h>

#include <filesystem>

#include "io/data_files.hpp"
#include "readers.hpp"

namespace ravine::fuzz {
namespace {

class Corpus : public ::testing::TestWithParam<Reader> {};

TEST_P(Corpus, IsReadOrRefused) {
  int files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(RAVINE_CORPUS) + "/" + std::string(GetParam().name))) {
    const std::string bytes = read_file_bytes(file.path());
    EXPECT_NO_THROW(GetParam().read(bytes)) << file.path();
    ++files;
  }
  EXPECT_GT(files, 3);
}

INSTANTIATE_TEST_SUITE_P(Readers, Corpus, ::testing::ValuesIn(all_readers().begin(), all_readers().end()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace ravine::fuzz
