// ld, st, mov, cvta and the instructions about address spaces.
#include <algorithm>
#include <bit>
#include <cstring>

#include "address.hpp"
#include "decoder.hpp"

namespace ravine::ptx {
namespace {

using Kind = SharedMemory::Kind;

static_assert(std::endian::native == std::endian::little, "values are copied to and from the low bytes of a slot");

template <std::uint32_t bytes>
std::uint64_t bits_at(const std::byte* memory) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, memory, bytes);
  return bits;
}

/// A value of `bytes` read into a register: with its sign (mode 1) or with zeros above it.
template <std::uint32_t bytes>
std::uint64_t extended(std::uint64_t bits, const Instruction& i) {
  if (i.mode == 0) return bits;
  constexpr std::uint32_t unused = 64 - 8 * bytes;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused) & i.mask;
}

template <std::uint32_t bytes>
void load_local(Thread& thread, const Instruction& i, std::uint64_t address) {
  const LocalMemory& local = thread.registers->local;
  for (std::uint32_t element = 0; element < i.count; ++element) {
    const std::size_t offset = local_offset(thread, address + element * bytes, bytes);
    write_bits(thread, i.to.at(element), extended<bytes>(bits_at<bytes>(&local.bytes[offset]), i));
    const auto first = local.defined.begin() + static_cast<std::ptrdiff_t>(offset);
    if (std::count(first, first + bytes, 0) != 0) write_undefined(thread, i.to.at(element));
  }
}

/// from[0]: the address; variant: the kind of access where the memory is shared.
template <Space where, std::uint32_t bytes>
Step execute_load(Thread& thread, const Instruction& i) {
  const auto [space, address] = locate(where, address_of(thread, i));
  require_aligned(address, bytes * i.count);
  if (space == Space::local) {
    load_local<bytes>(thread, i, address);
    return Step::next;
  }
  for (std::uint32_t element = 0; element < i.count; ++element) {
    const std::byte* memory =
        memory_to_read(thread, space, address + element * bytes, bytes, static_cast<Kind>(i.variant));
    write_bits(thread, i.to[element], extended<bytes>(bits_at<bytes>(memory), i));
  }
  return Step::next;
}

template <std::uint32_t bytes>
void store_local(Thread& thread, const Instruction& i, std::uint64_t address) {
  LocalMemory& local = thread.registers->local;
  for (std::uint32_t element = 0; element < i.count; ++element) {
    const std::size_t offset = local_offset(thread, address + element * bytes, bytes);
    std::memcpy(&local.bytes[offset], &thread.slots[i.from.at(1 + element)], bytes);
    std::fill_n(&local.defined[offset], bytes, thread.defined[i.from.at(1 + element)]);
  }
}

/// from[0]: the address; from[1...]: the values.
template <Space where, std::uint32_t bytes>
Step execute_store(Thread& thread, const Instruction& i) {
  const auto [space, address] = locate(where, address_of(thread, i));
  require_aligned(address, bytes * i.count);
  if (space == Space::local) {
    store_local<bytes>(thread, i, address);
    return Step::next;
  }
  for (std::uint32_t element = 0; element < i.count; ++element) {
    std::byte* memory = memory_to_write(thread, space, address + element * bytes, bytes, static_cast<Kind>(i.variant));
    std::memcpy(memory, &thread.slots[i.from[1 + element]], bytes);
  }
  return Step::next;
}

template <Space where>
Execute load_of(std::uint32_t bytes) {
  switch (bytes) {
    case 1:
      return &execute_load<where, 1>;
    case 2:
      return &execute_load<where, 2>;
    case 4:
      return &execute_load<where, 4>;
    default:
      return &execute_load<where, 8>;
  }
}

template <Space where>
Execute store_of(std::uint32_t bytes) {
  switch (bytes) {
    case 1:
      return &execute_store<where, 1>;
    case 2:
      return &execute_store<where, 2>;
    case 4:
      return &execute_store<where, 4>;
    default:
      return &execute_store<where, 8>;
  }
}

