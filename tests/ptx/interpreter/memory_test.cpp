#include <cstddef>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using i32 = std::int32_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// A kernel that reads an `in` and writes an `out` as its body says: their addresses are %rd1 and %rd0.
std::string text_with_in(std::string_view body) {
  return kernel_text(".param .u64 in, .param .u64 out",
                     fmt::format("ld.param.u64 %rd1, [in]; ld.param.u64 %rd0, [out];\n{}", body));
}

void run_with_in(GlobalMemory& memory, const std::string& text, const void* in, const void* out) {
  const Module module = Module::parse(text);
  launch({.kernel = module.kernel("k"), .grid = {}, .block = {}, .arguments = pack_arguments(in, out)}, memory);
}

FaultKind fault_with_in(GlobalMemory& memory, const std::string& text, const void* in, const void* out) {
  try {
    run_with_in(memory, text, in, out);
  } catch (const Fault& fault) {
    return fault.kind();
  }
  ADD_FAILURE() << "no fault";
  return FaultKind::bad_launch;
}

TEST(PtxGlobalMemory, LoadsAndStoresOfEverySize) {
  GlobalMemory memory;
  const DeviceArray<std::uint8_t> in(memory, "in", {0xF1, 2, 3, 0xF4, 5, 6, 7, 0xF8, 9, 10, 11, 12, 13, 14, 15, 16});
  const DeviceArray<u64> out(memory, "out", std::vector<u64>(9));
  run_with_in(memory,
              text_with_in("ld.global.u8 %rs1, [%rd1]; cvt.u64.u16 %rd2, %rs1; st.global.u64 [%rd0], %rd2;\n"
                           "ld.global.s8 %rs1, [%rd1]; cvt.s64.s16 %rd2, %rs1; st.global.u64 [%rd0+8], %rd2;\n"
                           "ld.global.s16 %r1, [%rd1+2]; cvt.s64.s32 %rd2, %r1; st.global.u64 [%rd0+16], %rd2;\n"
                           "ld.global.s32 %rd2, [%rd1+4]; st.global.u64 [%rd0+24], %rd2;\n"
                           "ld.global.nc.L1::no_allocate.v2.u64 {%rd3, %rd4}, [%rd1]; st.global.cs.v2.b64 [%rd0+32], "
                           "{%rd4, %rd3};\nld.global.v4.u8 {%rs1, %rs2, %rs3, %rs4}, [%rd1+4]; st.global.v4.u8 "
                           "[%rd0+48], {%rs4, %rs3, %rs2, %rs1};\nld.volatile.global.u32 %r1, [%rd1]; st.u32 "
                           "[%rd0+56], %r1; st.global.u8 [%rd0+64], %r1;"),
              in.data(), out.data());
  EXPECT_EQ(std::vector<u64>(out.values().begin(), out.values().end()),
            (std::vector<u64>{0xF1, ~u64{0xE}, 0xFFFFFFFFFFFFF403, 0xFFFFFFFFF8070605, 0x100F0E0D0C0B0A09,
                              0xF8070605F40302F1, 0x050607F8, 0xF40302F1, 0xF1}));
}

