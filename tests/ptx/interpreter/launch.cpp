#include "launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "collectives.hpp"
#include "thread.hpp"

namespace ravine::ptx {
namespace {

/// What devices of compute capability 8.0 and 9.0 both allow, but for shared memory, where 9.0 has the most.
constexpr Dim3 largest_grid = {0x7FFFFFFF, 65535, 65535};
constexpr Dim3 largest_block = {1024, 1024, 64};
constexpr std::uint32_t most_shared_bytes = 227 * 1024;

void require_extent(const char* what, const Dim3& extent, const Dim3& largest) {
  const bool empty = extent.x == 0 || extent.y == 0 || extent.z == 0;
  if (empty || extent.x > largest.x || extent.y > largest.y || extent.z > largest.z) {
    throw Violation{FaultKind::bad_launch, fmt::format("a {} of ({},{},{}), wanted (1,1,1) to ({},{},{})", what,
                                                       extent.x, extent.y, extent.z, largest.x, largest.y, largest.z)};
  }
}

void require_valid(const Launch& what) {
  const Kernel& kernel = what.kernel;
  require_extent("grid", what.grid, largest_grid);
  require_extent("block", what.block, largest_block);
  if (what.block.count() > kernel.maximum_threads) {
    throw Violation{FaultKind::bad_launch, fmt::format("a block of {} threads, wanted at most {}", what.block.count(),
                                                       kernel.maximum_threads)};
  }
  if (what.arguments.size() != kernel.argument_bytes) {
    throw Violation{FaultKind::bad_launch,
                    fmt::format("{} bytes of arguments, wanted {}", what.arguments.size(), kernel.argument_bytes)};
  }
  if (std::uint64_t{what.dynamic_shared_bytes} + kernel.static_shared_bytes > most_shared_bytes) {
    throw Violation{FaultKind::bad_launch,
                    fmt::format("{} bytes of shared memory, wanted at most {}",
                                what.dynamic_shared_bytes + kernel.static_shared_bytes, most_shared_bytes)};
  }
}

/// The number that is `count`-th in an order from 0 to total - 1.
std::uint64_t in_order(Order order, std::uint64_t count, std::uint64_t total) {
  return order == Order::forward ? count : total - 1 - count;
}

Dim3 position_in(const Dim3& extent, std::uint64_t number) {
  return {static_cast<std::uint32_t>(number % extent.x), static_cast<std::uint32_t>(number / extent.x % extent.y),
          static_cast<std::uint32_t>(number / extent.x / extent.y)};
}

std::uint32_t special_value(Special special, const Launch& what, const Thread& thread) {
  const Dim3 position = position_in(what.block, thread.index);
  const std::uint32_t lane = thread.lane();
  const std::uint32_t equal = 1U << lane;
  switch (special) {
    case Special::tid_x:
      return position.x;
    case Special::tid_y:
      return position.y;
    case Special::tid_z:
      return position.z;
    case Special::ntid_x:
      return what.block.x;
    case Special::ntid_y:
      return what.block.y;
    case Special::ntid_z:
      return what.block.z;
    case Special::ctaid_x:
      return thread.block->index.x;
    case Special::ctaid_y:
      return thread.block->index.y;
    case Special::ctaid_z:
      return thread.block->index.z;
    case Special::nctaid_x:
      return what.grid.x;
    case Special::nctaid_y:
      return what.grid.y;
    case Special::nctaid_z:
      return what.grid.z;
    case Special::laneid:
      return lane;
    case Special::warpid:
      return thread.index / warp_size;
    case Special::nwarpid:
      return static_cast<std::uint32_t>((what.block.count() + warp_size - 1) / warp_size);
    case Special::lanemask_eq:
      return equal;
    case Special::lanemask_le:
      return equal | (equal - 1);
    case Special::lanemask_lt:
      return equal - 1;
    case Special::lanemask_ge:
      return ~(equal - 1);
    case Special::lanemask_gt:
      return ~(equal | (equal - 1));
    case Special::dynamic_smem_size:
      return what.dynamic_shared_bytes;
    case Special::total_smem_size:
      return what.dynamic_shared_bytes + what.kernel.static_shared_bytes;
  }
  return 0;
}

/// An instruction has an operand without a value: whether it is to be executed all the same. If not, its results are
/// set. Throws Violation where it matters.
bool settle_undefined(Thread& thread, const Instruction& i) {
  const auto defined = [&](std::size_t operand) { return thread.defined[i.from.at(operand)] != 0; };
  const auto require_from = [&](std::size_t first) {
    for (std::size_t operand = first; operand < i.from.size(); ++operand) {
      if (defined(operand)) continue;
      throw Violation{FaultKind::undefined_value,
                      fmt::format("uses {}, which has no value: nothing was written to it, or what was came from such "
                                  "a register or from a lane that takes no part",
                                  thread.block->kernel.slot_names[i.from.at(operand)])};
    }
  };
  const auto absorbed_by = [&](std::uint64_t bits) {
    const bool first = defined(0) && thread.slots[i.from[0]] == bits;
    const bool second = defined(1) && thread.slots[i.from[1]] == bits;
    if (first || second) write_bits(thread, i.to[0], bits);
    return first || second;
  };
  switch (i.undefined) {
    case Undefined::is_a_fault:
      require_from(0);
      break;
    case Undefined::is_shuffled:
    case Undefined::is_stored_locally:
      if (i.undefined == Undefined::is_stored_locally && !defined(0)) require_from(0);
      if (i.undefined == Undefined::is_shuffled) require_from(1);
      return true;
    case Undefined::matters_if_selected:
      if (defined(2) && defined(((thread.slots[i.from[2]] != 0) != i.negated) ? 0 : 1)) return true;
      break;
    case Undefined::is_absorbed_by_zero:
      if (absorbed_by(0)) return false;
      break;
    case Undefined::is_absorbed_by_ones:
      if (absorbed_by(i.mask)) return false;
      break;
    case Undefined::makes_results_undefined:
      break;
  }
  for (const Slot slot : i.to) write_undefined(thread, slot);
  return false;
}

bool operands_defined(const Thread& thread, const Instruction& i) {
  const std::uint8_t* defined = thread.defined;
  return (defined[i.from[0]] & defined[i.from[1]] & defined[i.from[2]] & defined[i.from[3]] & defined[i.from[4]]) != 0;
}

/// Runs the blocks of a launch.
class Runner {
 public:
  Runner(const Launch& what, GlobalMemory& memory, const Options& options)
      : what_(what),
        options_(options),
        block_{.kernel = what.kernel,
               .global = memory,
               .arguments = what.arguments,
               .shared =
                   SharedMemory(what.kernel, what.dynamic_shared_bytes, static_cast<std::uint32_t>(what.block.count())),
               .index = {}},
        threads_(what.block.count()) {}