/// choose.operator()<space>() for the space of the statement.
template <class Choose>
Execute for_space(Space space, Choose choose) {
  switch (space) {
    case Space::generic:
      return choose.template operator()<Space::generic>();
    case Space::global:
      return choose.template operator()<Space::global>();
    case Space::shared:
      return choose.template operator()<Space::shared>();
    case Space::local:
      return choose.template operator()<Space::local>();
    case Space::parameters:
      return choose.template operator()<Space::parameters>();
  }
  return nullptr;
}

/// An access that is .relaxed, .acquire or .release counts as atomic.
bool take_strength(Decoder& decoder) {
  const bool strong = decoder.take("relaxed") || decoder.take("acquire") || decoder.take("release");
  decoder.ignore({"weak", "volatile", "cta", "cluster", "gpu", "sys"});
  return strong;
}

/// Caches are not modelled, so hints to them are nothing.
void ignore_cache_hints(Decoder& decoder) {
  decoder.ignore({"nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "L1::evict_normal", "L1::evict_unchanged",
                  "L1::evict_first", "L1::evict_last", "L1::no_allocate", "L2::64B", "L2::128B", "L2::256B"});
}

std::uint8_t take_vector(Decoder& decoder) {
  if (decoder.take("v2")) return 2;
  return decoder.take("v4") ? 4 : 1;
}

/// What ld and st have in common; the types of the values.
Type decode_access(Decoder& decoder, std::string_view address) {
  ignore_cache_hints(decoder);
  Instruction& result = decoder.instruction;
  result.count = take_vector(decoder);
  const Type type = decoder.take_type();
  if (bytes_of(type) == 0) decoder.fail("a predicate in memory");
  const Address where = decoder.address(address);
  result.from[0] = where.base;
  result.offset = where.offset;
  result.address_is_32 = where.is_32;
  return type;
}

void decode_load(Decoder& decoder) {
  decoder.expect_operands(2);
  const bool strong = take_strength(decoder);
  const Space space = take_space(decoder);
  const Type type = decode_access(decoder, decoder.operand(1));
  Instruction& result = decoder.instruction;
  const std::vector<std::string> values = Decoder::elements(decoder.operand(0));
  if (values.size() != result.count) decoder.fail("as many registers as elements");
  for (std::size_t i = 0; i < values.size(); ++i) result.to.at(i) = decoder.destination(values[i]);
  result.mode = is_signed(type) ? 1 : 0;
  result.mask = low_bits(decoder.register_bits(values[0]));
  result.variant = static_cast<std::uint8_t>(strong ? Kind::atomic_read : Kind::read);
  result.undefined = Undefined::is_a_fault;
  result.execute = for_space(space, [type]<Space where>() { return load_of<where>(bytes_of(type)); });
}

void decode_store(Decoder& decoder) {
  decoder.expect_operands(2);
  const bool strong = take_strength(decoder);
  const Space space = take_space(decoder);
  const Type type = decode_access(decoder, decoder.operand(0));
  Instruction& result = decoder.instruction;
  const std::vector<std::string> values = Decoder::elements(decoder.operand(1));
  if (values.size() != result.count) decoder.fail("as many values as elements");
  for (std::size_t i = 0; i < values.size(); ++i) result.from.at(1 + i) = decoder.source(values[i], type);
  result.variant = static_cast<std::uint8_t>(strong ? Kind::atomic_write : Kind::write);
  result.undefined = space == Space::local ? Undefined::is_stored_locally : Undefined::is_a_fault;
  result.execute = for_space(space, [type]<Space where>() { return store_of<where>(bytes_of(type)); });
}

Step execute_move(Thread& thread, const Instruction& i) {
  write_bits(thread, i.to[0], thread.slots[i.from[0]]);
  return Step::next;
}

