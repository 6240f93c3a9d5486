#include "io/spec_toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

toml::table parse(const std::filesystem::path& path) {
  const std::string text = read_file_bytes(path);
  try {
    return toml::parse(std::string_view(text));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw UsageError(fmt::format("{}:{}:{}: found text that is not TOML: {}; wanted a spec as docs/spec.md describes",
                                 path.string(), at.line, at.column, error.description()));
  }
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string describe(const toml::node& node) {
  if (const auto* text = node.as_string()) return fmt::format("the string {}", in_quotes(text->get()));
  if (const auto* number = node.as_integer()) return fmt::format("the integer {}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("the float {}", number->get());
  if (const auto* truth = node.as_boolean()) return fmt::format("the boolean {}", truth->get());
  if (node.is_array()) return node.as_array()->empty() ? "an empty array" : "an array";
  return node.is_table() ? "a table" : "a date or time";
}

SpecFile::SpecFile(const std::filesystem::path& path) : path_(path), root_(parse(path)) {}

SpecFile SpecFile::standing_in() const {
  SpecFile file = *this;
  file.own_spectrum_ = OwnSpectrum::stand_in;
  return file;
}

std::string SpecFile::place(const toml::source_region& region) const {
  // The root table has no place of its own: call it the file's start.
  const auto line = std::max<toml::source_index>(region.begin.line, 1);
  const auto column = std::max<toml::source_index>(region.begin.column, 1);
  return fmt::format("{}:{}:{}", path_.string(), line, column);
}

void SpecFile::fail(const toml::source_region& region, const std::string& found, const std::string& wanted) const {
  throw UsageError(fmt::format("{}: found {}; wanted {}", place(region), found, wanted));
}

void SpecFile::fail_at(const toml::node& node, const std::string& wanted) const {
  fail(node.source(), describe(node), wanted);
}

void SpecFile::check_keys(const toml::table& table, const KnownKeys& known) const {
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    if (contains(known.keys, name)) continue;
    const std::string wanted = fmt::format("{} in {}", one_of(known.keys), known.table);
    if (contains(known.later, name)) {
      fail(key.source(), fmt::format("the key {}, which this version does not have", in_quotes(name)), wanted);
    }
    fail(key.source(), fmt::format("the unknown key {}", in_quotes(name)), wanted + did_you_mean(name, known.keys));
  }
}

const toml::table& SpecFile::table_at(const toml::node& node, std::string_view name) const {
  if (!node.is_table()) fail_at(node, fmt::format("{} to be a table", name));
  return *node.as_table();
}

const toml::array& SpecFile::array_at(const toml::node& node, std::string_view name) const {
  if (!node.is_array()) fail_at(node, fmt::format("{} to be an array", name));
  if (node.as_array()->empty()) fail_at(node, fmt::format("{} to have at least one element", name));
  return *node.as_array();
}

std::string SpecFile::string_at(const toml::node& node, std::string_view name) const {
  if (!node.is_string()) fail_at(node, fmt::format("{} to be a string", name));
  return node.as_string()->get();
}

double SpecFile::number_at(const toml::node& node, std::string_view name) const {
  if (node.is_integer()) return static_cast<double>(node.as_integer()->get());
  if (!node.is_floating_point()) fail_at(node, fmt::format("{} to be a number", name));
  const double value = node.as_floating_point()->get();
  if (!std::isfinite(value)) fail_at(node, fmt::format("{} to be finite", name));
  return value;
}

std::int64_t SpecFile::integer_at(const toml::node& node, std::string_view name) const {
  if (!node.is_integer()) fail_at(node, fmt::format("{} to be an integer", name));
  return node.as_integer()->get();
}

bool SpecFile::boolean_at(const toml::node& node, std::string_view name) const {
  if (!node.is_boolean()) fail_at(node, fmt::format("{} to be true or false", name));
  return node.as_boolean()->get();
}

std::vector<std::string> SpecFile::names_at(const toml::node& node, std::string_view name) const {
  std::vector<std::string> names;
  for (const toml::node& element : array_at(node, name)) {
    std::string text = string_at(element, fmt::format("every element of {}", name));
    if (contains(names, text)) {
      fail(element.source(), fmt::format("{} twice", in_quotes(text)), fmt::format("each of {} once", name));
    }
    names.push_back(std::move(text));
  }
  return names;
}

}  // namespace ravine::detail
