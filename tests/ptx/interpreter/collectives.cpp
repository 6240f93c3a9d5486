#include "collectives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fault.hpp"

namespace ravine::ptx {
namespace {

using State = Thread::State;

const Instruction& instruction_of(const Thread& thread) {
  return thread.block->kernel.code[thread.next - 1];
}

int line_of(const Thread& thread) {
  return thread.block->kernel.lines[thread.next - 1].number;
}

bool waits_for_warp(const Thread& thread) {
  return thread.state == State::waiting && instruction_of(thread).collective != Collective::barrier;
}

bool waits_for_block(const Thread& thread) {
  return thread.state == State::waiting && instruction_of(thread).collective == Collective::barrier;
}

std::uint32_t mask_of(const Thread& thread) {
  return read<std::uint32_t>(thread, instruction_of(thread).from[3]);
}

std::uint32_t lane_bit(std::size_t lane) {
  return 1U << lane;
}

/// Do two waiting lanes execute the same instruction? Barriers of a warp are the same wherever they stand.
bool same_collective(const Thread& a, const Thread& b) {
  const bool barriers = instruction_of(a).collective == Collective::warp_barrier &&
                        instruction_of(b).collective == Collective::warp_barrier;
  return (a.next == b.next || barriers) && mask_of(a) == mask_of(b);
}

/// The lanes that execute an instruction together: those its mask names that have not exited. 0: not all are there.
std::uint32_t group_of(std::span<const Thread> lanes, const Thread& leader) {
  const std::uint32_t mask = mask_of(leader);
  std::uint32_t group = 0;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    if ((mask & lane_bit(lane)) == 0 || lanes[lane].state == State::exited) continue;
    if (!waits_for_warp(lanes[lane]) || !same_collective(leader, lanes[lane])) return 0;
    group |= lane_bit(lane);
  }
  return group;
}

/// The lane a shuffle reads from, and whether that is another in range. As PTX defines it.
struct Source {
  std::uint32_t lane;
  bool in_range;
};
Source source_of(const Thread& thread, const Instruction& i) {
  const std::uint32_t lane = thread.lane();
  const std::uint32_t by = read<std::uint32_t>(thread, i.from[1]) & 0x1F;
  const auto control = read<std::uint32_t>(thread, i.from[2]);
  const std::uint32_t clamp = control & 0x1F;
  const std::uint32_t segment = control >> 8 & 0x1F;
  const std::uint32_t last = (lane & segment) | (clamp & ~segment);
  const std::uint32_t first = lane & segment;
  std::uint32_t from = 0;
  bool in_range = false;
  switch (i.mode) {
    case 0:  // up
      from = lane - by;
      in_range = static_cast<std::int32_t>(from) >= static_cast<std::int32_t>(last);
      break;
    case 1:  // down
      from = lane + by;
      in_range = from <= last;
      break;
    case 2:  // bfly
      from = lane ^ by;
      in_range = from <= last;
      break;
    default:  // idx
      from = first | (by & ~segment);
      in_range = from <= last;
  }
  return {in_range ? from : lane, in_range};
}

/// The lanes of a warp that execute an instruction together.
struct Group {
  std::span<Thread> lanes;
  std::uint32_t members;

  [[nodiscard]] bool has(std::size_t lane) const { return lane < lanes.size() && (members & lane_bit(lane)) != 0; }

  /// visit(thread, its instruction) for each.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      if (has(lane)) visit(lanes[lane], instruction_of(lanes[lane]));
    }
  }
};

/// A value from a lane that takes no part is undefined.
void shuffle(const Group& group) {
  std::array<std::uint64_t, warp_size> values{};
  std::array<bool, warp_size> defined{};
  group.for_each([&](const Thread& thread, const Instruction& i) {
    values.at(thread.lane()) = thread.slots[i.from[0]];
    defined.at(thread.lane()) = thread.defined[i.from[0]] != 0;
  });
  group.for_each([&](Thread& thread, const Instruction& i) {
    const Source source = source_of(thread, i);
    write_bits(thread, i.to[0], values.at(source.lane));
    if (!defined.at(source.lane)) write_undefined(thread, i.to[0]);
    write<bool>(thread, i.to[1], source.in_range);
  });
}

void vote(const Group& group) {
  std::uint32_t agreeing = 0;
  group.for_each([&](const Thread& thread, const Instruction& i) {
    if ((thread.slots[i.from[0]] != 0) != i.negated) agreeing |= lane_bit(thread.lane());
  });
  const bool all = agreeing == group.members;
  const bool none = agreeing == 0;
  const std::array<std::uint64_t, 4> results = {all ? 1U : 0U, none ? 0U : 1U, all || none ? 1U : 0U, agreeing};
  group.for_each([&](Thread& thread, const Instruction& i) { write_bits(thread, i.to[0], results.at(i.mode)); });
}

void match(const Group& group) {
  group.for_each([&](Thread& thread, const Instruction& i) {
    std::uint32_t equal = 0;
    group.for_each([&](const Thread& other, const Instruction&) {
      if (other.slots[i.from[0]] == thread.slots[i.from[0]]) equal |= lane_bit(other.lane());
    });
    const bool all = equal == group.members;
    write_bits(thread, i.to[0], i.mode == 0 || all ? equal : 0);
    write<bool>(thread, i.to[1], all);
  });
}

