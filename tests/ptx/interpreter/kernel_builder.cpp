#include "kernel_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fault.hpp"
#include "thread.hpp"

namespace ravine::ptx {
namespace {

/// Between two variables in shared memory, so that one past the end of one is not the start of the next.
constexpr std::uint32_t shared_gap = 64;
constexpr std::uint32_t dynamic_shared_alignment = 16;

constexpr std::array<std::pair<std::string_view, Special>, 22> special_registers = {{
    {"%tid.x", Special::tid_x},
    {"%tid.y", Special::tid_y},
    {"%tid.z", Special::tid_z},
    {"%ntid.x", Special::ntid_x},
    {"%ntid.y", Special::ntid_y},
    {"%ntid.z", Special::ntid_z},
    {"%ctaid.x", Special::ctaid_x},
    {"%ctaid.y", Special::ctaid_y},
    {"%ctaid.z", Special::ctaid_z},
    {"%nctaid.x", Special::nctaid_x},
    {"%nctaid.y", Special::nctaid_y},
    {"%nctaid.z", Special::nctaid_z},
    {"%laneid", Special::laneid},
    {"%warpid", Special::warpid},
    {"%nwarpid", Special::nwarpid},
    {"%lanemask_eq", Special::lanemask_eq},
    {"%lanemask_le", Special::lanemask_le},
    {"%lanemask_lt", Special::lanemask_lt},
    {"%lanemask_ge", Special::lanemask_ge},
    {"%lanemask_gt", Special::lanemask_gt},
    {"%dynamic_smem_size", Special::dynamic_smem_size},
    {"%total_smem_size", Special::total_smem_size},
}};

}  // namespace

KernelBuilder::KernelBuilder(std::string name, const ModuleSymbols& module_symbols) : module_symbols_(module_symbols) {
  kernel_.name = std::move(name);
  add_slot("true", Content::defined, 1);
  add_slot("_", Content::undefined, 0);
  add_slot("carry", Content::undefined, 0);
}

Slot KernelBuilder::add_slot(const std::string& name, Content content, std::uint64_t value) {
  kernel_.slots.push_back(value);
  kernel_.defined.push_back(content == Content::defined ? 1 : 0);
  kernel_.slot_names.push_back(name);
  return static_cast<Slot>(kernel_.slots.size() - 1);
}

void KernelBuilder::add_parameter(const Declaration& parameter) {
  const std::uint32_t offset = aligned(kernel_.argument_bytes, parameter.alignment);
  kernel_.parameters.push_back({.name = parameter.name, .offset = offset, .bytes = parameter.bytes});
  kernel_.argument_bytes = offset + parameter.bytes;
  parameters_[parameter.name] = {.address = static_cast<std::uint64_t>(Window::parameters) + offset,
                                 .bytes = parameter.bytes};
}

void KernelBuilder::limit_threads(std::uint32_t threads) {
  kernel_.maximum_threads = std::min(kernel_.maximum_threads, threads);
}

void KernelBuilder::open_scope() {
  scopes_.emplace_back();
}

void KernelBuilder::close_scope(int line) {
  const Scope& scope = scopes_.back();
  std::vector<Use> open;
  for (Use& use : uses_) {
    const auto found = scope.labels.find(use.label);
    const bool inside = use.depth >= scopes_.size();
    if (inside && found != scope.labels.end()) {
      use.set(kernel_, found->second);
    } else if (inside && scopes_.size() == 1) {
      throw ParseError(use.line, fmt::format("no label {}", use.label));
    } else {
      open.push_back(std::move(use));
      open.back().depth = std::min(open.back().depth, scopes_.size() - 1);
    }
  }
  uses_ = std::move(open);
  if (scopes_.size() == 1) add_statement(line, "ret");
  scopes_.pop_back();
}

void KernelBuilder::declare_register(int line, const std::string& name, Type type) {
  const Slot slot = add_slot(name, Content::undefined, 0);
  const Register declared{.slot = slot, .bits = bits_of(type)};
  if (!scopes_.back().registers.emplace(name, declared).second) {
    throw ParseError(line, fmt::format("register {} is declared twice", name));
  }
}

void KernelBuilder::declare_registers(int line, std::string_view text) {
  text = trim(text);
  const std::string_view type_name = text.substr(0, text.find_first_of(" \t"));
  const auto type = type_name.empty() ? std::nullopt : type_of(type_name.substr(1));
  if (!type) throw ParseError(line, fmt::format("the interpreter does not model registers of type {}", type_name));
  for (const std::string& name : split(text.substr(type_name.size()), ',')) {
    const std::size_t bracket = name.find('<');
    if (bracket == std::string::npos) {
      declare_register(line, name, *type);
      continue;
    }
    const auto count = constant_bits(name.substr(bracket + 1, name.find('>') - bracket - 1), Type::u32);
    if (!count) throw ParseError(line, fmt::format("'{}' says no number of registers", name));
    for (std::uint64_t i = 0; i < *count; ++i) {
      declare_register(line, fmt::format("{}{}", name.substr(0, bracket), i), *type);
    }
  }
}

void KernelBuilder::declare_shared(int line, const Declaration& variable) {
  if (dynamic_shared_used_) throw ParseError(line, "a shared variable is declared after a use of the dynamic ones");
  const std::uint32_t alignment = std::max(variable.alignment, dynamic_shared_alignment);
  const std::uint32_t offset = aligned(kernel_.dynamic_shared, alignment);
  kernel_.shared.push_back({.offset = offset, .bytes = variable.bytes});
  kernel_.static_shared_bytes += variable.bytes;
  kernel_.dynamic_shared = aligned(offset + variable.bytes + shared_gap, dynamic_shared_alignment);
  scopes_.back().variables[variable.name] = {.address = offset, .bytes = variable.bytes};
}

void KernelBuilder::declare_local(const Declaration& variable) {
  const std::uint32_t offset = aligned(kernel_.local_bytes, std::max(variable.alignment, 16U));
  kernel_.local_bytes = offset + variable.bytes;
  scopes_.back().variables[variable.name] = {.address = offset, .bytes = variable.bytes};
}

void KernelBuilder::declare_dynamic_shared(const std::string& name) {
  dynamic_shared_names_.push_back(name);
}

void KernelBuilder::add_label(int line, const std::string& name) {
  const auto here = static_cast<std::uint32_t>(kernel_.code.size());
  if (!scopes_.back().labels.emplace(name, here).second) {
    throw ParseError(line, fmt::format("label {} is there twice", name));
  }
}

void KernelBuilder::add_branch_table(const std::string& name, const std::vector<std::string>& labels) {
  const auto number = static_cast<std::uint32_t>(kernel_.branch_tables.size());
  kernel_.branch_tables.emplace_back(labels.size(), 0);
  tables_[name] = number;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    uses_.push_back(
        {.label = labels[i],
         .line = 0,
         .depth = scopes_.size(),
         .set = [number, i](Kernel& kernel, std::uint32_t target) { kernel.branch_tables[number][i] = target; }});
  }
}

