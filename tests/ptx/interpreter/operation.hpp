/// \file
/// The functions that execute instructions of one result, made from function objects on values.
#pragma once

#include <cstdint>
#include <type_traits>

#include "thread.hpp"

namespace ravine::ptx {

template <class T, class Operation>
Step execute_unary(Thread& thread, const Instruction& i) {
  write<T>(thread, i.to[0], Operation{}(read<T>(thread, i.from[0])));
  return Step::next;
}

template <class T, class Operation>
Step execute_binary(Thread& thread, const Instruction& i) {
  write<T>(thread, i.to[0], Operation{}(read<T>(thread, i.from[0]), read<T>(thread, i.from[1])));
  return Step::next;
}

template <class T, class Operation>
Step execute_ternary(Thread& thread, const Instruction& i) {
  write<T>(thread, i.to[0],
           Operation{}(read<T>(thread, i.from[0]), read<T>(thread, i.from[1]), read<T>(thread, i.from[2])));
  return Step::next;
}

/// An integer of 64 bits, to compute in without overflow: what wraps around in C++ too.
template <class T>
constexpr std::uint64_t wide(T value) {
  return static_cast<std::uint64_t>(value);
}

}  // namespace ravine::ptx
