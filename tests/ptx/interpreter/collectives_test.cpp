#include <algorithm>
#include <bit>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using u32 = std::uint32_t;

/// Stores %r1 of each thread to its element of `out`.
constexpr std::string_view store_own =
    "mul.wide.u32 %rd9, %r0, 4; add.u64 %rd9, %rd9, %rd0; st.global.u32 [%rd9], %r1;";

std::string storing(std::string_view body) {
  return text_with_out(fmt::format("{}\n{}", body, store_own));
}

class PtxWarp : public testing::TestWithParam<Order> {
 protected:
  static std::vector<u32> run(std::string_view body, u32 threads) {
    return run_with_out<u32>(storing(body), threads, threads, {.order = GetParam()});
  }
};

TEST_P(PtxWarp, ShufflesOfAllModes) {
  const std::vector<u32> up = run("shfl.sync.up.b32 %r1|%p1, %r0, 3, 0, -1; @!%p1 add.u32 %r1, %r1, 100;", 64);
  const std::vector<u32> down = run("shfl.sync.down.b32 %r1|%p1, %r0, 3, 31, -1; @!%p1 add.u32 %r1, %r1, 100;", 64);
  const std::vector<u32> butterfly = run("shfl.sync.bfly.b32 %r1, %r0, 5, 31, -1;", 64);
  const std::vector<u32> index = run("shfl.sync.idx.b32 %r1, %r0, 7, 31, -1;", 64);
  for (u32 t = 0; t < 64; ++t) {
    const u32 lane = t % 32;
    EXPECT_EQ(up[t], lane >= 3 ? t - 3 : t + 100);
    EXPECT_EQ(down[t], lane < 29 ? t + 3 : t + 100);
    EXPECT_EQ(butterfly[t], t ^ 5);
    EXPECT_EQ(index[t], t - lane + 7);
  }
}

TEST_P(PtxWarp, ShufflesWithinSegments) {
  // Segments of 8: the control word is (32 - 8) << 8 | 31, for up without the 31.
  const std::vector<u32> up = run("shfl.sync.up.b32 %r1, %r0, 2, 0x1800, -1;", 32);
  const std::vector<u32> down = run("shfl.sync.down.b32 %r1, %r0, 2, 0x181f, -1;", 32);
  const std::vector<u32> index = run("shfl.sync.idx.b32 %r1, %r0, 11, 0x181f, -1;", 32);
  for (u32 t = 0; t < 32; ++t) {
    EXPECT_EQ(up[t], t % 8 >= 2 ? t - 2 : t);
    EXPECT_EQ(down[t], t % 8 < 6 ? t + 2 : t);
    EXPECT_EQ(index[t], t / 8 * 8 + 3);
  }
}

TEST_P(PtxWarp, ShufflesOfAPartOfTheWarp) {
  const std::vector<u32> values =
      run("mov.u32 %r1, 0; setp.ge.u32 %p1, %r0, 8; @%p1 bra L;\n"
          "shfl.sync.bfly.b32 %r1, %r0, 1, 31, 0xff;\nL:",
          32);
  for (u32 t = 0; t < 32; ++t) EXPECT_EQ(values[t], t < 8 ? t ^ 1 : 0);
}

TEST_P(PtxWarp, HalvesOfAWarpGoTheirOwnWays) {
  const std::vector<u32> values =
      run("setp.ge.u32 %p1, %r0, 16; @%p1 bra UPPER;\n"
          "shfl.sync.idx.b32 %r1, %r0, 3, 31, 0xffff; bra.uni L;\n"
          "UPPER: shfl.sync.idx.b32 %r1, %r0, 20, 31, 0xffff0000;\nL:",
          32);
  for (u32 t = 0; t < 32; ++t) EXPECT_EQ(values[t], t < 16 ? 3 : 20);
}