void KernelBuilder::use_targets(const Statement& statement) {
  if (statement.name == "bra") {
    const std::size_t number = kernel_.code.size();
    uses_.push_back({.label = statement.operands.at(0),
                     .line = statement.line,
                     .depth = scopes_.size(),
                     .set = [number](Kernel& kernel, std::uint32_t target) { kernel.code[number].target = target; }});
  }
}

void KernelBuilder::add_statement(int line, std::string_view text) {
  const Statement statement = parse_statement(line, text);
  Instruction instruction = decode(statement, *this);
  use_targets(statement);
  if (statement.name == "brx") {
    const auto table = tables_.find(statement.operands.at(1));
    if (table == tables_.end()) throw ParseError(line, fmt::format("{}: no such table of branches", statement.text));
    instruction.target = table->second;
  }
  kernel_.code.push_back(instruction);
  kernel_.lines.push_back({.number = line, .text = statement.text});
}

Kernel KernelBuilder::finish() {
  return std::move(kernel_);
}

const Register* KernelBuilder::find_register(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->registers.find(name);
    if (found != scope->registers.end()) return &found->second;
  }
  return nullptr;
}

std::optional<Symbol> KernelBuilder::find_symbol(std::string_view name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = scope->variables.find(name);
    if (found != scope->variables.end()) return found->second;
  }
  if (const auto found = parameters_.find(name); found != parameters_.end()) return found->second;
  if (std::find(dynamic_shared_names_.begin(), dynamic_shared_names_.end(), name) != dynamic_shared_names_.end()) {
    dynamic_shared_used_ = true;
    return Symbol{.address = kernel_.dynamic_shared, .bytes = 0};
  }
  if (const auto found = module_symbols_.find(name); found != module_symbols_.end()) return found->second;
  return std::nullopt;
}

std::optional<Slot> KernelBuilder::special_slot(std::string_view name) {
  if (const auto found = specials_.find(name); found != specials_.end()) return found->second;
  for (const auto& [text, special] : special_registers) {
    if (text != name) continue;
    const Slot slot = add_slot(std::string(name), Content::defined, 0);
    kernel_.specials.emplace_back(special, slot);
    specials_.emplace(name, slot);
    return slot;
  }
  return std::nullopt;
}

Slot KernelBuilder::constant_slot(std::uint64_t value) {
  if (value == 1) return true_slot;
  const auto [found, added] = constants_.emplace(value, Slot{0});
  if (added) found->second = add_slot(fmt::format("{:#x}", value), Content::defined, value);
  return found->second;
}

}  // namespace ravine::ptx
