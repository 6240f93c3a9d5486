// The end of a thread, fences, and the instructions in which threads wait for each other: these only say that the
// thread waits; collectives.cpp completes them.
#include "decoder.hpp"
#include "fault.hpp"
#include "operation.hpp"

namespace ravine::ptx {
namespace {

Step wait_for_others(Thread& /*thread*/, const Instruction& /*i*/) {
  return Step::wait;
}

Step end_thread(Thread& /*thread*/, const Instruction& /*i*/) {
  return Step::exit;
}

Step do_nothing(Thread& /*thread*/, const Instruction& /*i*/) {
  return Step::next;
}

Step execute_trap(Thread& /*thread*/, const Instruction& /*i*/) {
  throw Violation{FaultKind::trap, "the kernel says that this must not happen"};
}

/// Only the lane itself is sure to be active: PTX promises no more.
Step execute_activemask(Thread& thread, const Instruction& i) {
  write<std::uint32_t>(thread, i.to[0], 1U << thread.lane());
  return Step::next;
}

/// Threads run one after another and see each other's writes at once: a fence has nothing to do.
void decode_fence(Decoder& decoder) {
  decoder.expect_operands(0);
  decoder.ignore({"cta", "gl", "sys", "sc", "acq_rel", "gpu", "cluster"});
  decoder.instruction.execute = &do_nothing;
}

void decode_end(Decoder& decoder) {
  decoder.expect_operands(0);
  decoder.ignore({"uni"});
  decoder.instruction.execute = &end_thread;
}

void decode_trap(Decoder& decoder) {
  decoder.expect_operands(0);
  decoder.instruction.execute = &execute_trap;
}

void decode_activemask(Decoder& decoder) {
  decoder.expect_operands(1);
  decoder.take_type();
  decoder.instruction.to[0] = decoder.destination(decoder.operand(0));
  decoder.instruction.execute = &execute_activemask;
}

void make_collective(Decoder& decoder, Collective collective) {
  decoder.instruction.collective = collective;
  decoder.instruction.undefined = Undefined::is_a_fault;
  decoder.instruction.execute = &wait_for_others;
}

/// `%r1|%p1`, or only the first.
void decode_pair_of_results(Decoder& decoder) {
  const std::vector<std::string> results = split(decoder.operand(0), '|');
  for (std::size_t i = 0; i < results.size() && i < 2; ++i) {
    decoder.instruction.to.at(i) = decoder.destination(results[i]);
  }
}

/// bar.warp.sync: from[3] is the mask of the lanes, as in every instruction of a warp.
void decode_warp_barrier(Decoder& decoder) {
  decoder.take_one({"sync"});
  decoder.expect_operands(1);
  decoder.instruction.from[3] = decoder.source(decoder.operand(0), Type::b32);
  make_collective(decoder, Collective::warp_barrier);
}

/// bar.red: from[1] is the predicate, mode says what is made of all threads'.
void decode_reducing_barrier(Decoder& decoder) {
  Instruction& result = decoder.instruction;
  result.mode = static_cast<std::uint8_t>(decoder.take_one({"popc", "and", "or"}) + 1);
  const Type type = decoder.take_type();
  if ((type == Type::pred) != (result.mode != 1)) decoder.fail("popc counts; and, or make predicates");
  decoder.expect_operands(3);
  result.to[0] = decoder.destination(decoder.operand(0));
  result.from[0] = decoder.source(decoder.operand(1), Type::b32);
  result.from[1] = decoder.predicate(decoder.operand(2));
}

/// bar and barrier: from[0] is the barrier's number. With variant 1, which is what `bar` means, every thread must come
/// to the same instruction.
void decode_barrier(Decoder& decoder) {
  decoder.ignore({"cta"});
  if (decoder.take("warp")) {
    decode_warp_barrier(decoder);
    return;
  }
  if (decoder.take("aligned")) decoder.instruction.variant = 1;
  if (decoder.take("red")) {
    decode_reducing_barrier(decoder);
  } else {
    decoder.take_one({"sync"});
    if (decoder.operand_count() != 1) decoder.fail("barriers of a part of the block are not modelled");
    decoder.instruction.from[0] = decoder.source(decoder.operand(0), Type::b32);
  }
  make_collective(decoder, Collective::barrier);
}

/// from: value, lane, clamp and mask; to: value and whether it came from another lane in range.
void decode_shuffle(Decoder& decoder) {
  decoder.take_one({"sync"});
  Instruction& result = decoder.instruction;
  result.mode = decoder.take_one({"up", "down", "bfly", "idx"});
  decoder.take_type();
  decoder.expect_operands(5);
  decode_pair_of_results(decoder);
  for (std::size_t i = 0; i < 4; ++i) result.from.at(i) = decoder.source(decoder.operand(i + 1), Type::b32);
  make_collective(decoder, Collective::shuffle);
  result.undefined = Undefined::is_shuffled;
}

void decode_vote(Decoder& decoder) {
  decoder.take_one({"sync"});
  Instruction& result = decoder.instruction;
  result.mode = decoder.take_one({"all", "any", "uni", "ballot"});
  decoder.take_type();
  decoder.expect_operands(3);
  result.to[0] = decoder.destination(decoder.operand(0));
  result.from[0] = decoder.predicate(decoder.operand(1));
  result.from[3] = decoder.source(decoder.operand(2), Type::b32);
  make_collective(decoder, Collective::vote);
}

void decode_match(Decoder& decoder) {
  decoder.take_one({"sync"});
  Instruction& result = decoder.instruction;
  result.mode = decoder.take_one({"any", "all"});
  const Type type = decoder.take_type();
  decoder.expect_operands(3);
  decode_pair_of_results(decoder);
  result.from[0] = decoder.source(decoder.operand(1), type);
  result.from[3] = decoder.source(decoder.operand(2), Type::b32);
  make_collective(decoder, Collective::match);
}

/// variant 1: of signed numbers.
void decode_redux(Decoder& decoder) {
  decoder.take_one({"sync"});
  Instruction& result = decoder.instruction;
  result.mode = decoder.take_one({"add", "min", "max", "and", "or", "xor"});
  const Type type = decoder.take_type();
  if (bits_of(type) != 32 || is_float(type)) decoder.fail("redux is modelled for integers of 32 bits");
  result.variant = is_signed(type) ? 1 : 0;
  decoder.expect_operands(3);
  result.to[0] = decoder.destination(decoder.operand(0));
  result.from[0] = decoder.source(decoder.operand(1), type);
  result.from[3] = decoder.source(decoder.operand(2), Type::b32);
  make_collective(decoder, Collective::reduce);
}

Step execute_branch(Thread& thread, const Instruction& i) {
  thread.next = i.target;
  return Step::next;
}

Step execute_indirect_branch(Thread& thread, const Instruction& i) {
  const std::vector<std::uint32_t>& targets = thread.block->kernel.branch_tables[i.target];
  const auto number = read<std::uint32_t>(thread, i.from[0]);
  if (number >= targets.size()) throw Violation{FaultKind::out_of_bounds, "branches past the end of its table"};
  thread.next = targets[number];
  return Step::next;
}

void decode_branch(Decoder& decoder) {
  decoder.expect_operands(1);
  decoder.ignore({"uni"});
  decoder.instruction.execute = &execute_branch;
}

void decode_indirect_branch(Decoder& decoder) {
  decoder.expect_operands(2);
  decoder.take_one({"idx"});
  decoder.ignore({"uni"});
  decoder.instruction.from[0] = decoder.source(decoder.operand(0), Type::b32);
  decoder.instruction.undefined = Undefined::is_a_fault;
  decoder.instruction.execute = &execute_indirect_branch;
}

}  // namespace

void add_control(DecodeTable& table) {
  table["bra"] = &decode_branch;
  table["brx"] = &decode_indirect_branch;
  table["ret"] = &decode_end;
  table["exit"] = &decode_end;
  table["trap"] = &decode_trap;
  table["membar"] = &decode_fence;
  table["fence"] = &decode_fence;
  table["activemask"] = &decode_activemask;
  table["barrier"] = &decode_barrier;
  table["bar"] = [](Decoder& decoder) {
    decoder.instruction.variant = 1;
    decode_barrier(decoder);
  };
  table["shfl"] = &decode_shuffle;
  table["vote"] = &decode_vote;
  table["match"] = &decode_match;
  table["redux"] = &decode_redux;
}

}  // namespace ravine::ptx