  void run_block(const Dim3& index) {
    block_.index = index;
    block_.shared.start_block();
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      threads_[i] = Thread();
      threads_[i].block = &block_;
      threads_[i].index = static_cast<std::uint32_t>(i);
    }
    do {
      for (std::size_t i = 0; i < threads_.size(); ++i) {
        Thread& thread = threads_[in_order(options_.order, i, threads_.size())];
        if (thread.state == Thread::State::ready) run_with_place(thread);
      }
    } while (complete_collectives());
    require_all_exited();
  }

  [[nodiscard]] std::uint64_t instructions() const { return instructions_; }

 private:
  void run_with_place(Thread& thread) {
    try {
      run(thread);
    } catch (const Violation& violation) {
      throw Fault(violation, place_of(thread));
    }
  }

  /// Until the thread waits or exits.
  void run(Thread& thread) {
    if (thread.registers == nullptr) start(thread);
    const Instruction* code = what_.kernel.code.data();
    for (;;) {
      const Instruction& i = code[thread.next++];
      if (++instructions_ > options_.instruction_limit) {
        throw Violation{FaultKind::instruction_limit,
                        fmt::format("the launch executes more than {} instructions", options_.instruction_limit)};
      }
      if (thread.slots[i.guard] != i.guard_value) {
        require_guard(thread, i);
        continue;
      }
      if (!operands_defined(thread, i) || thread.defined[i.guard] == 0) [[unlikely]] {
        require_guard(thread, i);
        if (!settle_undefined(thread, i)) continue;
      }
      const Step step = i.execute(thread, i);
      if (step == Step::next) continue;
      thread.state = step == Step::exit ? Thread::State::exited : Thread::State::waiting;
      if (step == Step::exit)
        finish(thread);
      else
        require_own_mask(thread, i);
      return;
    }
  }

