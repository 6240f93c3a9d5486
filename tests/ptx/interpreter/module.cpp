#include "module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "cursor.hpp"
#include "fault.hpp"
#include "kernel_builder.hpp"
#include "statement.hpp"

namespace ravine::ptx {

class Parser {
 public:
  explicit Parser(std::string text) : text_(std::move(text)) {}

  Module parse() {
    while (text_.skip_blanks()) parse_directive();
    return std::move(module_);
  }

 private:
  struct SharedDeclaration {
    int line;
    Declaration declaration;
  };

  /// One directive outside every kernel.
  void parse_directive() {
    const std::string word = take_word();
    if (word == ".version" || word == ".target" || word == ".address_size" || word == ".file") {
      text_.take_until("\n");
    } else if (word == ".visible" || word == ".weak" || word == ".extern" || word == ".common") {
      // Linkage: there is one module, and `.extern .shared` is told by its missing size.
    } else if (word == ".section") {
      text_.pass_braces();
    } else if (word == ".global" || word == ".const") {
      add_variable(word == ".const" ? Access::read_only : Access::read_write);
    } else if (word == ".shared") {
      const int line = text_.line();
      shared_.push_back({line, parse_declaration(line, text_.take_until(";"))});
    } else if (word == ".entry") {
      parse_kernel();
    } else if (word == ".func") {
      pass_function();
    } else if (word == ".pragma") {
      text_.take_until(";");
    } else {
      throw ParseError(text_.line(), fmt::format("the interpreter does not model '{}'", word));
    }
  }

  std::string take_word() {
    const std::string word(text_.peek_word());
    if (word.empty()) throw ParseError(text_.line(), fmt::format("no directive at '{}'", text_.rest().substr(0, 20)));
    text_.pass(word.size());
    return word;
  }

  void add_variable(Access access) {
    const int line = text_.line();
    const Declaration declaration = parse_declaration(line, text_.take_until(";"));
    auto storage = std::make_unique<DeviceBytes>(
        *module_.memory_,
        GlobalMemory::Buffer{.name = declaration.name, .data = nullptr, .bytes = declaration.bytes, .access = access});
    const std::vector<std::byte> bytes = initial_bytes(line, declaration);
    std::copy(bytes.begin(), bytes.end(), storage->data());
    symbols_[declaration.name] = {.address = reinterpret_cast<std::uint64_t>(storage->data()),
                                  .bytes = declaration.bytes};
    module_.variables_.push_back({.name = declaration.name, .storage = std::move(storage), .bytes = declaration.bytes});
  }

  /// A function is declared or defined: calling it is what is refused.
  void pass_function() {
    const std::size_t brace = text_.rest().find('{');
    const std::size_t semicolon = text_.rest().find(';');
    if (semicolon < brace) {
      text_.take_until(";");
    } else {
      text_.pass_braces();
    }
  }

  void parse_kernel() {
    text_.skip_blanks();
    const std::string name = take_word();
    KernelBuilder kernel(name, symbols_);
    text_.skip_blanks();
    if (text_.peek() == '(') parse_parameters(kernel);
    while (text_.skip_blanks() && text_.peek() != '{') parse_performance_directive(kernel);
    text_.take_until("{");
    kernel.open_scope();
    declare_module_shared(kernel);
    while (kernel.in_body()) {
      if (!text_.skip_blanks()) throw ParseError(text_.line(), "the text ends within a kernel");
      parse_body_part(kernel);
    }
    module_.kernels_.push_back(kernel.finish());
    module_.kernels_.back().module_memory = module_.memory_.get();
  }

  void parse_parameters(KernelBuilder& kernel) {
    const int line = text_.line();
    text_.take_until("(");
    for (std::string_view parameter : split(text_.take_until(")"), ',')) {
      if (parameter.starts_with(".param")) parameter.remove_prefix(6);
      kernel.add_parameter(parse_declaration(line, parameter));
    }
  }

