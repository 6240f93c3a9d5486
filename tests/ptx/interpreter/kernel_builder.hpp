/// \file
/// Builds a kernel from the declarations and statements of its body, in their order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "declaration.hpp"
#include "decoder.hpp"
#include "instruction.hpp"

namespace ravine::ptx {

/// The variables of a module, by name, as a kernel's addresses of them.
using ModuleSymbols = std::map<std::string, Symbol, std::less<>>;

class KernelBuilder : private Names {
 public:
  KernelBuilder(std::string name, const ModuleSymbols& module_symbols);

  void add_parameter(const Declaration& parameter);
  void limit_threads(std::uint32_t threads);

  void open_scope();
  /// Throws ParseError if a label is missing that only this scope could still have.
  void close_scope(int line);
  [[nodiscard]] bool in_body() const { return !scopes_.empty(); }

  /// `.b32 %r<5>` or `.pred p, q`: the text after `.reg`. Throws ParseError.
  void declare_registers(int line, std::string_view text);
  void declare_shared(int line, const Declaration& variable);
  void declare_local(const Declaration& variable);
  /// The dynamic shared memory has this name too.
  void declare_dynamic_shared(const std::string& name);

  void add_label(int line, const std::string& name);
  /// The table of an indirect branch: the labels after `.branchtargets`.
  void add_branch_table(const std::string& name, const std::vector<std::string>& labels);
  void add_statement(int line, std::string_view text);

  /// The kernel, when its body is closed. Throws ParseError.
  [[nodiscard]] Kernel finish();

 private:
  struct Scope {
    std::map<std::string, Register, std::less<>> registers;
    std::map<std::string, Symbol, std::less<>> variables;
    std::map<std::string, std::uint32_t, std::less<>> labels;
  };
  /// A label that was used in a scope that is open.
  struct Use {
    std::string label;
    int line;
    std::size_t depth;
    std::function<void(Kernel&, std::uint32_t)> set;
  };
  struct Table {
    std::vector<std::string> labels;
    std::uint32_t number;
  };

  [[nodiscard]] const Register* find_register(std::string_view name) const override;
  [[nodiscard]] std::optional<Symbol> find_symbol(std::string_view name) override;
  [[nodiscard]] std::optional<Slot> special_slot(std::string_view name) override;
  [[nodiscard]] Slot constant_slot(std::uint64_t value) override;

  enum class Content : std::uint8_t { defined, undefined };
  Slot add_slot(const std::string& name, Content content, std::uint64_t value);
  void declare_register(int line, const std::string& name, Type type);
  void use_targets(const Statement& statement);

  Kernel kernel_;
  const ModuleSymbols& module_symbols_;
  std::map<std::string, Symbol, std::less<>> parameters_;
  std::vector<std::string> dynamic_shared_names_;
  bool dynamic_shared_used_ = false;
  std::map<std::uint64_t, Slot> constants_;
  std::map<std::string, Slot, std::less<>> specials_;
  std::vector<Scope> scopes_;
  std::vector<Use> uses_;
  std::map<std::string, std::uint32_t, std::less<>> tables_;  ///< numbers of the branch tables
};

}  // namespace ravine::ptx