TEST_P(PtxWarp, Votes) {
  const std::vector<u32> ballot = run("setp.lt.u32 %p1, %r0, 5; vote.sync.ballot.b32 %r1, %p1, -1;", 40);
  const std::vector<u32> inverted = run("setp.lt.u32 %p1, %r0, 5; vote.sync.ballot.b32 %r1, !%p1, -1;", 40);
  for (u32 t = 0; t < 40; ++t) {
    EXPECT_EQ(ballot[t], t < 32 ? 0x1FU : 0);
    EXPECT_EQ(inverted[t], t < 32 ? ~0x1FU : 0xFFU);
  }
  const auto outcome = [](const char* mode, u32 below) {
    return run(
        fmt::format("setp.lt.u32 %p1, %r0, {}; vote.sync.{}.pred %p2, %p1, -1; selp.u32 %r1, 1, 0, %p2;", below, mode),
        32)[9];
  };
  EXPECT_EQ(outcome("all", 32), 1U);
  EXPECT_EQ(outcome("all", 31), 0U);
  EXPECT_EQ(outcome("any", 1), 1U);
  EXPECT_EQ(outcome("any", 0), 0U);
  EXPECT_EQ(outcome("uni", 0), 1U);
  EXPECT_EQ(outcome("uni", 32), 1U);
  EXPECT_EQ(outcome("uni", 5), 0U);
}

TEST_P(PtxWarp, MatchesAndReductions) {
  const std::vector<u32> any = run("and.b32 %r2, %r0, 1; match.any.sync.b32 %r1, %r2, -1;", 32);
  EXPECT_EQ(any[4], 0x55555555U);
  EXPECT_EQ(any[5], 0xAAAAAAAAU);
  EXPECT_EQ(run("mov.u32 %r2, 3; match.all.sync.b32 %r1|%p1, %r2, -1; @!%p1 trap;", 32)[0], 0xFFFFFFFFU);
  EXPECT_EQ(run("match.all.sync.b32 %r1|%p1, %r0, -1; @%p1 trap;", 32)[0], 0U);
  EXPECT_EQ(run("redux.sync.add.u32 %r1, %r0, -1;", 32)[3], 496U);
  EXPECT_EQ(run("sub.u32 %r2, %r0, 5; redux.sync.min.s32 %r1, %r2, -1;", 32)[3], u32(-5));
  EXPECT_EQ(run("sub.u32 %r2, %r0, 5; redux.sync.min.u32 %r1, %r2, -1;", 32)[3], 0U);
  EXPECT_EQ(run("sub.u32 %r2, %r0, 5; redux.sync.max.s32 %r1, %r2, -1;", 32)[3], 26U);
  EXPECT_EQ(run("redux.sync.xor.b32 %r1, %r0, -1;", 32)[3], 0U);
  EXPECT_EQ(run("or.b32 %r2, %r0, 32; redux.sync.and.b32 %r1, %r2, -1;", 32)[3], 32U);
  EXPECT_EQ(run("redux.sync.or.b32 %r1, %r0, -1;", 32)[3], 31U);
}

TEST_P(PtxWarp, ActiveMaskPromisesOnlyOneself) {
  const std::vector<u32> mask = run("activemask.b32 %r1;", 40);
  for (u32 t = 0; t < 40; ++t) EXPECT_EQ(mask[t], 1U << t % 32);
}

TEST_P(PtxWarp, ThreadsThatHaveExitedAreNotWaitedFor) {
  const std::vector<u32> values = run("setp.ge.u32 %p1, %r0, 20; @%p1 ret; shfl.sync.up.b32 %r1, %r0, 1, 0, -1;", 32);
  for (u32 t = 0; t < 20; ++t) EXPECT_EQ(values[t], t == 0 ? 0 : t - 1);
}

TEST_P(PtxWarp, AValueFromALaneThatTakesNoPartIsUndefined) {
  // A warp of 20 lanes: lanes 18 and 19 read past it. Who does not use that value does no wrong.
  const std::string_view unused =
      "shfl.sync.down.b32 %r2, %r0, 2, 31, -1; setp.lt.u32 %p1, %r0, 18; selp.u32 %r1, %r2, 7, %p1;";
  const std::vector<u32> values = run(unused, 20);
  for (u32 t = 0; t < 20; ++t) EXPECT_EQ(values[t], t < 18 ? t + 2 : 7);
  EXPECT_EQ(fault_of(storing("shfl.sync.down.b32 %r1, %r0, 2, 31, -1;"), 20, 80, {.order = GetParam()}),
            FaultKind::undefined_value);
}

