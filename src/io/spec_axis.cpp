#include "io/spec_axis.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "io/data_files.hpp"
#include "io/files.hpp"
#include "io/messages.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

/// What an axis of that name may be: only eigenvalues come from a spectrum.
const char* forms_of(std::string_view axis) {
  if (axis != "lambda") return "{ from, to, count }, { values } or { file }";
  return "{ from, to, count }, { values }, { file }, { store } or { problem }";
}

/// The axis under construction: its file, its name, its table.
struct Source {
  const SpecFile& file;
  const std::string& name;
  const toml::table& table;

  [[nodiscard]] std::string path_of(std::string_view key) const { return fmt::format("{}.{}", name, key); }

  /// The value of a key that must be there.
  [[nodiscard]] const toml::node& at(std::string_view key) const {
    if (const toml::node* node = table.get(key)) return *node;
    file.fail(table.source(), fmt::format("axis {} without {}", name, key),
              fmt::format("{}; an axis is {}", key, forms_of(name)));
  }

  /// The axis, or the error of its constructor with the place.
  [[nodiscard]] Axis make(Axis::Values values) const {
    try {
      return {name, std::move(values)};
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", file.place(table.source()), error.what()));
    }
  }
};

/// Rejects keys that no axis has, then keys that this form of axis does not have.
void check_form(const Source& source, const std::string& form, const std::vector<std::string>& keys) {
  std::vector<std::string> known = {"from", "to", "count", "scale", "values", "file", "column"};
  if (source.name == "lambda") known.insert(known.end(), {"store", "problem", "nonzero"});
  source.file.check_keys(source.table, {fmt::format("axis {}", source.name), std::move(known), {}});
  for (const auto& [key, value] : source.table) {
    bool fits = false;
    for (const std::string& name : keys) fits = fits || name == key.str();
    if (!fits) {
      source.file.fail(key.source(), fmt::format("the key {} beside {}", in_quotes(key.str()), in_quotes(form)),
                       fmt::format("one of {}", forms_of(source.name)));
    }
  }
}

Axis read_range(const Source& source) {
  check_form(source, "from", {"from", "to", "count", "scale"});
  const double from = source.file.number_at(source.at("from"), source.path_of("from"));
  const double to = source.file.number_at(source.at("to"), source.path_of("to"));
  const toml::node& count_node = source.at("count");
  const std::int64_t count = source.file.integer_at(count_node, source.path_of("count"));
  if (count < 1) source.file.fail_at(count_node, fmt::format("{} to be at least 1", source.path_of("count")));
  const toml::node* scale = source.table.get("scale");
  if (scale == nullptr) return source.make(LinearRange{from, to, count});
  const std::string kind = source.file.string_at(*scale, source.path_of("scale"));
  if (kind == "linear") return source.make(LinearRange{from, to, count});
  if (kind == "log") return source.make(LogRange{from, to, count});
  const std::vector<std::string> scales = {"linear", "log"};
  source.file.fail_at(*scale, one_of(scales) + did_you_mean(kind, scales));
}

Axis read_list(const Source& source) {
  check_form(source, "values", {"values"});
  ListedValues list;
  const std::string each = fmt::format("every element of {}", source.path_of("values"));
  for (const toml::node& element : source.file.array_at(source.at("values"), source.path_of("values"))) {
    list.values.push_back(source.file.number_at(element, each));
  }
  return source.make(std::move(list));
}

SpecAxis read_file_axis(const Source& source) {
  check_form(source, "file", {"file", "column"});
  const toml::node& node = source.at("file");
  const std::string written = source.file.string_at(node, source.path_of("file"));
  const std::string ending = std::filesystem::path(written).extension().string();
  if (ending != ".csv" && ending != ".npy") source.file.fail_at(node, "a file name that ends with .csv or .npy");
  std::optional<std::string> column;
  if (const toml::node* named = source.table.get("column")) {
    column = source.file.string_at(*named, source.path_of("column"));
  }
  const std::string place = source.file.place(node.source());
  try {
    // Read once, so that the values and the hash are of the same bytes.
    const std::filesystem::path path = source.file.path().parent_path() / written;
    const std::string bytes = read_data_file(path);
    Axis axis(source.name, ListedValues{parse_column(bytes, path, column)});
    return {std::move(axis), InputFile{written, checksum_of(bytes)}, std::nullopt};
  } catch (const IoError& error) {
    throw IoError(fmt::format("{}: {}", place, error.what()));
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", place, error.what()));
  }
}

SpecAxis read_frozen_axis(const Source& source, const char* form) {
  check_form(source, form, {form, "nonzero"});
  FrozenValues frozen = read_frozen(source.file, source.table);
  Axis axis = source.make(ListedValues{frozen.eigenvalues});
  InputFile input = frozen.input;
  return {std::move(axis), std::move(input), std::move(frozen)};
}

SpecAxis read_any(const Source& source) {
  if (source.table.contains("values")) return {read_list(source), std::nullopt, std::nullopt};
  if (source.table.contains("file")) return read_file_axis(source);
  if (source.table.contains("store")) return read_frozen_axis(source, "store");
  if (source.table.contains("problem")) return read_frozen_axis(source, "problem");
  return {read_range(source), std::nullopt, std::nullopt};
}

/// A value from here on rounds to infinity in float32: the largest float plus half its unit in the last place.
constexpr double float32_overflow = 0x1.ffffffp+127;

bool overflows_float32(double value) {
  return std::fabs(value) >= float32_overflow;
}

/// The first value of the axis that is beyond float32.
std::optional<double> beyond_float32(const Axis& axis) {
  const auto* list = std::get_if<ListedValues>(&axis.values());
  if (list == nullptr) {  // a range is largest at its ends
    for (const double end : {axis.value(0), axis.value(axis.size() - 1)}) {
      if (overflows_float32(end)) return end;
    }
    return std::nullopt;
  }
  for (const double value : list->values) {
    if (overflows_float32(value)) return value;
  }
  return std::nullopt;
}

}  // namespace

SpecAxis read_axis(const SpecFile& file, const std::string& name, const toml::node& node, Precision precision) {
  if (!node.is_table()) file.fail_at(node, fmt::format("axis {} to be a table: {}", name, forms_of(name)));
  SpecAxis result = read_any({file, name, *node.as_table()});
  const std::optional<double> beyond =
      precision == Precision::float32 ? beyond_float32(result.axis) : std::optional<double>();
  if (beyond) {
    file.fail(node.source(), fmt::format("the value {} on axis {}", *beyond, name),
              "values below 3.4028236e+38 in size, or precision = \"float64\"");
  }
  return result;
}

}  // namespace ravine::detail
