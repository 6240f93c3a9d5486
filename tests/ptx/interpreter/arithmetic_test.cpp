#include <cmath>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
__extension__ using i128 = __int128;
__extension__ using u128 = unsigned __int128;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr float nan_f = std::numeric_limits<float>::quiet_NaN();

TEST(PtxFloats, AddSubMulDivAreTheHosts) {
  expect_binary<double>("add.rn.f64 %fd0, %fd1, %fd2;", [](double a, double b) { return a + b; });
  expect_binary<double>("sub.f64 %fd0, %fd1, %fd2;", [](double a, double b) { return a - b; });
  expect_binary<double>("mul.rn.f64 %fd0, %fd1, %fd2;", [](double a, double b) { return a * b; });
  expect_binary<double>("div.rn.f64 %fd0, %fd1, %fd2;", [](double a, double b) { return a / b; });
  expect_binary<float>("add.rn.f32 %f0, %f1, %f2;", [](float a, float b) { return a + b; });
  expect_binary<float>("sub.rn.f32 %f0, %f1, %f2;", [](float a, float b) { return a - b; });
  expect_binary<float>("mul.rn.f32 %f0, %f1, %f2;", [](float a, float b) { return a * b; });
  expect_binary<float>("div.rn.f32 %f0, %f1, %f2;", [](float a, float b) { return a / b; });
}

TEST(PtxFloats, FmaRoundsOnce) {
  expect_binary<double>("fma.rn.f64 %fd0, %fd1, %fd2, 0d3FB999999999999A;",
                        [](double a, double b) { return std::fma(a, b, 0.1); });
  expect_binary<float>("fma.rn.f32 %f0, %f1, %f2, 0f3DCCCCCD;", [](float a, float b) { return std::fma(a, b, 0.1F); });
  const double e = std::numeric_limits<double>::epsilon();
  EXPECT_EQ(evaluate<double>("fma.rn.f64 %fd0, %fd1, %fd2, %fd3;", 1 + e, 1 - e, -1.0), -e * e);
}

TEST(PtxFloats, SqrtAndReciprocalAreRounded) {
  expect_unary<double>("sqrt.rn.f64 %fd0, %fd1;", [](double a) { return std::sqrt(a); });
  expect_unary<float>("sqrt.rn.f32 %f0, %f1;", [](float a) { return std::sqrt(a); });
  expect_unary<double>("rcp.rn.f64 %fd0, %fd1;", [](double a) { return 1 / a; });
  expect_unary<float>("rcp.rn.f32 %f0, %f1;", [](float a) { return 1 / a; });
}

TEST(PtxFloats, NegAndAbsTouchTheSignAlone) {
  expect_unary<double>("neg.f64 %fd0, %fd1;", [](double a) { return -a; });
  expect_unary<float>("abs.f32 %f0, %f1;", [](float a) { return std::fabs(a); });
  const u64 odd_nan = 0x7FF123456789ABCD;
  EXPECT_EQ(evaluate<u64>("mov.b64 %fd10, %rd1; neg.f64 %fd10, %fd10; mov.b64 %rd0, %fd10;", odd_nan),
            odd_nan | u64{1} << 63);
}

TEST(PtxFloats, MinAndMaxPreferNumbersAndOrderZeros) {
  expect_binary<double>("min.f64 %fd0, %fd1, %fd2;",
                        [](double a, double b) { return a == b ? (std::signbit(a) ? a : b) : (a < b ? a : b); });
  expect_binary<float>("max.f32 %f0, %f1, %f2;",
                       [](float a, float b) { return a == b ? (std::signbit(a) ? b : a) : (a > b ? a : b); });
  EXPECT_EQ(evaluate<double>("min.f64 %fd0, %fd1, %fd2;", nan, 3.0), 3);
  EXPECT_EQ(evaluate<double>("max.f64 %fd0, %fd1, %fd2;", -infinity, nan), -infinity);
  EXPECT_TRUE(std::isnan(evaluate<double>("max.f64 %fd0, %fd1, %fd2;", nan, nan)));
}