TEST_P(PtxWarp, MistakesInWarpsAreFound) {
  const auto kind_of = [](std::string_view body) { return fault_of(storing(body), 32, 128, {.order = GetParam()}); };
  EXPECT_EQ(kind_of("shfl.sync.up.b32 %r1, %r0, 1, 0, 0xffff;"), FaultKind::outside_mask);
  EXPECT_EQ(kind_of("setp.eq.u32 %p1, %r0, 3; @%p1 bra L; shfl.sync.up.b32 %r1, %r0, 1, 0, -1; bra.uni M;\n"
                    "L: shfl.sync.up.b32 %r1, %r0, 1, 0, -1;\nM:"),
            FaultKind::unreachable_barrier);
  EXPECT_EQ(kind_of("mov.u32 %r1, 0; setp.eq.u32 %p1, %r0, 3; @%p1 bra L; bar.warp.sync -1;\nL: bar.sync 0;"),
            FaultKind::unreachable_barrier);
}

/// Sums of a block through shared memory; %r1 is the sum.
constexpr std::string_view block_sum =
    ".shared .align 4 .b8 s[512];\nmov.u32 %r2, s; shl.b32 %r3, %r0, 2; add.u32 %r3, %r3, %r2; st.shared.u32 [%r3], "
    "%r0;\nbar.sync 0; mov.u32 %r4, 64;\nLOOP: setp.ge.u32 %p1, %r0, %r4; @%p1 bra NEXT; shl.b32 %r5, %r4, 2; add.u32 "
    "%r5, %r5, %r3;\nld.shared.u32 %r6, [%r5]; ld.shared.u32 %r7, [%r3]; add.u32 %r6, %r6, %r7; st.shared.u32 [%r3], "
    "%r6;\nNEXT: {} shr.u32 %r4, %r4, 1; setp.ne.u32 %p1, %r4, 0; @%p1 bra LOOP;\n{} ld.shared.u32 %r1, [s];";

class PtxBlock : public testing::TestWithParam<Order> {
 protected:
  static FaultKind kind_of(const std::string& text, u32 threads) {
    return fault_of(text, threads, std::size_t{threads} * 4, {.order = GetParam()});
  }
};

std::string summing(std::string_view in_loop, std::string_view after) {
  return storing(fmt::format(fmt::runtime(block_sum), in_loop, after));
}

TEST_P(PtxBlock, SumsThroughSharedMemory) {
  const std::vector<u32> sums = run_with_out<u32>(summing("bar.sync 0;", ""), 128, 128, {.order = GetParam()});
  EXPECT_EQ(sums, std::vector<u32>(128, 127 * 128 / 2));
}

TEST_P(PtxBlock, ALostBarrierIsARace) {
  EXPECT_EQ(kind_of(summing("", ""), 128), FaultKind::race);
  EXPECT_EQ(kind_of(summing("", "bar.sync 0;"), 128), FaultKind::race);
}

TEST_P(PtxBlock, TwoWritersAreARace) {
  EXPECT_EQ(kind_of(storing(".shared .align 4 .u32 s; mov.u32 %r1, 0; st.shared.u32 [s], 1;"), 2), FaultKind::race);
  EXPECT_EQ(kind_of(storing(".shared .align 4 .u32 s; mov.u32 %r1, 0; st.shared.u32 [s], 1;"), 64), FaultKind::race);
}

TEST_P(PtxBlock, AnAtomicAndAPlainAccessAreARace) {
  EXPECT_EQ(kind_of(storing(".shared .align 4 .u32 s; mov.u32 %r1, 0; setp.ne.u32 %p1, %r0, 0;\n"
                            "@!%p1 st.shared.u32 [s], 1; @%p1 red.shared.add.u32 [s], 1;"),
                    2),
            GetParam() == Order::forward ? FaultKind::race : FaultKind::unwritten);
  EXPECT_EQ(kind_of(storing(".shared .align 4 .u32 s; mov.u32 %r1, 0; setp.ne.u32 %p1, %r0, 0;\n"
                            "@!%p1 st.shared.u32 [s], 1; bar.sync 0; red.shared.add.u32 [s], 1;\n"
                            "ld.shared.u32 %r1, [s];"),
                    3),
            FaultKind::race);
}

TEST_P(PtxBlock, BytesBesideEachOtherAreNoRace) {
  const std::string text = storing(
      ".shared .align 4 .b8 s[32]; mov.u32 %r2, s; add.u32 %r3, %r2, %r0;\n"
      "st.shared.u8 [%r3], %r0; bar.sync 0; ld.shared.u32 %r1, [s];");
  EXPECT_EQ(run_with_out<u32>(text, 32, 32, {.order = GetParam()})[9], 0x03020100U);
}

