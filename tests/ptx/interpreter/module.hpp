/// \file
/// PTX text, parsed: the kernels of a file and its variables.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "global_memory.hpp"
#include "instruction.hpp"

namespace ravine::ptx {

/// A file of PTX as `nvcc -ptx` writes it, for one architecture. Variables in global and constant memory have their
/// initial values when the module is made, and keep what kernels write there.
///
/// Modelled: entries with their parameters (scalars and structs by value), registers, static and dynamic shared
/// memory, local memory, module variables with numbers as initial values, scopes of inline assembly, indirect
/// branches. Not modelled, and refused: functions that are called, textures and surfaces, half precision, tensor
/// cores, asynchronous copies, clusters.
class Module {
 public:
  Module(Module&&) = default;
  Module& operator=(Module&&) = delete;
  ~Module() = default;

  /// Throws ParseError.
  [[nodiscard]] static Module parse(std::string_view text);
  /// The same from a file. Throws std::runtime_error if it can't be read.
  [[nodiscard]] static Module load(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<Kernel>& kernels() const { return kernels_; }
  /// The kernel of this name, mangled as in the text; nullptr if there is none.
  [[nodiscard]] const Kernel* find(std::string_view name) const;
  /// The same; throws std::invalid_argument, which names the kernels that there are.
  [[nodiscard]] const Kernel& kernel(std::string_view name) const;

  /// A variable in global or constant memory.
  struct Variable {
    std::string name;
    std::unique_ptr<DeviceBytes> storage;
    std::uint64_t bytes;
  };
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }

 private:
  friend class Parser;
  Module() : memory_(std::make_unique<GlobalMemory>()) {}

  std::unique_ptr<GlobalMemory> memory_;
  std::vector<Variable> variables_;
  std::vector<Kernel> kernels_;
};

}  // namespace ravine::ptx
