#include "problem/picture.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"

namespace ravine {
namespace {

using Values = std::vector<std::uint16_t>;
using namespace std::string_literals;

Picture read(const std::string& bytes) {
  return parse_pgm(bytes, "a.pgm");
}
std::string error_in(const std::string& bytes) {
  return data_error_of([&] { (void)read(bytes); });
}

TEST(Picture, PlainAndRawAreTheSame) {
  const Picture plain = read("P2\n# a comment\n3 2\n255 # white\n0 1 2\n253\t254 255\n");
  EXPECT_EQ(plain.columns, 3);
  EXPECT_EQ(plain.rows, 2);
  EXPECT_EQ(plain.maximum, 255);
  EXPECT_EQ(plain.values, (Values{0, 1, 2, 253, 254, 255}));
  const Picture raw = read("P5 3 2 255\n\x00\x01\x02\xfd\xfe\xff"s);
  EXPECT_EQ(raw.columns, 3);
  EXPECT_EQ(raw.values, plain.values);
}

TEST(Picture, SixteenBitsAreBigEndian) {
  EXPECT_EQ(read("P5 2 1 65535\n\x01\x02\xff\xfe"s).values, (Values{0x102, 0xfffe}));
  EXPECT_EQ(read("P2 2 1 65535 258 65534").values, (Values{0x102, 0xfffe}));
}

TEST(Picture, RawValuesMayLookLikeWhiteSpaceAndComments) {
  EXPECT_EQ(read("P5 2 1 255\n\n#").values, (Values{'\n', '#'}));
}

TEST(PictureErrors, Header) {
  EXPECT_EQ(error_in(""), "a.pgm:1:1: found \"\"; wanted a PGM file, which begins with P2 or P5");
  EXPECT_EQ(error_in("P6 1 1 255\n"), "a.pgm:1:1: found \"P6\"; wanted a PGM file, which begins with P2 or P5");
  EXPECT_EQ(error_in("P22 1 1 255\n"), "a.pgm:1:1: found \"P22\"; wanted P2 or P5");
  EXPECT_EQ(error_in("P2\n"), "a.pgm:2:1: found the end of the file; wanted the picture's width, from 1 to 2147483647");
  EXPECT_EQ(error_in("P2\n-1 1 255 0\n"), "a.pgm:2:1: found \"-1\"; wanted the picture's width, from 1 to 2147483647");
  EXPECT_EQ(error_in("P2\n1 x 255 0\n"), "a.pgm:2:3: found \"x\"; wanted the picture's height, from 1 to 2147483647");
  EXPECT_EQ(error_in("P5\n1 1\n65536\n  "),
            "a.pgm:3:1: found \"65536\"; wanted the greatest grey value, from 1 to 65535");
  EXPECT_EQ(error_in("P5 1 1 255"), "a.pgm:1:11: found the end of the file; wanted one white space and the values");
  EXPECT_EQ(error_in("P5 1 1 255#x"), "a.pgm:1:11: found \"#x\"; wanted one white space and the values");
}

TEST(PictureErrors, Values) {
  EXPECT_EQ(error_in("P2\n2 1 9\n5 10\n"), "a.pgm:3:3: found \"10\"; wanted a grey value, from 0 to 9");
  EXPECT_EQ(error_in("P2\n2 1 9\n5 x\n"), "a.pgm:3:3: found \"x\"; wanted a grey value, from 0 to 9");
  EXPECT_EQ(error_in("P2\n2 1 9\n5      "), "a.pgm:3:8: found the end of the file; wanted a grey value, from 0 to 9");
  EXPECT_EQ(error_in("P2\n2 1 9\n5 5 5"), "a.pgm:3:5: found \"5\" after 2 x 1 values; wanted the end of the file");
  EXPECT_EQ(error_in("P5\n2 2 9\n\x01\x02\x03\x0a"s),
            "a.pgm: found 10 at row 1, column 1; wanted at most the maximum, 9");
  EXPECT_EQ(error_in("P5\n2 2 9\n\x01\x02\x03"s), "a.pgm:3:1: found 3 bytes of values; wanted 2 x 2 values of 1 bytes");
  EXPECT_EQ(error_in("P5\n2 2 999\n\x01\x02\x03\x01\x01"s),
            "a.pgm:3:1: found 5 bytes of values; wanted 2 x 2 values of 2 bytes");
}

TEST(PictureErrors, HugeHeadersAreRefusedBeforeAnythingIsAllocated) {
  EXPECT_EQ(error_in("P2\n2147483647 2147483647 9\n1 1\n"),
            "a.pgm:2:24: found 5 bytes for 2147483647 x 2147483647 values; wanted a whole file");
  EXPECT_EQ(error_in("P5\n2147483647 2147483647 9\n11"),
            "a.pgm:3:1: found 2 bytes of values; wanted 2147483647 x 2147483647 values of 1 bytes");
}

}  // namespace
}  // namespace ravine