TEST(PtxGlobalMemory, AnAccessOutsideEveryBufferIsFound) {
  GlobalMemory memory;
  const DeviceArray<u64> in(memory, "in", {1, 2, 3});
  const DeviceArray<u64> out(memory, "out", {0});
  const auto kind_of = [&](std::string_view body) {
    return fault_with_in(memory, text_with_in(body), in.data(), out.data());
  };
  EXPECT_EQ(kind_of("ld.global.u64 %rd2, [%rd1+24];"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("ld.global.u64 %rd2, [%rd1+-8];"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("ld.global.v2.u64 {%rd2, %rd3}, [%rd1+16];"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("st.global.u8 [%rd0+8], 1;"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("ld.u32 %r1, [8];"), FaultKind::out_of_bounds);
  EXPECT_EQ(kind_of("atom.global.add.u64 %rd2, [%rd0+8], 1;"), FaultKind::out_of_bounds);
}

TEST(PtxGlobalMemory, AMisalignedAccessIsFound) {
  GlobalMemory memory;
  const DeviceArray<u64> in(memory, "in", {1, 2, 3});
  const DeviceArray<u64> out(memory, "out", {0});
  const auto kind_of = [&](std::string_view body) {
    return fault_with_in(memory, text_with_in(body), in.data(), out.data());
  };
  EXPECT_EQ(kind_of("ld.global.u64 %rd2, [%rd1+4];"), FaultKind::misaligned);
  EXPECT_EQ(kind_of("ld.global.v2.u64 {%rd2, %rd3}, [%rd1+8];"), FaultKind::misaligned);
  EXPECT_EQ(kind_of("st.global.u16 [%rd0+1], %rs1; mov.u16 %rs1, 1;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("st.global.u16 [%rd0+1], 1;"), FaultKind::misaligned);
  EXPECT_EQ(kind_of("atom.global.add.u64 %rd2, [%rd0+4], 1;"), FaultKind::misaligned);
}

TEST(PtxGlobalMemory, AWriteToWhatMayOnlyBeReadIsFound) {
  GlobalMemory memory;
  const DeviceArray<u64> in(memory, "in", {1, 2, 3}, Access::read_only);
  const DeviceArray<u64> out(memory, "out", {0});
  const std::string store = text_with_in("st.global.u64 [%rd1], 1;");
  const std::string atomic = text_with_in("red.global.add.u64 [%rd1], 1;");
  EXPECT_EQ(fault_with_in(memory, store, in.data(), out.data()), FaultKind::read_only);
  EXPECT_EQ(fault_with_in(memory, atomic, in.data(), out.data()), FaultKind::read_only);
  EXPECT_EQ(in[0], 1U);
}

TEST(PtxGlobalMemory, AReadOfWhatNobodyWroteIsFound) {
  GlobalMemory memory;
  const auto in = DeviceArray<u32>::unwritten(memory, "in", 4);
  const auto out = DeviceArray<u32>::unwritten(memory, "out", 4);
  const std::string text = text_with_in("ld.global.u64 %rd2, [%rd1]; st.global.u64 [%rd0], %rd2;");
  EXPECT_EQ(fault_with_in(memory, text, in.data(), out.data()), FaultKind::unwritten);
  const auto* bytes = reinterpret_cast<const std::byte*>(in.data());
  memory.mark_written(bytes, 7);
  EXPECT_EQ(memory.count_unwritten(bytes, 16), 9U);
  EXPECT_EQ(fault_with_in(memory, text, in.data(), out.data()), FaultKind::unwritten);
  memory.mark_written(bytes, 8);
  run_with_in(memory, text, in.data(), out.data());
  EXPECT_EQ(memory.count_unwritten(reinterpret_cast<const std::byte*>(out.data()), 16), 8U);
  const std::string atomic = text_with_in("red.global.add.u32 [%rd0+8], 1;");
  EXPECT_EQ(fault_with_in(memory, atomic, in.data(), out.data()), FaultKind::unwritten);
  memory.mark_unwritten(bytes, 1);
  EXPECT_EQ(fault_with_in(memory, text, in.data(), out.data()), FaultKind::unwritten);
}

TEST(PtxGlobalMemory, BuffersAreRegisteredOnce) {
  GlobalMemory memory;
  std::vector<std::byte> storage(100);
  memory.add({.name = "a", .data = storage.data() + 10, .bytes = 20});
  EXPECT_THROW(memory.add({.name = "b", .data = storage.data() + 29, .bytes = 1}), std::invalid_argument);
  EXPECT_THROW(memory.add({.name = "b", .data = storage.data(), .bytes = 11}), std::invalid_argument);
  memory.add({.name = "b", .data = storage.data() + 30, .bytes = 5});
  EXPECT_TRUE(memory.contains(reinterpret_cast<u64>(storage.data() + 30)));
  EXPECT_FALSE(memory.contains(reinterpret_cast<u64>(storage.data() + 35)));
  EXPECT_THROW(memory.remove(storage.data() + 31), std::invalid_argument);
  EXPECT_THROW(memory.mark_written(storage.data() + 30, 6), std::invalid_argument);
  memory.remove(storage.data() + 30);
  EXPECT_FALSE(memory.contains(reinterpret_cast<u64>(storage.data() + 30)));
}

TEST(PtxGlobalMemory, TheHostsStrayWritesShowInTheGuards) {
  GlobalMemory memory;
  const DeviceArray<u32> array(memory, "array", std::vector<u32>(3));
  EXPECT_TRUE(array.guards_intact());
  array.data()[3] = 1;
  EXPECT_FALSE(array.guards_intact());
}

TEST(PtxAtomics, DoWhatTheySay) {
  const auto after = [](std::string_view operation, u32 before) {
    GlobalMemory memory;
    const DeviceArray<u32> in(memory, "in", {before});
    const auto out = DeviceArray<u32>::unwritten(memory, "out", 1);
    run_with_in(memory, text_with_in(fmt::format("atom.global.{}; st.global.u32 [%rd0], %r1;", operation)), in.data(),
                out.data());
    EXPECT_EQ(out[0], before);
    return in[0];
  };
  EXPECT_EQ(after("add.u32 %r1, [%rd1], 5", 0xFFFFFFFE), 3U);
  EXPECT_EQ(after("min.s32 %r1, [%rd1], -5", 3), u32(-5));
  EXPECT_EQ(after("min.u32 %r1, [%rd1], -5", 3), 3U);
  EXPECT_EQ(after("max.s32 %r1, [%rd1], -5", 3), 3U);
  EXPECT_EQ(after("relaxed.gpu.max.u32 %r1, [%rd1], -5", 3), u32(-5));
  EXPECT_EQ(after("and.b32 %r1, [%rd1], 12", 10), 8U);
  EXPECT_EQ(after("or.b32 %r1, [%rd1], 12", 10), 14U);
  EXPECT_EQ(after("xor.b32 %r1, [%rd1], 12", 10), 6U);
  EXPECT_EQ(after("exch.b32 %r1, [%rd1], 12", 10), 12U);
  EXPECT_EQ(after("cas.b32 %r1, [%rd1], 10, 3", 10), 3U);
  EXPECT_EQ(after("cas.b32 %r1, [%rd1], 11, 3", 10), 10U);
  EXPECT_EQ(after("inc.u32 %r1, [%rd1], 10", 10), 0U);
  EXPECT_EQ(after("inc.u32 %r1, [%rd1], 10", 9), 10U);
  EXPECT_EQ(after("dec.u32 %r1, [%rd1], 10", 0), 10U);
  EXPECT_EQ(after("dec.u32 %r1, [%rd1], 10", 5), 4U);
}

TEST(PtxAtomics, OfManyThreads) {
  const std::string text = text_with_out(
      ".shared .align 8 .u64 total;\nsetp.ne.u32 %p1, %r0, 0; @!%p1 st.shared.u64 [total], 0; bar.sync 0;\n"
      "cvt.u64.u32 %rd1, %r0; red.shared.add.u64 [total], %rd1; red.global.max.u64 [%rd0+8], %rd1; bar.sync 0;\n"
      "@%p1 ret; ld.shared.u64 %rd2, [total]; st.global.u64 [%rd0], %rd2;");
  EXPECT_EQ(run_with_out<u64>(text, 100, 2), (std::vector<u64>{4950, 99}));
  EXPECT_THROW(static_cast<void>(Module::parse(text_with_out("red.global.add.f64 [%rd0], %fd1;"))), ParseError);
}

TEST(PtxLocalMemory, IsEachThreadsOwn) {
  const std::string text = text_with_out(
      ".local .align 8 .b8 depot[32];\nmov.u64 %rd1, depot; cvta.local.u64 %rd2, %rd1;\n"
      "st.local.u32 [%rd1+4], %r0; st.u32 [%rd2+8], 7; bar.sync 0;\n"
      "ld.u32 %r1, [%rd2+4]; ld.local.u32 %r2, [%rd1+8]; add.u32 %r1, %r1, %r2;\n"
      "mul.wide.u32 %rd3, %r0, 4; add.u64 %rd3, %rd3, %rd0; st.global.u32 [%rd3], %r1;");
  EXPECT_EQ(run_with_out<u32>(text, 3, 3), (std::vector<u32>{7, 8, 9}));
  const std::string end = ".local .align 8 .b8 depot[32]; mov.u64 %rd1, depot; st.local.u32 [%rd1+32], 1;";
  EXPECT_EQ(fault_of(text_with_out(end), 1, 8), FaultKind::out_of_bounds);
}

TEST(PtxLocalMemory, MayHoldUndefinedBytesThatNobodyUses) {
  const std::string copy =
      ".local .align 8 .b8 depot[32]; mov.u64 %rd1, depot; st.local.u32 [%rd1], %r0; ld.local.u64 %rd2, [%rd1];\n"
      "st.local.u64 [%rd1+8], %rd2; st.local.v2.u32 [%rd1+16], {%r0, %r5}; ld.local.u32 %r2, [%rd1+16];\n";
  EXPECT_EQ(run_with_out<u32>(text_with_out(copy + "st.global.u32 [%rd0], %r2;"), 1, 1)[0], 0U);
  EXPECT_EQ(fault_of(text_with_out(copy + "ld.local.u32 %r3, [%rd1+20]; st.global.u32 [%rd0], %r3;"), 1, 8),
            FaultKind::undefined_value);
  EXPECT_EQ(fault_of(text_with_out(copy + "st.global.u64 [%rd0], %rd2;"), 1, 8), FaultKind::undefined_value);
}

TEST(PtxGenericAddresses, FindTheirSpace) {
  const std::string text = text_with_out(
      ".shared .align 8 .b8 s[16]; .local .align 8 .b8 l[16];\n"
      "mov.u64 %rd1, s; cvta.shared.u64 %rd1, %rd1; mov.u64 %rd2, l; cvta.local.u64 %rd2, %rd2;\n"
      "st.u32 [%rd1+4], 5; st.u32 [%rd2+4], 6; cvta.to.shared.u64 %rd3, %rd1; ld.shared.u32 %r1, [%rd3+4];\n"
      "cvta.to.local.u64 %rd4, %rd2; ld.local.u32 %r2, [%rd4+4]; cvta.to.global.u64 %rd5, %rd0;\n"
      "isspacep.shared %p1, %rd1; isspacep.local %p2, %rd2; isspacep.global %p3, %rd0; isspacep.global %p4, %rd1;\n"
      "selp.u32 %r3, 1, 0, %p1; @%p2 add.u32 %r3, %r3, 2; @%p3 add.u32 %r3, %r3, 4; @%p4 add.u32 %r3, %r3, 8;\n"
      "st.global.v2.u32 [%rd5], {%r1, %r2}; st.global.u32 [%rd5+8], %r3;");
  EXPECT_EQ(run_with_out<u32>(text, 1, 3), (std::vector<u32>{5, 6, 7}));
}

TEST(PtxUndefined, WhatHasAConsequenceIsFound) {
  const auto kind_of = [](std::string_view body) { return fault_of(text_with_out(body), 1, 64); };
  EXPECT_EQ(kind_of("st.global.u32 [%rd0], %r5;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("add.u32 %r4, %r5, 1; mov.u32 %r6, %r4; st.global.u32 [%rd0], %r6;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("ld.global.u32 %r1, [%rd5];"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("@%p1 mov.u32 %r1, 1;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("setp.eq.f64 %p1, %fd1, %fd2; @%p1 bra L; L: ret;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("red.global.add.u32 [%rd0], %r5;"), FaultKind::undefined_value);
  EXPECT_EQ(kind_of("setp.eq.u32 %p1, %r0, 9; @%p1 mov.u32 %r1, 1; st.global.u32 [%rd0], %r1;"),
            FaultKind::undefined_value);
  EXPECT_EQ(kind_of("selp.u32 %r1, 1, %r5, 0; st.global.u32 [%rd0], %r1;"), FaultKind::undefined_value);
}

TEST(PtxUndefined, WhatHasNoneIsNot) {
  const auto value_of = [](std::string_view body) { return run_with_out<u32>(text_with_out(body), 1, 1)[0]; };
  EXPECT_EQ(value_of("mov.u32 %r4, %r5; add.u32 %r4, %r4, 1; div.u32 %r4, 1, %r5;"), 0U);
  EXPECT_EQ(value_of("selp.u32 %r1, 3, %r5, 1; st.global.u32 [%rd0], %r1;"), 3U);
  EXPECT_EQ(value_of("and.b32 %r1, %r5, 0; st.global.u32 [%rd0], %r1;"), 0U);
  EXPECT_EQ(value_of("or.b32 %r1, -1, %r5; st.global.u32 [%rd0], %r1;"), 0xFFFFFFFFU);
  EXPECT_EQ(value_of("mov.pred %p1, 0; and.pred %p2, %p1, %p3; @!%p2 st.global.u32 [%rd0], 4;"), 4U);
  EXPECT_EQ(value_of("add.u32 %r1, %r5, 1; mov.u32 %r1, 8; st.global.u32 [%rd0], %r1;"), 8U);
}

TEST(PtxFault, NamesThePlace) {
  const Module module =
      Module::parse(text_with_out("mov.u32 %r1, %ctaid.y; setp.ne.u32 %p1, %r1, 1; @%p1 ret;\n"
                                  "setp.eq.u32 %p2, %r0, 3;\n@%p2 trap;"));
  GlobalMemory memory;
  const DeviceArray<u32> out(memory, "out", {0});
  try {
    launch(
        {.kernel = module.kernel("k"), .grid = {1, 2, 1}, .block = {4, 2, 1}, .arguments = pack_arguments(out.data())},
        memory);
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::trap);
    EXPECT_EQ(fault.place().line, first_body_line + 3);
    EXPECT_EQ(fault.place().statement, "@%p2 trap");
    EXPECT_EQ(fault.place().thread, (Dim3{3, 0, 0}));
    EXPECT_EQ(fault.place().block, (Dim3{0, 1, 0}));
    EXPECT_EQ(std::string(fault.what()),
              "trap: the kernel says that this must not happen (kernel k, thread (3,0,0) of block (0,1,0), line 19: "
              "@%p2 trap)");
  }
}

TEST(PtxLaunch, RefusesWhatNoDeviceTakes) {
  const Module module =
      Module::parse(std::string(text_header) + ".entry k(.param .u32 n)\n.maxntid 64, 1, 1\n{\nret;\n}\n");
  const auto kind_of = [&](Dim3 grid, Dim3 block, std::size_t arguments, u32 shared) {
    GlobalMemory memory;
    const std::vector<std::byte> bytes(arguments);
    try {
      launch({.kernel = module.kernel("k"),
              .grid = grid,
              .block = block,
              .arguments = bytes,
              .dynamic_shared_bytes = shared},
             memory);
    } catch (const Fault& fault) {
      return fault.kind();
    }
    return FaultKind::trap;  // none
  };
  EXPECT_EQ(kind_of({1, 1, 1}, {64, 1, 1}, 4, 0), FaultKind::trap);
  EXPECT_EQ(kind_of({0, 1, 1}, {1, 1, 1}, 4, 0), FaultKind::bad_launch);
  EXPECT_EQ(kind_of({1, 65536, 1}, {1, 1, 1}, 4, 0), FaultKind::bad_launch);
  EXPECT_EQ(kind_of({1, 1, 1}, {65, 1, 1}, 4, 0), FaultKind::bad_launch);
  EXPECT_EQ(kind_of({1, 1, 1}, {1, 1, 1}, 8, 0), FaultKind::bad_launch);
  EXPECT_EQ(kind_of({1, 1, 1}, {1, 1, 1}, 4, 1 << 20), FaultKind::bad_launch);
}

TEST(PtxLaunch, EndsKernelsThatDoNot) {
  EXPECT_EQ(fault_of(text_with_out("L: bra L;"), 1, 4, {.order = Order::forward, .instruction_limit = 1000}),
            FaultKind::instruction_limit);
}

TEST(PtxLaunch, RunsThreadsAndBlocksInBothOrders) {
  const Module module = Module::parse(
      text_with_out("mov.u32 %r1, %ctaid.x; shl.b32 %r2, %r1, 4; or.b32 %r2, %r2, %r0; st.global.u32 [%rd0], %r2;"));
  const auto last = [&](Order order) {
    GlobalMemory memory;
    const auto out = DeviceArray<u32>::unwritten(memory, "out", 1);
    launch(
        {.kernel = module.kernel("k"), .grid = {3, 1, 1}, .block = {5, 1, 1}, .arguments = pack_arguments(out.data())},
        memory, {.order = order});
    return out[0];
  };
  EXPECT_EQ(last(Order::forward), 0x24U);
  EXPECT_EQ(last(Order::reverse), 0U);
}

}  // namespace
}  // namespace ravine::ptx
