#include "module.hpp"

#include <cstddef>

#include "testing.hpp"

namespace ravine::ptx {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

int error_line(const std::string& text) {
  try {
    static_cast<void>(Module::parse(text));
  } catch (const ParseError& error) {
    return error.line();
  }
  return 0;
}

TEST(PtxModule, AnUnknownInstructionIsNamedWithItsLine) {
  try {
    static_cast<void>(Module::parse(kernel_text("", "mov.u32 %r1, 1;\n  frobnicate.b32   %r1,\n %r2;")));
    FAIL() << "not refused";
  } catch (const ParseError& error) {
    EXPECT_EQ(error.line(), first_body_line + 1);
    EXPECT_NE(std::string(error.what()).find("frobnicate.b32 %r1, %r2"), std::string::npos) << error.what();
  }
}

TEST(PtxModule, MistakesInTheTextAreRefused) {
  EXPECT_EQ(error_line(kernel_text("", "add.u32 %r1, %r2;")), first_body_line);       // an operand too few
  EXPECT_EQ(error_line(kernel_text("", "add.u32 %r1, %r2, %x9;")), first_body_line);  // no such register
  EXPECT_EQ(error_line(kernel_text("", "\nbra nowhere;")), first_body_line + 1);      // no such label
  EXPECT_EQ(error_line(kernel_text("", "a: mov.u32 %r1, 1;\na: ret;")), first_body_line + 1);
  EXPECT_EQ(error_line(kernel_text("", "@%q mov.u32 %r1, 1;")), first_body_line);
  EXPECT_EQ(error_line(kernel_text("", "call foo;")), first_body_line);
  EXPECT_EQ(error_line(kernel_text("", ".reg .b128 %q;")), first_body_line);
  EXPECT_EQ(error_line(kernel_text("", "ld.global.f16x2 %r1, [%rd1];")), first_body_line);
  EXPECT_EQ(error_line(kernel_text("", "mov.u32 %r1, %clock;")), first_body_line);
  EXPECT_GT(error_line(".version 9.0\n.entry k(\n)\n{\nret;\n"), 0);  // no closing brace
  EXPECT_EQ(error_line(".version 9.0\n.alias a, b;\n"), 2);
}

TEST(PtxModule, NamesTheKernelsThatThereAre) {
  const Module module = Module::parse(kernel_text("", "ret;"));
  EXPECT_EQ(module.find("j"), nullptr);
  EXPECT_THROW(static_cast<void>(module.kernel("j")), std::invalid_argument);
  EXPECT_EQ(module.kernels().size(), 1U);
}

TEST(PtxModule, WhatDoesNothingIsPassedOver) {
  const std::string text = std::string(text_header) +
                           ".file 1 \"a//b.cu\"\n/* a comment\n of two lines */ .extern .func f();\n"
                           ".func g(.param .b32 x)\n{\n  { call h; }\n}\n"
                           ".visible .entry k(.param .u64 out)\n.maxntid 64, 2, 1\n.minnctapersm 2\n{\n"
                           ".reg .b64 %rd<3>; .pragma \"nounroll\";\n.loc 1 3 5\n"
                           "ld.param.u64 %rd1, [out]; // a comment; with a semicolon\n"
                           "mov.b64 %rd2, 7;\nst.global.u64 [%rd1], %rd2;\nret;\n}\n"
                           ".section .debug_str\n{\n info: .b8 1\n}\n";
  EXPECT_EQ(run_with_out<u64>(text, 1, 1)[0], 7U);
  EXPECT_EQ(Module::parse(text).kernel("k").maximum_threads, 128U);
}

TEST(PtxModule, ParametersLieAsInC) {
  struct Inner {
    double a[3];
    int n;
  };
  struct Argument {
    unsigned char flag;
    Inner inner;
  };
  const Module module = Module::parse(kernel_text(
      ".param .u8 small,\n.param .align 8 .b8 argument[40],\n.param .u16 middle, .param .u64 .ptr .global .align 8 out",
      "ld.param.u64 %rd1, [out];\n"
      "ld.param.u8 %r1, [argument];\nld.param.f64 %fd1, [argument+16];\nld.param.u32 %r2, [argument+32];\n"
      "ld.param.u8 %r3, [small];\nld.param.u16 %r4, [middle];\n"
      "mov.b64 %rd2, argument; add.u64 %rd2, %rd2, 16; ld.param.f64 %fd2, [%rd2+8];\n"
      "cvta.param.u64 %rd3, %rd2; ld.f64 %fd3, [%rd3+-8];\n"
      "cvt.rn.f64.u32 %fd4, %r1; st.global.f64 [%rd1], %fd4;\nst.global.f64 [%rd1+8], %fd1;\n"
      "cvt.rn.f64.u32 %fd4, %r2; st.global.f64 [%rd1+16], %fd4;\n"
      "add.u32 %r4, %r3, %r4; cvt.rn.f64.u32 %fd4, %r4; st.global.f64 [%rd1+24], %fd4;\n"
      "st.global.f64 [%rd1+32], %fd2; st.global.f64 [%rd1+40], %fd3;"));
  const Kernel& kernel = module.kernel("k");
  ASSERT_EQ(kernel.parameters.size(), 4U);
  EXPECT_EQ(kernel.parameters[1].offset, 8U);
  EXPECT_EQ(kernel.parameters[3].offset, 56U);
  EXPECT_EQ(kernel.argument_bytes, 64U);
  GlobalMemory memory;
  const auto out = DeviceArray<double>::unwritten(memory, "out", 6);
  const Argument argument{3, {{0.5, 1.5, 2.5}, 42}};
  const std::uint8_t small = 200;
  const std::uint16_t middle = 1000;
  launch({.kernel = kernel, .grid = {}, .block = {}, .arguments = pack_arguments(small, argument, middle, out.data())},
         memory);
  EXPECT_EQ(std::vector<double>(out.values().begin(), out.values().end()),
            (std::vector<double>{3, 1.5, 42, 1200, 2.5, 0.5}));
}

TEST(PtxModule, ScopesHaveTheirOwnNames) {
  const std::vector<u32> out = run_with_out<u32>(text_with_out("mov.u32 %r1, 5;\n"
                                                               "{ .reg .b32 %r1, t; mov.u32 %r1, 7; mov.u32 t, %r1;\n"
                                                               "  { .reg .pred p; setp.eq.u32 p, t, 7; @!p bra L;\n"
                                                               "    st.global.u32 [%rd0], t; L: } }\n"
                                                               "{ .reg .pred p; setp.ne.u32 p, %r1, 5; @p bra L;\n"
                                                               "  st.global.u32 [%rd0+4], %r1; L: }"),
                                                 1, 2);
  EXPECT_EQ(out, (std::vector<u32>{7, 5}));
}

TEST(PtxModule, BranchesAndLoops) {
  const std::vector<u32> out = run_with_out<u32>(
      text_with_out("mov.u32 %r1, 0; mov.u32 %r2, 0;\nLOOP: add.u32 %r2, %r2, %r1; add.u32 %r1, %r1, 1;\n"
                    "setp.lt.u32 %p1, %r1, 10; @%p1 bra LOOP;\nst.global.u32 [%rd0], %r2; bra.uni DONE;\n"
                    "st.global.u32 [%rd0], %r1;\nDONE: ret;"),
      1, 1);
  EXPECT_EQ(out[0], 45U);
}

TEST(PtxModule, IndirectBranches) {
  const std::string text = text_with_out(
      "T: .branchtargets A, B, C;\nmul.wide.u32 %rd1, %r0, 4; add.u64 %rd1, %rd1, %rd0;\n"
      "brx.idx %r0, T;\nA: st.global.u32 [%rd1], 10; ret;\nB: st.global.u32 [%rd1], 11; ret;\n"
      "C: st.global.u32 [%rd1], 12; ret;");
  EXPECT_EQ(run_with_out<u32>(text, 3, 3), (std::vector<u32>{10, 11, 12}));
  EXPECT_EQ(fault_of(text, 4, 16), FaultKind::out_of_bounds);
}

TEST(PtxModule, VariablesOfTheModule) {
  const std::string text =
      std::string(text_header) +
      ".const .align 8 .f64 table[3] = {0d3FF0000000000000, 0d4000000000000000};\n"
      ".global .align 4 .u32 counter = 7;\n.global .align 4 .b8 bytes[4] = {1, 2, 3, 4};\n"
      ".visible .entry k(.param .u64 out)\n{\n.reg .b64 %rd<4>; .reg .b32 %r<4>; .reg .f64 %fd<4>;\n"
      "ld.param.u64 %rd0, [out]; ld.const.f64 %fd1, [table+8]; st.global.f64 [%rd0], %fd1;\n"
      "mov.u64 %rd1, table; ld.const.f64 %fd1, [%rd1+16]; st.global.f64 [%rd0+8], %fd1;\n"
      "atom.global.add.u32 %r1, [counter], 1; cvt.rn.f64.u32 %fd1, %r1;\n"
      "st.global.f64 [%rd0+16], %fd1; ld.global.u32 %r2, [bytes]; cvt.rn.f64.u32 %fd1, %r2;\n"
      "st.global.f64 [%rd0+24], %fd1; STORE\n}\n";
  const auto with = [&](const std::string& last) {
    std::string changed = text;
    return changed.replace(changed.find("STORE"), 5, last);
  };
  EXPECT_EQ(run_with_out<double>(with(""), 1, 4), (std::vector<double>{2, 0, 7, 0x04030201}));
  EXPECT_EQ(fault_of(with("st.global.f64 [table], %fd1;"), 1, 32), FaultKind::read_only);
  EXPECT_EQ(fault_of(with("ld.const.f64 %fd1, [table+24];"), 1, 32), FaultKind::out_of_bounds);
}

TEST(PtxModule, SpecialRegisters) {
  const Module module = Module::parse(kernel_text(
      ".param .u64 out",
      "ld.param.u64 %rd0, [out]; mov.u32 %r1, %tid.x; mov.u32 %r2, %tid.y; mov.u32 %r3, %tid.z;\n"
      "mov.u32 %r4, %ctaid.x; mov.u32 %r5, %ctaid.y; mov.u32 %r6, %ctaid.z;\n"
      "setp.ne.u32 %p1, %r1, 2; setp.ne.or.u32 %p1, %r2, 3, %p1; setp.ne.or.u32 %p1, %r3, 1, %p1;\n"
      "setp.ne.or.u32 %p1, %r4, 1, %p1; setp.ne.or.u32 %p1, %r5, 2, %p1; setp.ne.or.u32 %p1, %r6, 3, %p1; @%p1 ret;\n"
      "mov.u32 %r7, %ntid.x; mov.u32 %r8, %ntid.y; mov.u32 %r9, %ntid.z; mov.u32 %r10, %nctaid.x;\n"
      "mov.u32 %r11, %nctaid.y; mov.u32 %r12, %nctaid.z; mov.u32 %r13, %laneid; mov.u32 %r14, %warpid;\n"
      "mov.u32 %r15, %nwarpid; mov.u32 %r16, %lanemask_lt; mov.u32 %r17, %lanemask_le; mov.u32 %r18, %lanemask_ge;\n"
      "mov.u32 %r19, %lanemask_gt; mov.u32 %r20, %lanemask_eq; mov.u32 %r21, %dynamic_smem_size;\n"
      "st.global.v4.u32 [%rd0], {%r7, %r8, %r9, %r10}; st.global.v4.u32 [%rd0+16], {%r11, %r12, %r13, %r14};\n"
      "st.global.v4.u32 [%rd0+32], {%r15, %r16, %r17, %r18}; st.global.v2.u32 [%rd0+48], {%r19, %r20};\n"
      "st.global.u32 [%rd0+56], %r21;"));
  GlobalMemory memory;
  const DeviceArray<u32> out(memory, "out", std::vector<u32>(15));
  launch({.kernel = module.kernel("k"),
          .grid = {2, 3, 4},
          .block = {3, 5, 4},
          .arguments = pack_arguments(out.data()),
          .dynamic_shared_bytes = 64},
         memory);
  const u32 thread = 2 + 3 * (3 + 5 * 1);
  const u32 bit = 1U << thread;
  EXPECT_EQ(std::vector<u32>(out.values().begin(), out.values().end()),
            (std::vector<u32>{3, 5, 4, 2, 3, 4, thread, 0, 2, bit - 1, bit | (bit - 1), ~(bit - 1), ~(bit | (bit - 1)),
                              bit, 64}));
}

}  // namespace
}  // namespace ravine::ptx
