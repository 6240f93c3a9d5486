// atom and red on integers. Threads run one at a time, so that an operation is atomic by itself. Sums of floating-point
// numbers are not modelled: their order would show in the result.
#include <algorithm>
#include <cstring>

#include "address.hpp"
#include "decoder.hpp"

namespace ravine::ptx {
namespace {

enum class Operation : std::uint8_t { add, min, max, and_bits, or_bits, xor_bits, exchange, compare_swap, inc, dec };

template <class T>
T updated(Operation operation, T old, T b, T c) {
  switch (operation) {
    case Operation::add:
      return static_cast<T>(static_cast<std::uint64_t>(old) + static_cast<std::uint64_t>(b));
    case Operation::min:
      return std::min(old, b);
    case Operation::max:
      return std::max(old, b);
    case Operation::and_bits:
      return old & b;
    case Operation::or_bits:
      return old | b;
    case Operation::xor_bits:
      return old ^ b;
    case Operation::exchange:
      return b;
    case Operation::compare_swap:
      return old == b ? c : old;
    case Operation::inc:
      return old >= b ? T{0} : static_cast<T>(old + 1);
    case Operation::dec:
      return old == 0 || old > b ? b : static_cast<T>(old - 1);
  }
  return old;
}

/// from[0]: the address, from[1] and from[2] the operands, mode the operation, variant the space.
template <class T>
Step execute_atomic(Thread& thread, const Instruction& i) {
  const auto [space, address] = locate(static_cast<Space>(i.variant), address_of(thread, i));
  require_aligned(address, sizeof(T));
  std::byte* memory = memory_to_write(thread, space, address, sizeof(T), SharedMemory::Kind::atomic_update);
  T old{};
  std::memcpy(&old, memory, sizeof(T));
  const T next = updated(static_cast<Operation>(i.mode), old, read<T>(thread, i.from[1]), read<T>(thread, i.from[2]));
  std::memcpy(memory, &next, sizeof(T));
  write<T>(thread, i.to[0], old);
  return Step::next;
}

/// The operands from number `first`: the address and one or two values.
void decode_rest(Decoder& decoder, std::size_t first) {
  decoder.ignore({"relaxed", "acquire", "release", "acq_rel", "cta", "cluster", "gpu", "sys"});
  Instruction& result = decoder.instruction;
  const Space space = take_space(decoder);
  if (space == Space::local || space == Space::parameters) decoder.fail("atomics are for global and shared memory");
  result.variant = static_cast<std::uint8_t>(space);
  result.mode = decoder.take_one({"add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec"});
  const Type type = decoder.take_type();
  const bool swaps = result.mode == static_cast<std::uint8_t>(Operation::compare_swap);
  decoder.expect_operands(first + (swaps ? 3 : 2));
  const Address where = decoder.address(decoder.operand(first));
  result.from[0] = where.base;
  result.offset = where.offset;
  result.address_is_32 = where.is_32;
  result.from[1] = decoder.source(decoder.operand(first + 1), type);
  if (swaps) result.from[2] = decoder.source(decoder.operand(first + 2), type);
  result.undefined = Undefined::is_a_fault;
  if (bits_of(type) < 32) decoder.fail("atomics are of 32 or 64 bits");
  result.execute = for_integer(type, []<class T>() -> Execute { return &execute_atomic<T>; });
}

void decode_atom(Decoder& decoder) {
  decoder.instruction.to[0] = decoder.destination(decoder.operand(0));
  decode_rest(decoder, 1);
}

void decode_red(Decoder& decoder) {
  decode_rest(decoder, 0);
}

}  // namespace

void add_atomics(DecodeTable& table) {
  table["atom"] = &decode_atom;
  table["red"] = &decode_red;
}

}  // namespace ravine::ptx