/// What redux makes of two values of 32 bits; `mode` counts add, min, max, and, or, xor.
std::uint32_t reduced(const Instruction& i, std::uint32_t a, std::uint32_t b) {
  const bool less = i.variant == 1 ? static_cast<std::int32_t>(a) < static_cast<std::int32_t>(b) : a < b;
  const std::array<std::uint32_t, 6> results = {a + b, less ? a : b, less ? b : a, a & b, a | b, a ^ b};
  return results.at(i.mode);
}

/// A value may be read by its lane after another has its result, so all are read first.
void reduce(const Group& group) {
  std::uint32_t total = 0;
  bool first = true;
  group.for_each([&](const Thread& thread, const Instruction& i) {
    const auto value = read<std::uint32_t>(thread, i.from[0]);
    total = first ? value : reduced(i, total, value);
    first = false;
  });
  group.for_each([&](Thread& thread, const Instruction& i) { write<std::uint32_t>(thread, i.to[0], total); });
}

void execute(const Group& group, Collective collective) {
  switch (collective) {
    case Collective::shuffle:
      return shuffle(group);
    case Collective::vote:
      return vote(group);
    case Collective::match:
      return match(group);
    case Collective::reduce:
      return reduce(group);
    case Collective::warp_barrier: {
      const Thread& any = group.lanes.front();
      return any.block->shared.pass_warp_barrier(any.index / warp_size, group.members);
    }
    case Collective::barrier:
    case Collective::none:
      return;
  }
}

/// Do all threads of a block wait at the same barrier?
bool same_barrier(const Thread& a, const Thread& b) {
  const Instruction& first = instruction_of(a);
  const Instruction& second = instruction_of(b);
  const bool aligned = first.variant == 1 || second.variant == 1;
  return (a.next == b.next || !aligned) && first.mode == second.mode &&
         a.slots[first.from[0]] == b.slots[second.from[0]];
}

/// What bar.red makes of the threads' predicates; mode: 1 counts them, 2 all, 3 any.
std::uint64_t reduced_at_barrier(std::span<const Thread> threads) {
  const auto yes = static_cast<std::size_t>(std::count_if(threads.begin(), threads.end(), [](const Thread& thread) {
    const Instruction& i = instruction_of(thread);
    return (thread.slots[i.from[1]] != 0) != i.negated;
  }));
  const std::array<std::uint64_t, 4> results = {0, yes, yes == threads.size() ? 1U : 0U, yes > 0 ? 1U : 0U};
  return results.at(instruction_of(threads.front()).mode);
}

Stuck explain_barrier(const Thread& thread, std::span<const Thread> threads) {
  for (const Thread& other : threads) {
    if (other.state == State::exited) {
      return {thread,
              {FaultKind::unreachable_barrier,
               fmt::format("waits at a barrier that thread number {} of the block has exited without reaching",
                           other.index)}};
    }
  }
  for (const Thread& other : threads) {
    if (!waits_for_block(other) || !same_barrier(thread, other)) {
      const FaultKind kind = waits_for_block(other) ? FaultKind::divergent_barrier : FaultKind::unreachable_barrier;
      return {thread,
              {kind, fmt::format("waits at a barrier while thread number {} of the block waits at line {}", other.index,
                                 line_of(other))}};
    }
  }
  return {thread, {FaultKind::unreachable_barrier, "waits at a barrier"}};
}

Stuck explain_warp(const Thread& thread, std::span<const Thread> threads) {
  const std::uint32_t first = thread.index - thread.lane();
  for (const Thread& other : threads.subspan(first, std::min<std::size_t>(warp_size, threads.size() - first))) {
    const bool wanted = (mask_of(thread) & lane_bit(other.lane())) != 0 && other.state != State::exited;
    if (!wanted || (waits_for_warp(other) && same_collective(thread, other))) continue;
    return {thread,
            {FaultKind::unreachable_barrier,
             fmt::format("waits for the lanes {:#x} of its warp while lane {} waits at line {}", mask_of(thread),
                         other.lane(), line_of(other))}};
  }
  return {thread, {FaultKind::unreachable_barrier, "waits for lanes of its warp"}};
}

}  // namespace

bool complete_warp(std::span<Thread> lanes) {
  bool any = false;
  for (const Thread& leader : lanes) {
    if (!waits_for_warp(leader)) continue;
    const Instruction& i = instruction_of(leader);
    const Group group{lanes, group_of(lanes, leader)};
    if (!group.has(leader.lane())) continue;
    execute(group, i.collective);
    group.for_each([](Thread& thread, const Instruction&) { thread.state = State::ready; });
    any = true;
  }
  return any;
}

bool complete_barrier(std::span<Thread> threads) {
  const Thread& first = threads.front();
  const bool all = std::all_of(threads.begin(), threads.end(), [&](const Thread& thread) {
    return waits_for_block(thread) && waits_for_block(first) && same_barrier(first, thread);
  });
  if (!all) return false;
  const std::uint64_t result = reduced_at_barrier(threads);
  for (Thread& thread : threads) {
    if (instruction_of(thread).mode != 0) write_bits(thread, instruction_of(thread).to[0], result);
    thread.state = State::ready;
  }
  first.block->shared.pass_barrier();
  return true;
}

Stuck explain_stuck(std::span<const Thread> threads) {
  const auto at_barrier = std::find_if(threads.begin(), threads.end(), waits_for_block);
  const auto in_warp = std::find_if(threads.begin(), threads.end(), waits_for_warp);
  return in_warp == threads.end() ? explain_barrier(*at_barrier, threads) : explain_warp(*in_warp, threads);
}

}  // namespace ravine::ptx
