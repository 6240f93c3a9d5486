#include <algorithm>
#include <bit>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using i32 = std::int32_t;
using i64 = std::int64_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

TEST(PtxBits, Logic) {
  expect_binary<u64>("and.b64 %rd0, %rd1, %rd2;", [](u64 a, u64 b) { return a & b; });
  expect_binary<u32>("or.b32 %r0, %r1, %r2;", [](u32 a, u32 b) { return a | b; });
  expect_binary<u16>("xor.b16 %rs0, %rs1, %rs2;", [](u16 a, u16 b) { return static_cast<u16>(a ^ b); });
  expect_unary<u32>("not.b32 %r0, %r1;", [](u32 a) { return ~a; });
  expect_unary<u32>("cnot.b32 %r0, %r1;", [](u32 a) { return a == 0 ? 1U : 0U; });
}

TEST(PtxBits, LogicOfPredicates) {
  for (const bool a : {false, true}) {
    for (const bool b : {false, true}) {
      EXPECT_EQ(evaluate<bool>("and.pred %p0, %p1, %p2;", a, b), a && b);
      EXPECT_EQ(evaluate<bool>("or.pred %p0, %p1, %p2;", a, b), a || b);
      EXPECT_EQ(evaluate<bool>("xor.pred %p0, %p1, %p2;", a, b), a != b);
      EXPECT_EQ(evaluate<bool>("not.pred %p0, %p1;", a), !a);
    }
  }
  EXPECT_TRUE(evaluate<bool>("mov.pred %p0, -1;"));
  EXPECT_FALSE(evaluate<bool>("mov.pred %p0, 0;"));
}

TEST(PtxBits, ShiftsStopAtTheWidth) {
  for (const u32 by : {0U, 1U, 15U, 16U, 31U, 32U, 33U, 63U, 64U, 255U, 0xFFFFFFFFU}) {
    const u32 a = 0x87654321;
    const u64 b = 0x8765432112345678;
    EXPECT_EQ(evaluate<u32>("shl.b32 %r0, %r1, %r2;", a, by), by > 31 ? 0 : a << by);
    EXPECT_EQ(evaluate<u32>("shr.u32 %r0, %r1, %r2;", a, by), by > 31 ? 0 : a >> by);
    EXPECT_EQ(evaluate<i32>("shr.s32 %r0, %r1, %r2;", a, by), i32(a) >> std::min(by, 31U));
    EXPECT_EQ(evaluate<u64>("shl.b64 %rd0, %rd1, %r2;", b, by), by > 63 ? 0 : b << by);
    EXPECT_EQ(evaluate<i64>("shr.s64 %rd0, %rd1, %r2;", b, by), i64(b) >> std::min(by, 63U));
    EXPECT_EQ(evaluate<u16>("shr.u16 %rs0, %rs1, %r2;", u16{0x8765}, by), by > 15 ? 0 : 0x8765 >> by);
  }
}

TEST(PtxBits, FunnelShifts) {
  const u32 low = 0x89ABCDEF;
  const u32 high = 0x01234567;
  const u64 both = u64{high} << 32 | low;
  for (const u32 by : {0U, 1U, 8U, 31U, 32U, 37U}) {
    const u32 wrapped = by % 32;
    const u32 clamped = std::min(by, 32U);
    EXPECT_EQ(evaluate<u32>("shf.l.wrap.b32 %r0, %r1, %r2, %r3;", low, high, by), u32(both << wrapped >> 32));
    EXPECT_EQ(evaluate<u32>("shf.r.wrap.b32 %r0, %r1, %r2, %r3;", low, high, by), u32(both >> wrapped));
    EXPECT_EQ(evaluate<u32>("shf.l.clamp.b32 %r0, %r1, %r2, %r3;", low, high, by), u32(both << clamped >> 32));
    EXPECT_EQ(evaluate<u32>("shf.r.clamp.b32 %r0, %r1, %r2, %r3;", low, high, by), u32(both >> clamped));
  }
}

TEST(PtxBits, Lop3IsEveryFunctionOfThreeBits) {
  const u32 a = 0xF0F0F0F0;
  const u32 b = 0xCCCCCCCC;
  const u32 c = 0xAAAAAAAA;
  for (u32 truth = 0; truth < 256; ++truth) {
    const u32 result = evaluate<u32>(fmt::format("lop3.b32 %r0, %r1, %r2, %r3, {};", truth), a, b, c);
    EXPECT_EQ(result, truth * 0x01010101);
  }
  EXPECT_EQ(evaluate<u32>("lop3.b32 %r0, %r1, %r2, %r3, 0x96;", 0x1234U, 0xFF00U, 0x0F0FU), 0x1234 ^ 0xFF00 ^ 0x0F0F);
}