TEST_P(PtxBlock, ABarrierOfTheWarpOrdersItsLanes) {
  const std::string_view exchange =
      ".shared .align 4 .b8 s[256]; mov.u32 %r2, s; shl.b32 %r3, %r0, 2; add.u32 %r3, %r3, %r2;\n"
      "st.shared.u32 [%r3], %r0; {} xor.b32 %r4, %r0, {}; shl.b32 %r4, %r4, 2; add.u32 %r4, %r4, %r2;\n"
      "ld.shared.u32 %r1, [%r4]; {} st.shared.u32 [%r3], 0;";
  const auto text = [&](const char* first, u32 partner, const char* second) {
    return storing(fmt::format(fmt::runtime(exchange), first, partner, second));
  };
  const std::string good = text("bar.warp.sync -1;", 1, "bar.warp.sync -1;");
  EXPECT_EQ(run_with_out<u32>(good, 64, 64, {.order = GetParam()})[40], 41U);
  EXPECT_EQ(kind_of(text("bar.warp.sync -1;", 1, ""), 64), FaultKind::race);
  EXPECT_EQ(kind_of(text("bar.warp.sync -1;", 32, "bar.warp.sync -1;"), 64),  // another warp's
            FaultKind::race);
  // A shuffle orders nothing.
  EXPECT_EQ(kind_of(text("shfl.sync.idx.b32 %r9, %r0, 0, 31, -1;", 1, "bar.warp.sync -1;"), 64), FaultKind::race);
}

TEST_P(PtxBlock, OrderPassesOnThroughAThirdLane) {
  // Lane 0 writes, meets lane 1; lane 1 meets lane 2; lane 2 reads.
  const std::string text = storing(
      ".shared .align 4 .u32 s; mov.u32 %r1, 9; setp.eq.u32 %p1, %r0, 0; setp.eq.u32 %p2, %r0, 1;\n"
      "setp.eq.u32 %p3, %r0, 2; @%p1 st.shared.u32 [s], 5; @%p3 bra L; bar.warp.sync 3;\n"
      "L: @%p1 bra M; bar.warp.sync 6;\nM: @%p3 ld.shared.u32 %r1, [s];");
  EXPECT_EQ(run_with_out<u32>(text, 3, 3, {.order = GetParam()}), (std::vector<u32>{9, 9, 5}));
}

TEST_P(PtxBlock, SharedMemoryEnds) {
  const auto after_store_at = [](std::string_view address) {
    return kind_of(storing(fmt::format(".shared .align 4 .b8 a[16]; .shared .align 4 .b8 b[16]; mov.u32 %r1, 0;\n"
                                       "st.shared.u32 [{}], 1;",
                                       address)),
                   1);
  };
  EXPECT_EQ(after_store_at("a+16"), FaultKind::out_of_bounds);
  EXPECT_EQ(after_store_at("b+16"), FaultKind::out_of_bounds);
  EXPECT_EQ(after_store_at("a+-4"), FaultKind::out_of_bounds);
  EXPECT_EQ(after_store_at("a+2"), FaultKind::misaligned);
}

TEST_P(PtxBlock, SharedMemoryStartsUnwrittenInEveryBlock) {
  const std::string read = storing(".shared .align 4 .b8 a[16]; ld.shared.u32 %r1, [a];");
  EXPECT_EQ(kind_of(read, 1), FaultKind::unwritten);
  const Module module =
      Module::parse(storing(".shared .align 4 .b8 a[16]; mov.u32 %r2, %ctaid.x; setp.eq.u32 %p1, %r2, 0;\n"
                            "@%p1 st.shared.u32 [a], 3; ld.shared.u32 %r1, [a];"));
  GlobalMemory memory;
  const auto out = DeviceArray<u32>::unwritten(memory, "out", 1);
  const auto arguments = pack_arguments(out.data());
  launch({.kernel = module.kernel("k"), .grid = {1, 1, 1}, .block = {}, .arguments = arguments}, memory);
  EXPECT_EQ(out[0], 3U);
  EXPECT_THROW(launch({.kernel = module.kernel("k"), .grid = {2, 1, 1}, .block = {}, .arguments = arguments}, memory),
               Fault);
}

