#include <cmath>
#include <functional>
#include <map>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using i32 = std::int32_t;
using i64 = std::int64_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
std::map<std::string, std::function<bool(T, T)>> comparisons() {
  return {{"eq", std::equal_to<T>()}, {"ne", std::not_equal_to<T>()},  {"lt", std::less<T>()},
          {"gt", std::greater<T>()},  {"ge", std::greater_equal<T>()}, {"le", std::less_equal<T>()}};
}

TEST(PtxSetp, ComparesNumbers) {
  for (const auto& [name, compare] : comparisons<double>()) {
    expect_binary<double>(fmt::format("setp.{}.f64 %p0, %fd1, %fd2;", name), compare);
    expect_binary<double>(fmt::format("setp.{}u.f64 %p0, %fd1, %fd2;", name), compare);
  }
  for (const auto& [name, compare] : comparisons<float>()) {
    expect_binary<float>(fmt::format("setp.{}.f32 %p0, %f1, %f2;", name), compare);
  }
  for (const auto& [name, compare] : comparisons<i32>()) {
    expect_binary<i32>(fmt::format("setp.{}.s32 %p0, %r1, %r2;", name), compare);
  }
  for (const auto& [name, compare] : comparisons<u64>()) {
    expect_binary<u64>(fmt::format("setp.{}.u64 %p0, %rd1, %rd2;", name), compare);
  }
  expect_binary<u16>("setp.lo.u16 %p0, %rs1, %rs2;", std::less<u16>());
  expect_binary<u32>("setp.hs.u32 %p0, %r1, %r2;", std::greater_equal<u32>());
}

TEST(PtxSetp, ANanIsUnordered) {
  for (const char* name : {"eq", "ne", "lt", "le", "gt", "ge", "num"}) {
    EXPECT_FALSE(evaluate<bool>(fmt::format("setp.{}.f64 %p0, %fd1, %fd2;", name), nan, 1.0)) << name;
    EXPECT_FALSE(evaluate<bool>(fmt::format("setp.{}.f64 %p0, %fd1, %fd2;", name), 1.0, nan)) << name;
  }
  for (const char* name : {"equ", "neu", "ltu", "leu", "gtu", "geu", "nan"}) {
    EXPECT_TRUE(evaluate<bool>(fmt::format("setp.{}.f64 %p0, %fd1, %fd2;", name), nan, 1.0)) << name;
    EXPECT_TRUE(evaluate<bool>(fmt::format("setp.{}.f64 %p0, %fd1, %fd2;", name), 1.0, nan)) << name;
  }
  EXPECT_TRUE(evaluate<bool>("setp.num.f64 %p0, %fd1, %fd2;", 1.0, 2.0));
  EXPECT_FALSE(evaluate<bool>("setp.nan.f64 %p0, %fd1, %fd2;", 1.0, 2.0));
}

TEST(PtxSetp, CombinesWithAPredicate) {
  for (const i32 a : {1, 2, 3}) {
    for (const bool p : {false, true}) {
      const bool less = a < 2;
      EXPECT_EQ(evaluate<bool>("setp.lt.and.s32 %p0, %r1, 2, %p2;", a, p), less && p);
      EXPECT_EQ(evaluate<bool>("setp.lt.or.s32 %p0, %r1, 2, %p2;", a, p), less || p);
      EXPECT_EQ(evaluate<bool>("setp.lt.xor.s32 %p0, %r1, 2, !%p2;", a, p), less != !p);
      EXPECT_EQ(evaluate<bool>("setp.lt.and.s32 %p10|%p0, %r1, 2, %p2;", a, p), !less && p);
    }
    EXPECT_EQ(evaluate<bool>("setp.lt.s32 _|%p0, %r1, 2;", a), a >= 2);
  }
}

TEST(PtxSelections, SelpSlctSet) {
  for (const bool p : {false, true}) {
    EXPECT_EQ(evaluate<double>("selp.f64 %fd0, %fd1, %fd2, %p3;", 1.5, 2.5, p), p ? 1.5 : 2.5);
    EXPECT_EQ(evaluate<u32>("selp.u32 %r0, 7, 9, %p1;", p), p ? 7 : 9);
  }
  for (const i32 c : {-1, 0, 1}) {
    EXPECT_EQ(evaluate<float>("slct.f32.s32 %f0, %f1, %f2, %r3;", 1.5F, 2.5F, c), c >= 0 ? 1.5F : 2.5F);
  }
  EXPECT_EQ(evaluate<u32>("slct.u32.f32 %r0, 1, 2, %f1;", -0.0F), 1);
  EXPECT_EQ(evaluate<u32>("slct.u32.f32 %r0, 1, 2, %f1;", std::numeric_limits<float>::quiet_NaN()), 2);
  EXPECT_EQ(evaluate<u32>("set.lt.u32.f64 %r0, %fd1, %fd2;", 1.0, 2.0), 0xFFFFFFFF);
  EXPECT_EQ(evaluate<u32>("set.gt.u32.f64 %r0, %fd1, %fd2;", 1.0, 2.0), 0);
  EXPECT_EQ(evaluate<float>("set.ge.f32.s32 %f0, %r1, 4;", 4), 1);
}

