#include "io/data_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/files.hpp"
#include "io/messages.hpp"
#include "io/npy.hpp"
#include "io/number.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// One line of a CSV file, cut at its commas.
struct CsvLine {
  std::int64_t number = 0;  ///< in the file, from 1
  std::string_view text;
  std::vector<std::string_view> fields;  ///< views into text, spaces included
};

class CsvLines {
 public:
  CsvLines(std::string_view text, std::string name) : rest_(text), name_(std::move(name)) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
  }

  /// The next line that is neither blank nor a comment; nothing at the end. The line is valid until the next call.
  const CsvLine* next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      line_.text = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_.number;
      if (line_.text.ends_with('\r')) line_.text.remove_suffix(1);
      const std::string_view content = trimmed(line_.text);
      if (content.empty() || content.front() == '#') continue;
      split();
      return &line_;
    }
    return nullptr;
  }

  /// `file:line:column`, at a field of the last line.
  [[nodiscard]] std::string place(std::string_view field) const {
    const std::string_view content = trimmed(field);
    const char* start = content.empty() ? field.data() : content.data();
    return fmt::format("{}:{}:{}", name_, line_.number, start - line_.text.data() + 1);
  }

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void split() {
    line_.fields.clear();
    std::size_t start = 0;
    while (true) {
      const std::size_t comma = line_.text.find(',', start);
      if (comma == std::string_view::npos) break;
      line_.fields.push_back(line_.text.substr(start, comma - start));
      start = comma + 1;
    }
    line_.fields.push_back(line_.text.substr(start));
  }

  std::string_view rest_;
  std::string name_;
  CsvLine line_;
};

double number_at(const CsvLines& lines, std::string_view field) {
  const Number number = number_in(trimmed(field));
  if (number.error == NumberError::none) return number.value;
  throw DataError(fmt::format("{}: found {}; wanted {}", lines.place(field), in_quotes(trimmed(field)),
                              wanted_instead_of(number.error)));
}

std::vector<std::string> names_in(const CsvLine& line) {
  std::vector<std::string> names;
  for (const std::string_view field : line.fields) names.emplace_back(trimmed(field));
  return names;
}

/// The position of `wanted` in the header. What a wrong name is an error of (the spec, the data) is the caller's word.
template <class ErrorType>
std::size_t find_column(const CsvLines& lines, const std::vector<std::string>& header, const std::string& wanted) {
  const auto found = std::find(header.begin(), header.end(), wanted);
  if (found == header.end()) {
    throw ErrorType(fmt::format("{}: found the columns {}; wanted a column {}{}", lines.name(),
                                in_quotes(fmt::format("{}", fmt::join(header, ","))), in_quotes(wanted),
                                did_you_mean(wanted, header)));
  }
  if (std::find(found + 1, header.end(), wanted) != header.end()) {
    throw DataError(fmt::format("{}: found the column {} twice; wanted it once", lines.name(), in_quotes(wanted)));
  }
  return static_cast<std::size_t>(found - header.begin());
}

void check_width(const CsvLines& lines, const CsvLine& line, std::size_t width) {
  if (line.fields.size() == width) return;
  throw DataError(fmt::format("{}: found {} fields; wanted {}, as in the first line", lines.place(line.fields.back()),
                              line.fields.size(), width));
}

/// A file without a column name must have one column; its first line may be a value or a header.
std::vector<double> parse_only_column(CsvLines& lines) {
  std::vector<double> values;
  for (const CsvLine* line = lines.next(); line != nullptr; line = lines.next()) {
    if (line->fields.size() != 1 && values.empty()) {
      throw UsageError(fmt::format("{}: found {} columns; wanted the name of one of them (column = \"...\")",
                                   lines.name(), line->fields.size()));
    }
    check_width(lines, *line, 1);
    values.push_back(number_at(lines, line->fields[0]));
  }
  return values;
}

bool is_word(std::string_view field) {
  return number_in(trimmed(field)).error == NumberError::not_a_number;
}

std::vector<double> parse_csv_column(std::string_view text, const std::string& name,
                                     const std::optional<std::string>& column) {
  CsvLines lines(text, name);
  std::vector<double> values;
  if (column) {
    const CsvLine* first = lines.next();
    if (first == nullptr) throw DataError(fmt::format("{}: found no header line; wanted column names", name));
    const std::vector<std::string> header = names_in(*first);
    const std::size_t position = find_column<UsageError>(lines, header, *column);
    for (const CsvLine* line = lines.next(); line != nullptr; line = lines.next()) {
      check_width(lines, *line, header.size());
      values.push_back(number_at(lines, line->fields[position]));
    }
  } else {
    CsvLines look_ahead = lines;
    const CsvLine* first = look_ahead.next();
    const bool has_header = first != nullptr && first->fields.size() == 1 && is_word(first->fields[0]);
    values = parse_only_column(has_header ? look_ahead : lines);
  }
  if (values.empty()) throw DataError(fmt::format("{}: found no values; wanted at least one", name));
  return values;
}

}  // namespace

std::string read_file_bytes(const std::filesystem::path& path) {
  std::optional<std::string> bytes = detail::read_text(path);
  if (!bytes) detail::throw_io_error("open", path, ENOENT);
  return std::move(*bytes);
}

std::string read_data_file(const std::filesystem::path& path) {
  std::error_code ignored;  // what can't be looked at can't be opened either
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    throw DataError(fmt::format("{}: found something else than a file of data", path.string()));
  }
  return read_file_bytes(path);
}

std::vector<double> parse_column(std::string_view bytes, const std::filesystem::path& path,
                                 const std::optional<std::string>& column) {
  if (path.extension() != ".npy") return parse_csv_column(bytes, path.string(), column);
  if (column) {
    throw UsageError(fmt::format("{}: found the column {} for a .npy file; wanted no column: it has one dimension",
                                 path.string(), in_quotes(*column)));
  }
  return detail::parse_npy(bytes, path.string());
}

std::vector<double> read_column(const std::filesystem::path& path, const std::optional<std::string>& column) {
  return parse_column(read_file_bytes(path), path, column);
}

CsvTable parse_csv_table(std::string_view text, const std::string& name, const std::vector<std::string>& wanted) {
  CsvLines lines(text, name);
  CsvTable table;
  const CsvLine* first = lines.next();
  if (first == nullptr) {
    throw DataError(fmt::format("{}: found no header line; wanted the columns {}", name, fmt::join(wanted, ",")));
  }
  table.header = names_in(*first);
  std::vector<std::size_t> positions;
  for (const std::string& column : wanted) positions.push_back(find_column<DataError>(lines, table.header, column));
  table.columns.resize(wanted.size());
  for (const CsvLine* line = lines.next(); line != nullptr; line = lines.next()) {
    check_width(lines, *line, table.header.size());
    for (std::size_t k = 0; k < positions.size(); ++k) {
      table.columns[k].push_back(number_at(lines, line->fields[positions[k]]));
    }
    table.rows.emplace_back(line->fields.begin(), line->fields.end());
  }
  return table;
}

CsvTable read_csv_table(const std::filesystem::path& path, const std::vector<std::string>& wanted) {
  return parse_csv_table(read_file_bytes(path), path.string(), wanted);
}

}  // namespace ravine