TEST_P(PtxBlock, DynamicSharedMemory) {
  const std::string text = std::string(text_header) +
                           ".extern .shared .align 16 .b8 dynamic[];\n.visible .entry k(.param .u64 out)\n{\n"
                           ".reg .b64 %rd<3>; .reg .b32 %r<9>;\n.shared .align 8 .b8 fixed[8];\n"
                           "mov.u32 %r0, %tid.x; mov.u32 %r1, dynamic; shl.b32 %r2, %r0, 2; add.u32 %r3, %r1, %r2;\n"
                           "st.shared.u32 [%r3], %r0; bar.sync 0; ld.shared.u32 %r4, [dynamic+8];\n"
                           "ld.param.u64 %rd0, [out]; mul.wide.u32 %rd1, %r0, 4; add.u64 %rd1, %rd1, %rd0;\n"
                           "st.global.u32 [%rd1], %r4;\n}\n";
  const Module module = Module::parse(text);
  GlobalMemory memory;
  const auto out = DeviceArray<u32>::unwritten(memory, "out", 4);
  const auto arguments = pack_arguments(out.data());
  const auto run = [&](u32 bytes) {
    launch({.kernel = module.kernel("k"),
            .grid = {},
            .block = {4, 1, 1},
            .arguments = arguments,
            .dynamic_shared_bytes = bytes},
           memory, {.order = GetParam()});
  };
  run(16);
  EXPECT_EQ(out[3], 2U);
  EXPECT_THROW(run(12), Fault);
}

TEST_P(PtxBlock, BarriersThatReduce) {
  const auto outcome = [](std::string_view body) {
    return run_with_out<u32>(storing(body), 70, 70, {.order = GetParam()})[69];
  };
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 50; bar.red.popc.u32 %r1, 0, %p1;"), 50U);
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 50; bar.red.popc.u32 %r1, 0, !%p1;"), 20U);
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 50; bar.red.and.pred %p2, 0, %p1; selp.u32 %r1, 1, 0, %p2;"), 0U);
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 70; bar.red.and.pred %p2, 0, %p1; selp.u32 %r1, 1, 0, %p2;"), 1U);
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 1; bar.red.or.pred %p2, 0, %p1; selp.u32 %r1, 1, 0, %p2;"), 1U);
  EXPECT_EQ(outcome("setp.lt.u32 %p1, %r0, 0; bar.red.or.pred %p2, 0, %p1; selp.u32 %r1, 1, 0, %p2;"), 0U);
}

TEST_P(PtxBlock, ABarrierThatNotAllReachIsFound) {
  EXPECT_EQ(kind_of(storing("mov.u32 %r1, 0; setp.eq.u32 %p1, %r0, 40; @%p1 ret; bar.sync 0;"), 64),
            FaultKind::unreachable_barrier);
  EXPECT_EQ(kind_of(storing("mov.u32 %r1, 0; setp.eq.u32 %p1, %r0, 40; @!%p1 bar.sync 0;"), 64),
            FaultKind::unreachable_barrier);
}

TEST_P(PtxBlock, DivergentBarriersAreFound) {
  const char* branches = "mov.u32 %r1, 0; setp.lt.u32 %p1, %r0, 32; @%p1 bra L; {0} 0; bra.uni M;\nL: {1} {2};\nM:";
  const auto text = [&](const char* first, const char* second, int number) {
    return storing(fmt::format(fmt::runtime(branches), first, second, number));
  };
  EXPECT_EQ(kind_of(text("bar.sync", "bar.sync", 0), 64), FaultKind::divergent_barrier);
  EXPECT_EQ(kind_of(text("barrier.sync", "barrier.sync", 1), 64), FaultKind::divergent_barrier);
  EXPECT_EQ(run_with_out<u32>(text("barrier.sync", "barrier.sync", 0), 64, 64, {.order = GetParam()})[0], 0U);
}

INSTANTIATE_TEST_SUITE_P(Orders, PtxWarp, testing::Values(Order::forward, Order::reverse));
INSTANTIATE_TEST_SUITE_P(Orders, PtxBlock, testing::Values(Order::forward, Order::reverse));

}  // namespace
}  // namespace ravine::ptx