  static void require_guard(const Thread& thread, const Instruction& i) {
    if (thread.defined[i.guard] == 0) {
      throw Violation{FaultKind::undefined_value,
                      fmt::format("decides by {}, which has no value", thread.block->kernel.slot_names[i.guard])};
    }
  }

  static void require_own_mask(const Thread& thread, const Instruction& i) {
    if (i.collective == Collective::barrier) return;
    const auto mask = read<std::uint32_t>(thread, i.from[3]);
    if ((mask >> thread.lane() & 1) == 0) {
      throw Violation{FaultKind::outside_mask,
                      fmt::format("is lane {}, which the mask {:#x} does not name", thread.lane(), mask)};
    }
  }

  void start(Thread& thread) {
    if (free_registers_.empty()) free_registers_.push_back(std::make_unique<Registers>());
    thread.registers = std::move(free_registers_.back());
    free_registers_.pop_back();
    Registers& registers = *thread.registers;
    registers.slots = what_.kernel.slots;
    registers.defined = what_.kernel.defined;
    registers.local.bytes.resize(what_.kernel.local_bytes);
    registers.local.defined.assign(what_.kernel.local_bytes, 0);
    thread.slots = registers.slots.data();
    thread.defined = registers.defined.data();
    for (const auto& [special, slot] : what_.kernel.specials) {
      thread.slots[slot] = special_value(special, what_, thread);
    }
  }

  /// The registers serve the next thread: without barriers, one set stays in the processor's cache.
  void finish(Thread& thread) { free_registers_.push_back(std::move(thread.registers)); }

  bool complete_collectives() {
    bool any = false;
    const std::span<Thread> threads = threads_;
    for (std::size_t first = 0; first < threads.size(); first += warp_size) {
      any = complete_warp(threads.subspan(first, std::min<std::size_t>(warp_size, threads.size() - first))) || any;
    }
    return any || complete_barrier(threads);
  }

  void require_all_exited() const {
    const auto exited = [](const Thread& thread) { return thread.state == Thread::State::exited; };
    if (std::all_of(threads_.begin(), threads_.end(), exited)) return;
    const Stuck stuck = explain_stuck(threads_);
    throw Fault(stuck.violation, place_of(stuck.thread));
  }

  [[nodiscard]] Place place_of(const Thread& thread) const {
    const SourceLine& line = what_.kernel.lines[thread.next - 1];
    return {.kernel = what_.kernel.name,
            .line = line.number,
            .statement = line.text,
            .thread = position_in(what_.block, thread.index),
            .block = block_.index};
  }

  const Launch& what_;
  const Options& options_;
  Block block_;
  std::vector<Thread> threads_;
  std::vector<std::unique_ptr<Registers>> free_registers_;
  std::uint64_t instructions_ = 0;
};

}  // namespace

Report launch(const Launch& what, GlobalMemory& memory, const Options& options) {
  try {
    require_valid(what);
  } catch (const Violation& violation) {
    Place place;
    place.kernel = what.kernel.name;
    throw Fault(violation, place);
  }
  Runner runner(what, memory, options);
  const std::uint64_t blocks = what.grid.count();
  for (std::uint64_t i = 0; i < blocks; ++i) {
    runner.run_block(position_in(what.grid, in_order(options.order, i, blocks)));
  }
  return {.instructions = runner.instructions()};
}

}  // namespace ravine::ptx