/// to[0] = the elements from[0...], the first in the low bits; mode: the bits of an element, and mask the same set.
Step execute_pack(Thread& thread, const Instruction& i) {
  std::uint64_t packed = 0;
  const std::uint32_t bits = i.mode;
  for (std::uint32_t element = 0; element < i.count; ++element) {
    packed |= (thread.slots[i.from[element]] & i.mask) << (element * bits);
  }
  write_bits(thread, i.to[0], packed);
  return Step::next;
}

Step execute_unpack(Thread& thread, const Instruction& i) {
  const std::uint64_t packed = thread.slots[i.from[0]];
  const std::uint32_t bits = i.mode;
  for (std::uint32_t element = 0; element < i.count; ++element) {
    write_bits(thread, i.to[element], packed >> (element * bits) & i.mask);
  }
  return Step::next;
}

void decode_mov(Decoder& decoder) {
  decoder.expect_operands(2);
  const Type type = decoder.take_type();
  Instruction& result = decoder.instruction;
  const std::vector<std::string> to = Decoder::elements(decoder.operand(0));
  const std::vector<std::string> from = Decoder::elements(decoder.operand(1));
  const std::size_t count = std::max(to.size(), from.size());
  if (count > 4 || std::min(to.size(), from.size()) != 1) decoder.fail("a vector of up to four, and a scalar");
  result.count = static_cast<std::uint8_t>(count);
  result.mode = static_cast<std::uint8_t>(bits_of(type) / count);
  result.mask = low_bits(result.mode);
  for (std::size_t i = 0; i < to.size(); ++i) result.to.at(i) = decoder.destination(to[i]);
  for (std::size_t i = 0; i < from.size(); ++i) result.from.at(i) = decoder.source(from[i], type);
  result.execute = to.size() > 1 ? &execute_unpack : from.size() > 1 ? &execute_pack : &execute_move;
}

/// Adds the window's first address (i.offset), or its opposite.
Step execute_cvta(Thread& thread, const Instruction& i) {
  write_bits(thread, i.to[0], thread.slots[i.from[0]] + static_cast<std::uint64_t>(i.offset));
  return Step::next;
}

void decode_cvta(Decoder& decoder) {
  const bool from_generic = decoder.take("to");
  const Space space = take_space(decoder);
  decoder.plain_operands(decoder.take_type(), 1);
  std::uint64_t window = 0;
  if (space == Space::shared) window = static_cast<std::uint64_t>(Window::shared);
  if (space == Space::local) window = static_cast<std::uint64_t>(Window::local);
  decoder.instruction.offset = static_cast<std::int64_t>(from_generic ? 0 - window : window);
  decoder.instruction.execute = &execute_cvta;
}

/// mode: the space asked about.
Step execute_isspacep(Thread& thread, const Instruction& i) {
  const Space space = locate(Space::generic, thread.slots[i.from[0]]).space;
  write<bool>(thread, i.to[0], space == static_cast<Space>(i.mode));
  return Step::next;
}

void decode_isspacep(Decoder& decoder) {
  if (decoder.has("const")) decoder.fail("constants are not told from global memory");
  decoder.instruction.mode = static_cast<std::uint8_t>(take_space(decoder));
  decoder.plain_operands(Type::b64, 1);
  decoder.instruction.execute = &execute_isspacep;
}

}  // namespace

Space take_space(Decoder& decoder) {
  if (decoder.take("global") || decoder.take("const")) return Space::global;
  if (decoder.take("shared") || decoder.take("shared::cta")) return Space::shared;
  if (decoder.take("local")) return Space::local;
  if (decoder.take("param") || decoder.take("param::entry")) return Space::parameters;
  return Space::generic;
}

void add_memory_operations(DecodeTable& table) {
  table["ld"] = &decode_load;
  table["ldu"] = &decode_load;
  table["st"] = &decode_store;
  table["mov"] = &decode_mov;
  table["cvta"] = &decode_cvta;
  table["isspacep"] = &decode_isspacep;
}

}  // namespace ravine::ptx