TEST(PtxFloats, AFloatNanIsTheDevicesOwn) {
  const auto bits = evaluate<u32>("add.rn.f32 %f10, %f1, %f2; mov.b32 %r0, %f10;", -nan_f, 1.0F);
  EXPECT_EQ(bits, 0x7FFFFFFF);
}

TEST(PtxFloats, WhatIsNotIeeeIsRefused) {
  for (const char* instruction :
       {"div.approx.f32 %f0, %f1, %f2;", "div.full.f32 %f0, %f1, %f2;", "add.ftz.f32 %f0, %f1, %f2;",
        "add.rz.f64 %fd0, %fd1, %fd2;", "fma.rp.f64 %fd0, %fd1, %fd2, %fd3;", "sqrt.approx.f32 %f0, %f1;",
        "rsqrt.approx.f64 %fd0, %fd1;", "sin.approx.f32 %f0, %f1;", "ex2.approx.f32 %f0, %f1;",
        "mul.rn.sat.f32 %f0, %f1, %f2;", "min.NaN.f32 %f0, %f1, %f2;", "cvt.rz.f32.f64 %f0, %fd1;"}) {
    try {
      static_cast<void>(Module::parse(kernel_text("", instruction)));
      ADD_FAILURE() << instruction << " is not refused";
    } catch (const ParseError& error) {
      EXPECT_EQ(error.line(), first_body_line);
      const std::string_view text = instruction;
      EXPECT_NE(std::string(error.what()).find(text.substr(0, text.size() - 1)), std::string::npos) << error.what();
    }
  }
}

TEST(PtxIntegers, AddSubWrapAround) {
  expect_binary<u32>("add.u32 %r0, %r1, %r2;", [](u32 a, u32 b) { return a + b; });
  expect_binary<u64>("sub.s64 %rd0, %rd1, %rd2;", [](u64 a, u64 b) { return a - b; });
  expect_binary<u16>("add.s16 %rs0, %rs1, %rs2;", [](u16 a, u16 b) { return static_cast<u16>(a + b); });
  expect_unary<u32>("neg.s32 %r0, %r1;", [](u32 a) { return 0 - a; });
  expect_unary<i64>("abs.s64 %rd0, %rd1;", [](i64 a) { return static_cast<i64>(a < 0 ? 0 - u64(a) : u64(a)); });
}

TEST(PtxIntegers, Products) {
  expect_binary<u32>("mul.lo.s32 %r0, %r1, %r2;", [](u32 a, u32 b) { return a * b; });
  expect_binary<u64>("mul.lo.u64 %rd0, %rd1, %rd2;", [](u64 a, u64 b) { return a * b; });
  expect_binary<u16>("mul.lo.s16 %rs0, %rs1, %rs2;", [](u16 a, u16 b) { return static_cast<u16>(u32{a} * b); });
  expect_binary<u64>("mul.hi.u64 %rd0, %rd1, %rd2;", [](u64 a, u64 b) { return static_cast<u64>(u128{a} * b >> 64); });
  expect_binary<i64>("mul.hi.s64 %rd0, %rd1, %rd2;", [](i64 a, i64 b) { return static_cast<i64>(i128{a} * b >> 64); });
  expect_binary<u32>("mul.hi.u32 %r0, %r1, %r2;", [](u32 a, u32 b) { return static_cast<u32>(u64{a} * b >> 32); });
  expect_binary<i32>("mul.hi.s32 %r0, %r1, %r2;", [](i32 a, i32 b) { return static_cast<i32>(i64{a} * b >> 32); });
  expect_binary<u32>("mul.wide.u32 %rd0, %r1, %r2;", [](u32 a, u32 b) { return u64{a} * b; });
  expect_binary<i32>("mul.wide.s32 %rd0, %r1, %r2;", [](i32 a, i32 b) { return i64{a} * b; });
  expect_binary<i16>("mul.wide.s16 %r0, %rs1, %rs2;", [](i16 a, i16 b) { return i32{a} * b; });
  expect_binary<u32>("mad.lo.s32 %r0, %r1, %r2, 77;", [](u32 a, u32 b) { return a * b + 77; });
  expect_binary<u32>("mad.hi.u32 %r0, %r1, %r2, 7;",
                     [](u32 a, u32 b) { return static_cast<u32>(u64{a} * b >> 32) + 7; });
  expect_binary<i32>("mad.wide.s32 %rd0, %r1, %r2, -5;", [](i32 a, i32 b) { return i64{a} * b - 5; });
  expect_binary<u32>("sad.u32 %r0, %r1, %r2, 3;", [](u32 a, u32 b) { return (a < b ? b - a : a - b) + 3; });
}