TEST(PtxSelections, PropertiesAndSigns) {
  const std::map<std::string, std::function<bool(double)>> properties = {
      {"finite", [](double x) { return std::isfinite(x); }},
      {"infinite", [](double x) { return std::isinf(x); }},
      {"number", [](double x) { return !std::isnan(x); }},
      {"notanumber", [](double x) { return std::isnan(x); }},
      {"normal", [](double x) { return std::isnormal(x); }},
      {"subnormal", [](double x) { return std::fpclassify(x) == FP_SUBNORMAL; }}};
  for (const auto& [name, has] : properties) {
    const std::string instruction = fmt::format("testp.{}.f64 %p0, %fd1;", name);
    expect_unary<double>(instruction, has);
    EXPECT_EQ(evaluate<bool>(instruction, nan), has(nan)) << name;
  }
  expect_binary<double>("copysign.f64 %fd0, %fd1, %fd2;", [](double a, double b) { return std::copysign(b, a); });
}

TEST(PtxConversions, IntegersToIntegers) {
  expect_unary<i32>("cvt.s64.s32 %rd0, %r1;", [](i32 a) { return i64{a}; });
  expect_unary<u32>("cvt.u64.u32 %rd0, %r1;", [](u32 a) { return u64{a}; });
  expect_unary<u64>("cvt.u32.u64 %r0, %rd1;", [](u64 a) { return static_cast<u32>(a); });
  expect_unary<u32>("cvt.s32.s8 %r0, %r1;", [](u32 a) { return i32{static_cast<std::int8_t>(a)}; });
  expect_unary<u32>("cvt.u32.u8 %r0, %r1;", [](u32 a) { return a & 0xFF; });
  expect_unary<u32>("cvt.s8.s32 %r0, %r1;", [](u32 a) { return i32{static_cast<std::int8_t>(a)}; });
  expect_unary<u16>("cvt.s64.s16 %rd0, %rs1;", [](u16 a) { return i64{static_cast<std::int16_t>(a)}; });
  EXPECT_EQ(evaluate<i32>("cvt.sat.s8.s32 %r0, %r1;", 300), 127);
  EXPECT_EQ(evaluate<i32>("cvt.sat.s8.s32 %r0, %r1;", -300), -128);
  EXPECT_EQ(evaluate<u32>("cvt.sat.u32.s64 %r0, %rd1;", i64{-5}), 0);
  EXPECT_EQ(evaluate<u32>("cvt.sat.u32.s64 %r0, %rd1;", i64{1} << 40), 0xFFFFFFFF);
}

TEST(PtxConversions, IntegersToFloatsRoundToNearest) {
  expect_unary<i32>("cvt.rn.f64.s32 %fd0, %r1;", [](i32 a) { return double(a); });
  expect_unary<u64>("cvt.rn.f64.u64 %fd0, %rd1;", [](u64 a) { return double(a); });
  expect_unary<i64>("cvt.rn.f32.s64 %f0, %rd1;", [](i64 a) { return float(a); });
  expect_unary<u32>("cvt.rn.f32.u32 %f0, %r1;", [](u32 a) { return float(a); });
  expect_unary<u16>("cvt.rn.f32.s16 %f0, %rs1;", [](u16 a) { return float(static_cast<std::int16_t>(a)); });
  EXPECT_EQ(evaluate<double>("cvt.rn.f64.u64 %fd0, %rd1;", (u64{1} << 53) + 1), 0x1p53);
  EXPECT_EQ(evaluate<double>("cvt.rn.f64.u64 %fd0, %rd1;", (u64{1} << 53) + 3), 0x1p53 + 4);
}

