/// \file
/// One table of a spec, such as [record], and the numbers in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/spec_toml.hpp"

namespace ravine::detail {

/// A table of the spec that may be missing: its keys, or their defaults.
class Section {
 public:
  /// \throws UsageError at a key that is not one of `keys`.
  Section(const SpecFile& file, std::string name, std::vector<std::string> keys);

  [[nodiscard]] const toml::node* get(const char* key) const { return table_ == nullptr ? nullptr : table_->get(key); }
  [[nodiscard]] std::string path_of(const char* key) const;

  /// The value of a key that must be there; `use` is what the message wants for it.
  [[nodiscard]] const toml::node& needed(const char* key, const std::string& use) const;

  /// An integer from `least` to `most`.
  [[nodiscard]] std::int64_t integer(const toml::node& node, const char* key, std::int64_t least,
                                     std::int64_t most) const;

 private:
  const SpecFile& file_;
  std::string name_;
  const toml::table* table_ = nullptr;
};

/// What a number may be.
struct Domain {
  std::function<bool(double)> has;
  const char* words;
};
inline const Domain finite = {[](double) { return true; }, "finite"};
inline const Domain not_negative = {[](double value) { return value >= 0; }, "at least 0"};
inline const Domain inside_0_1 = {[](double value) { return value > 0 && value < 1; }, "above 0 and below 1"};
inline const Domain from_0_to_1 = {[](double value) { return value >= 0 && value <= 1; }, "from 0 to 1"};

[[nodiscard]] double number_in(const SpecFile& file, const toml::node& node, const std::string& name,
                               const Domain& domain);

}  // namespace ravine::detail