TEST(PtxIntegers, QuotientsAndRemainders) {
  for (const i32 a : interesting<i32>()) {
    for (const i32 b : interesting<i32>()) {
      if (b == 0) continue;
      EXPECT_EQ(evaluate<i32>("div.s32 %r0, %r1, %r2;", a, b), static_cast<i32>(i64{a} / b));
      EXPECT_EQ(evaluate<i32>("rem.s32 %r0, %r1, %r2;", a, b), static_cast<i32>(i64{a} % b));
      EXPECT_EQ(evaluate<u32>("div.u32 %r0, %r1, %r2;", a, b), u32(a) / u32(b));
    }
  }
  EXPECT_EQ(evaluate<i64>("div.s64 %rd0, %rd1, %rd2;", std::numeric_limits<i64>::min(), i64{-1}),
            std::numeric_limits<i64>::min());
  EXPECT_EQ(evaluate<u64>("rem.u64 %rd0, %rd1, %rd2;", ~u64{0}, u64{10}), ~u64{0} % 10);
  try {
    evaluate<u32>("rem.u32 %r0, %r1, %r2;", u32{1}, u32{0});
    ADD_FAILURE() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::division_by_zero);
  }
}

TEST(PtxIntegers, MinAndMaxKnowTheSign) {
  expect_binary<i32>("min.s32 %r0, %r1, %r2;", [](i32 a, i32 b) { return std::min(a, b); });
  expect_binary<u32>("min.u32 %r0, %r1, %r2;", [](u32 a, u32 b) { return std::min(a, b); });
  expect_binary<i64>("max.s64 %rd0, %rd1, %rd2;", [](i64 a, i64 b) { return std::max(a, b); });
  expect_binary<u16>("max.u16 %rs0, %rs1, %rs2;", [](u16 a, u16 b) { return std::max(a, b); });
}

TEST(PtxIntegers, CarriesMakeWideIntegers) {
  const auto high = [](u128 value) { return static_cast<u64>(value >> 64); };
  for (const u64 a : interesting<u64>()) {
    for (const u64 b : interesting<u64>()) {
      const u128 x = u128{a} << 64 | b;
      const u128 y = u128{b} << 64 | a;
      EXPECT_EQ(evaluate<u64>("add.cc.s64 %rd10, %rd2, %rd1; addc.cc.s64 %rd0, %rd1, %rd2;", a, b), high(x + y));
      EXPECT_EQ(evaluate<u64>("sub.cc.u64 %rd10, %rd2, %rd1; subc.u64 %rd0, %rd1, %rd2;", a, b), high(x - y));
      EXPECT_EQ(evaluate<u64>("mad.lo.cc.u64 %rd10, %rd1, %rd2, %rd1; madc.hi.u64 %rd0, %rd1, %rd2, %rd2;", a, b),
                high(u128{a} * b + y));
    }
  }
}

}  // namespace
}  // namespace ravine::ptx