TEST(PtxConversions, FloatsToIntegersRoundAsSaid) {
  for (const double a : {2.5, 3.5, -2.5, -3.5, 0.49999999999999994, -0.75, 7.0}) {
    EXPECT_EQ(evaluate<i32>("cvt.rni.s32.f64 %r0, %fd1;", a), std::nearbyint(a));
    EXPECT_EQ(evaluate<i32>("cvt.rzi.s32.f64 %r0, %fd1;", a), std::trunc(a));
    EXPECT_EQ(evaluate<i64>("cvt.rmi.s64.f64 %rd0, %fd1;", a), std::floor(a));
    EXPECT_EQ(evaluate<i64>("cvt.rpi.s64.f64 %rd0, %fd1;", a), std::ceil(a));
    EXPECT_EQ(evaluate<double>("cvt.rni.f64.f64 %fd0, %fd1;", a), std::nearbyint(a));
    EXPECT_EQ(evaluate<float>("cvt.rmi.f32.f32 %f0, %f1;", float(a)), std::floor(float(a)));
  }
}

TEST(PtxConversions, FloatsToIntegersStopAtTheEnds) {
  EXPECT_EQ(evaluate<i32>("cvt.rzi.s32.f64 %r0, %fd1;", 1e20), std::numeric_limits<i32>::max());
  EXPECT_EQ(evaluate<i32>("cvt.rzi.s32.f32 %r0, %f1;", -1e20F), std::numeric_limits<i32>::min());
  EXPECT_EQ(evaluate<u32>("cvt.rzi.u32.f32 %r0, %f1;", -3.0F), 0);
  EXPECT_EQ(evaluate<u64>("cvt.rzi.u64.f64 %rd0, %fd1;", 0x1p64), std::numeric_limits<u64>::max());
  EXPECT_EQ(evaluate<i64>("cvt.rzi.s64.f32 %rd0, %f1;", 0x1p63F), std::numeric_limits<i64>::max());
  EXPECT_EQ(evaluate<u32>("cvt.rzi.u8.f32 %r0, %f1;", 300.0F), 255);
  EXPECT_EQ(evaluate<i32>("cvt.rzi.s32.f32 %r0, %f1;", float(nan)), 0);
  EXPECT_EQ(evaluate<i32>("cvt.rzi.s32.f64 %r0, %fd1;", nan), std::numeric_limits<i32>::min());
  EXPECT_EQ(evaluate<u64>("cvt.rzi.u64.f32 %rd0, %f1;", float(nan)), u64{1} << 63);
}

TEST(PtxConversions, FloatsToFloats) {
  expect_unary<double>("cvt.rn.f32.f64 %f0, %fd1;", [](double a) { return static_cast<float>(a); });
  expect_unary<float>("cvt.f64.f32 %fd0, %f1;", [](float a) { return double{a}; });
  EXPECT_EQ(evaluate<float>("cvt.sat.f32.f32 %f0, %f1;", 1.5F), 1);
  EXPECT_EQ(evaluate<float>("cvt.sat.f32.f32 %f0, %f1;", -1.5F), 0);
  EXPECT_EQ(evaluate<float>("cvt.sat.f32.f32 %f0, %f1;", 0.25F), 0.25F);
}

TEST(PtxConversions, ARoundingThatIsMissingIsRefused) {
  EXPECT_THROW(evaluate<i32>("cvt.s32.f64 %r0, %fd1;", 1.0), ParseError);
  EXPECT_THROW(evaluate<float>("cvt.f32.f64 %f0, %fd1;", 1.0), ParseError);
  EXPECT_THROW(evaluate<float>("cvt.f32.s32 %f0, %r1;", 1), ParseError);
}

TEST(PtxMoves, PackAndUnpack) {
  EXPECT_EQ(evaluate<u64>("mov.b64 %rd0, {%r1, %r2};", 0x11223344U, 0x55667788U), 0x5566778811223344);
  EXPECT_EQ(evaluate<u32>("mov.b64 {%r10, %r0}, %rd1;", u64{0x5566778811223344}), 0x55667788);
  EXPECT_EQ(evaluate<u32>("mov.b64 {%r0, _}, %rd1;", u64{0x5566778811223344}), 0x11223344);
  EXPECT_EQ(evaluate<u16>("mov.b32 {%rs10, %rs0}, %r1;", 0x5566ABCDU), 0x5566);
  EXPECT_EQ(evaluate<double>("mov.b64 %fd0, %rd1;", std::bit_cast<u64>(0.1)), 0.1);
  EXPECT_EQ(evaluate<u32>("mov.b32 %r0, %f1;", 1.0F), 0x3F800000);
  EXPECT_EQ(evaluate<double>("mov.f64 %fd0, 0d3FB999999999999A;"), 0.1);
  EXPECT_EQ(evaluate<float>("mov.f32 %f0, 0.5;"), 0.5F);
}

}  // namespace
}  // namespace ravine::ptx