  /// A line such as `.maxntid 128, 1, 1` between the parameters and the body.
  void parse_performance_directive(KernelBuilder& kernel) {
    const int line = text_.line();
    const std::string word = take_word();
    const std::string_view rest = text_.take_until("\n");
    if (word == ".maxntid" || word == ".reqntid") {
      std::uint64_t threads = 1;
      for (const std::string& extent : split(rest, ',')) {
        threads *= constant_bits(extent, Type::u32).value_or(1);
      }
      kernel.limit_threads(static_cast<std::uint32_t>(threads));
    } else if (word != ".minnctapersm" && word != ".maxnreg" && word != ".pragma") {
      throw ParseError(line, fmt::format("the interpreter does not model '{}{}'", word, rest));
    }
  }

  /// Variables of the module in shared memory are a kernel's if its text names them.
  void declare_module_shared(KernelBuilder& kernel) {
    const std::string_view body = text_.rest().substr(0, text_.rest().find(".entry"));
    for (const SharedDeclaration& shared : shared_) {
      if (shared.declaration.bytes == 0) {
        kernel.declare_dynamic_shared(shared.declaration.name);
      } else if (body.find(shared.declaration.name) != std::string_view::npos) {
        kernel.declare_shared(shared.line, shared.declaration);
      }
    }
  }

  void parse_body_part(KernelBuilder& kernel) {
    const int line = text_.line();
    if (text_.peek() == '{') {
      text_.pass(1);
      kernel.open_scope();
    } else if (text_.peek() == '}') {
      text_.pass(1);
      kernel.close_scope(line);
    } else if (text_.peek() == '.') {
      parse_body_directive(kernel);
    } else if (text_.peek() == ';') {
      text_.pass(1);
    } else if (text_.at_label()) {
      parse_label(kernel);
    } else {
      kernel.add_statement(line, text_.take_until(";"));
    }
  }

  void parse_body_directive(KernelBuilder& kernel) {
    const int line = text_.line();
    const std::string word = take_word();
    if (word == ".loc") {
      text_.take_until("\n");
    } else if (word == ".pragma") {
      text_.take_until(";");
    } else if (word == ".reg") {
      kernel.declare_registers(line, text_.take_until(";"));
    } else if (word == ".shared") {
      kernel.declare_shared(line, parse_declaration(line, text_.take_until(";")));
    } else if (word == ".local") {
      kernel.declare_local(parse_declaration(line, text_.take_until(";")));
    } else {
      throw ParseError(line, fmt::format("the interpreter does not model '{}'", word));
    }
  }

  void parse_label(KernelBuilder& kernel) {
    const int line = text_.line();
    const std::string name = take_word();
    text_.take_until(":");
    text_.skip_blanks();
    if (text_.peek_word() == ".branchtargets") {
      take_word();
      kernel.add_branch_table(name, split(text_.take_until(";"), ','));
    } else {
      kernel.add_label(line, name);
    }
  }

  Cursor text_;
  Module module_;
  ModuleSymbols symbols_;
  std::vector<SharedDeclaration> shared_;
};

Module Module::parse(std::string_view text) {
  return Parser(std::string(text)).parse();
}

Module Module::load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error(fmt::format("can't read {}", path.string()));
  return parse(text);
}

const Kernel* Module::find(std::string_view name) const {
  const auto found =
      std::find_if(kernels_.begin(), kernels_.end(), [=](const Kernel& kernel) { return kernel.name == name; });
  return found == kernels_.end() ? nullptr : &*found;
}

const Kernel& Module::kernel(std::string_view name) const {
  if (const Kernel* found = find(name)) return *found;
  std::vector<std::string> names;
  for (const Kernel& kernel : kernels_) names.push_back(kernel.name);
  throw std::invalid_argument(fmt::format("no kernel {}; there are {}", name, listed(names)));
}

}  // namespace ravine::ptx
