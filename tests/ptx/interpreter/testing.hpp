/// \file
/// What the interpreter's tests share: kernels from a few lines of text, and the values of single instructions.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "launch.hpp"

namespace ravine::ptx {

inline constexpr std::string_view text_header = ".version 9.0\n.target sm_80\n.address_size 64\n";

/// A module with one kernel, `k`, that has a few registers of each kind. Its body starts in line 16 of the text.
inline std::string kernel_text(std::string_view parameters, std::string_view body) {
  return fmt::format(
      "{}.visible .entry k(\n{}\n)\n{{\n.reg .pred %p<12>;\n.reg .b16 %rs<12>;\n.reg .b32 %r<24>;\n.reg .b64 %rd<24>;\n"
      ".reg .f32 %f<12>;\n.reg .f64 %fd<12>;\n\n\n{}\n}}\n",
      text_header, parameters, body);
}
inline constexpr int first_body_line = 16;

/// A kernel text with one parameter, the buffer `out`, whose address is in %rd0; %r0 is the thread's number.
inline std::string text_with_out(std::string_view body) {
  return kernel_text(".param .u64 out", fmt::format("ld.param.u64 %rd0, [out]; mov.u32 %r0, %tid.x;\n{}", body));
}

/// Runs such a text with `threads` threads and an `out` of `count` elements, all zero; gives `out` back.
template <class T>
std::vector<T> run_with_out(const std::string& text, std::uint32_t threads, std::size_t count,
                            const Options& options = {}) {
  const Module module = Module::parse(text);
  GlobalMemory memory;
  const DeviceArray<T> out(memory, "out", std::vector<T>(count));
  launch({.kernel = module.kernel("k"), .grid = {}, .block = {threads, 1, 1}, .arguments = pack_arguments(out.data())},
         memory, options);
  EXPECT_TRUE(out.guards_intact());
  return {out.values().begin(), out.values().end()};
}

/// The fault of such a run; a failure of the test if there is none.
inline FaultKind fault_of(const std::string& text, std::uint32_t threads, std::size_t bytes,
                          const Options& options = {}) {
  try {
    run_with_out<std::uint8_t>(text, threads, bytes, options);
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.place().kernel, "k");
    return fault.kind();
  }
  ADD_FAILURE() << "no fault";
  return FaultKind::bad_launch;
}

/// The register that holds a T in the texts of evaluate.
template <class T>
std::string register_of(std::size_t number) {
  const char* name = std::is_same_v<T, double>  ? "fd"
                     : std::is_same_v<T, float> ? "f"
                     : std::is_same_v<T, bool>  ? "p"
                     : sizeof(T) == 8           ? "rd"
                     : sizeof(T) == 4           ? "r"
                                                : "rs";
  return fmt::format("%{}{}", name, number);
}

template <class T>
constexpr std::string_view type_name() {
  if constexpr (std::is_same_v<T, double>)
    return "f64";
  else if constexpr (std::is_same_v<T, float>)
    return "f32";
  else if constexpr (sizeof(T) == 8)
    return "b64";
  else if constexpr (sizeof(T) == 4)
    return "b32";
  else
    return "b16";
}

/// What `instructions` leave in register 0 of To's kind, when the values are in the registers 1, 2, ... of theirs.
/// Register 10 of every kind is free.
template <class To, class... From>
To evaluate(std::string_view instructions, const From&... values) {
  std::string parameters = ".param .u64 out";
  std::string body = "ld.param.u64 %rd20, [out];\n";
  std::size_t number = 0;
  [[maybe_unused]] const auto add = [&]<class T>(const T&) {
    ++number;
    if constexpr (std::is_same_v<T, bool>) {
      parameters += fmt::format(", .param .u8 a{}", number);
      body += fmt::format("ld.param.u8 %rs11, [a{}]; setp.ne.u16 %p{}, %rs11, 0;\n", number, number);
    } else {
      parameters += fmt::format(", .param .{} a{}", type_name<T>(), number);
      body += fmt::format("ld.param.{} {}, [a{}];\n", type_name<T>(), register_of<T>(number), number);
    }
  };
  (add(values), ...);
  body += fmt::format("{}\n", instructions);
  if constexpr (std::is_same_v<To, bool>) {
    body += "selp.u16 %rs0, 1, 0, %p0; st.global.u8 [%rd20], %rs0;";
  } else {
    body += fmt::format("st.global.{} [%rd20], {};", type_name<To>(), register_of<To>(0));
  }
  const Module module = Module::parse(kernel_text(parameters, body));
  GlobalMemory memory;
  const auto out = DeviceArray<std::uint8_t>::unwritten(memory, "out", sizeof(To));
  launch({.kernel = module.kernel("k"), .grid = {}, .block = {}, .arguments = pack_arguments(out.data(), values...)},
         memory);
  To result{};
  std::memcpy(&result, out.data(), sizeof(To));
  return result;
}

/// Values at which arithmetic goes wrong first.
template <class T>
std::vector<T> interesting() {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>) {
    return {T(0),
            -T(0),
            T(1),
            -T(1),
            T(0.1),
            -T(2.5),
            T(3.5),
            Limits::max(),
            Limits::lowest(),
            Limits::min(),
            Limits::denorm_min(),
            -Limits::denorm_min(),
            Limits::epsilon(),
            Limits::infinity(),
            -Limits::infinity(),
            T(123456789)};
  } else {
    return {T(0),
            T(1),
            T(2),
            T(7),
            T(-1),
            T(-2),
            Limits::max(),
            Limits::min(),
            T(Limits::max() / 3),
            T(Limits::max() - 1),
            T(0x5A)};
  }
}

/// Equal bit for bit, or both a NaN: whose bits are a matter of the device.
template <class T>
bool same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a != a && b != b) return true;
  }
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

/// Compares an instruction with the host for every pair of interesting values.
template <class T, class Expected>
void expect_binary(std::string_view instruction, Expected expected) {
  using To = decltype(expected(T{}, T{}));
  for (const T a : interesting<T>()) {
    for (const T b : interesting<T>()) {
      EXPECT_TRUE(same<To>(evaluate<To>(instruction, a, b), expected(a, b)))
          << instruction << " of " << testing::PrintToString(a) << " and " << testing::PrintToString(b);
    }
  }
}

template <class T, class Expected>
void expect_unary(std::string_view instruction, Expected expected) {
  using To = decltype(expected(T{}));
  for (const T a : interesting<T>()) {
    EXPECT_TRUE(same<To>(evaluate<To>(instruction, a), expected(a)))
        << instruction << " of " << testing::PrintToString(a);
  }
}

}  // namespace ravine::ptx
