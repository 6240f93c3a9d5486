/// \file
/// Integer arithmetic with a carry, of which 128-bit integers are made: add.cc, addc, sub.cc, subc, mad.cc, madc.
#pragma once

#include <cstdint>

#include "decoder.hpp"

namespace ravine::ptx {

enum class Carry : std::uint8_t { none, in };

/// Decode the rest of the statement, whose `.cc` is not used up. `carry` says whether the carry is an operand.
void decode_add_with_carry(Decoder& decoder, Carry carry);
void decode_subtract_with_carry(Decoder& decoder, Carry carry);
void decode_multiply_add_with_carry(Decoder& decoder, Carry carry);

}  // namespace ravine::ptx