TEST(PtxBits, Counts) {
  expect_unary<u32>("popc.b32 %r0, %r1;", [](u32 a) { return u32(std::popcount(a)); });
  expect_unary<u64>("popc.b64 %r0, %rd1;", [](u64 a) { return u32(std::popcount(a)); });
  expect_unary<u32>("clz.b32 %r0, %r1;", [](u32 a) { return u32(std::countl_zero(a)); });
  expect_unary<u64>("clz.b64 %r0, %rd1;", [](u64 a) { return u32(std::countl_zero(a)); });
  EXPECT_EQ(evaluate<u32>("brev.b32 %r0, %r1;", 0x00000003U), 0xC0000000);
  EXPECT_EQ(evaluate<u64>("brev.b64 %rd0, %rd1;", u64{0x8000000000000001}), u64{0x8000000000000001});
  EXPECT_EQ(evaluate<u64>("brev.b64 %rd0, %rd1;", u64{6}), u64{0x6000000000000000});
  EXPECT_EQ(evaluate<u32>("bfind.u32 %r0, %r1;", 0x00010000U), 16);
  EXPECT_EQ(evaluate<u32>("bfind.shiftamt.u32 %r0, %r1;", 0x00010000U), 15);
  EXPECT_EQ(evaluate<u32>("bfind.u32 %r0, %r1;", 0U), 0xFFFFFFFF);
  EXPECT_EQ(evaluate<u32>("bfind.s32 %r0, %r1;", -2), 0);
}

TEST(PtxBits, Fields) {
  const u32 a = 0x89ABCDEF;
  EXPECT_EQ(evaluate<u32>("bfe.u32 %r0, %r1, 8, 12;", a), a >> 8 & 0xFFF);
  EXPECT_EQ(evaluate<u32>("bfe.u32 %r0, %r1, 24, 20;", a), a >> 24);
  EXPECT_EQ(evaluate<u32>("bfe.u32 %r0, %r1, 40, 8;", a), 0);
  EXPECT_EQ(evaluate<i32>("bfe.s32 %r0, %r1, 8, 8;", a), i32{0x000000CD} - 256);
  EXPECT_EQ(evaluate<i32>("bfe.s32 %r0, %r1, 0, 0;", a), 0);
  EXPECT_EQ(evaluate<i32>("bfe.s32 %r0, %r1, 28, 8;", a), i32(a) >> 28);
  EXPECT_EQ(evaluate<u64>("bfe.u64 %rd0, %rd1, 4, 64;", u64{0xF0F0}), 0xF0F);
  EXPECT_EQ(evaluate<u32>("bfi.b32 %r0, %r1, %r2, 8, 4;", 0xABU, 0x11111111U), 0x11111B11);
  EXPECT_EQ(evaluate<u32>("bfi.b32 %r0, %r1, %r2, 28, 16;", 0xABU, 0x11111111U), 0xB1111111);
  EXPECT_EQ(evaluate<u32>("bfi.b32 %r0, %r1, %r2, 32, 4;", 0xABU, 0x11111111U), 0x11111111);
  EXPECT_EQ(evaluate<u64>("bfi.b64 %rd0, %rd1, %rd2, 0, 64;", u64{5}, ~u64{0}), 5);
}

TEST(PtxBits, PermutedBytes) {
  const u32 a = 0x33221100;
  const u32 b = 0x77665584;
  EXPECT_EQ(evaluate<u32>("prmt.b32 %r0, %r1, %r2, 0x3210;", a, b), a);
  EXPECT_EQ(evaluate<u32>("prmt.b32 %r0, %r1, %r2, 0x7654;", a, b), b);
  EXPECT_EQ(evaluate<u32>("prmt.b32 %r0, %r1, %r2, 0x0123;", a, b), 0x00112233);
  EXPECT_EQ(evaluate<u32>("prmt.b32 %r0, %r1, %r2, 0xC81F;", a, b), 0xFF001100);
}

}  // namespace
}  // namespace ravine::ptx
