#include <string_view>

#include "device_benchmarks.hpp"

namespace ravine::gpu_check {
namespace {

#include "instruction_counts.inc"

}  // namespace

const InstructionCount* find_instruction_count(const std::string& kernel) {
  for (const InstructionCount& count : instruction_counts) {
    if (count.kernel == std::string_view(kernel)) return &count;
  }
  return nullptr;
}

}  // namespace ravine::gpu_check
