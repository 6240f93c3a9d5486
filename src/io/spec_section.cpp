#include "io/spec_section.hpp"

#include <fmt/format.h>

namespace ravine::detail {

Section::Section(const SpecFile& file, std::string name, std::vector<std::string> keys)
    : file_(file), name_(std::move(name)) {
  const toml::node* const node = file.root().get(name_);
  if (node == nullptr) return;
  table_ = &file.table_at(*node, fmt::format("[{}]", name_));
  file.check_keys(*table_, {fmt::format("[{}]", name_), std::move(keys), {}});
}

std::string Section::path_of(const char* key) const {
  return fmt::format("{}.{}", name_, key);
}

const toml::node& Section::needed(const char* key, const std::string& use) const {
  if (const toml::node* const node = get(key)) return *node;
  const toml::source_region place = table_ == nullptr ? file_.root().source() : table_->source();
  file_.fail(place, table_ == nullptr ? fmt::format("no [{}]", name_) : fmt::format("[{}] without {}", name_, key),
             fmt::format("{} = {}", path_of(key), use));
}

std::int64_t Section::integer(const toml::node& node, const char* key, std::int64_t least, std::int64_t most) const {
  const std::int64_t value = file_.integer_at(node, path_of(key));
  if (value < least || value > most) {
    file_.fail_at(node, fmt::format("{} to be an integer from {} to {}", path_of(key), least, most));
  }
  return value;
}

double number_in(const SpecFile& file, const toml::node& node, const std::string& name, const Domain& domain) {
  const double value = file.number_at(node, name);
  if (!domain.has(value)) file.fail_at(node, fmt::format("{} to be {}", name, domain.words));
  return value;
}

}  // namespace ravine::detail
