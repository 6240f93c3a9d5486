#include "problem/matrix_market.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/messages.hpp"
#include "io/number.hpp"
#include "problem/placed_entry.hpp"
#include "problem/source_text.hpp"

namespace ravine {
namespace {

enum class Format { coordinate, array };
enum class Field { real, integer, pattern };
enum class Symmetry { symmetric, general };

struct Banner {
  Format format;
  Field field;
  Symmetry symmetry;
};

/// The line that says how much is to come.
struct SizeLine {
  std::int64_t rows;   ///< and columns
  std::int64_t count;  ///< of entries, or of an array's values
  std::int64_t line;
};

std::string lower_case(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Rows and columns as the file numbers them.
std::string place_of(const PlacedEntry& entry) {
  return fmt::format("({}, {})", entry.row + 1, entry.column + 1);
}
std::string mirrored_place_of(const PlacedEntry& entry) {
  return fmt::format("({}, {})", entry.column + 1, entry.row + 1);
}

bool is_whole_number(std::string_view word) {
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : source_{bytes, name}, lines_(bytes) {}

  [[nodiscard]] const SourceText& source() const { return source_; }

  Banner read_banner(const std::vector<std::string>& formats) {
    split_words(lines_.next().value_or(std::string_view{}), words_);
    if (words_.empty() || lower_case(words_[0]) != "%%matrixmarket") {
      source_.fail(0, fmt::format("found {}; wanted a Matrix Market file, which begins with %%MatrixMarket",
                                  words_.empty() ? "nothing" : in_quotes(words_[0])));
    }
    if (words_.size() != 5) {
      source_.fail(0, fmt::format("found {} words; wanted 5, such as %%MatrixMarket matrix coordinate real symmetric",
                                  words_.size()));
    }
    (void)choose(words_[1], {"matrix"});
    const auto format = static_cast<Format>(choose(words_[2], formats));
    const bool has_values = format == Format::array;
    const auto field =
        static_cast<Field>(choose(words_[3], has_values ? std::vector<std::string>{"real", "integer"}
                                                        : std::vector<std::string>{"real", "integer", "pattern"}));
    return {format, field, static_cast<Symmetry>(choose(words_[4], {"symmetric", "general"}))};
  }

  SizeLine read_size(const Banner& banner) {
    if (!next()) source_.fail_at_end("found the end of the file; wanted the line of sizes");
    if (banner.format == Format::coordinate) {
      expect_words(3, "rows, columns and entries");
    } else {
      expect_words(2, "rows and columns");
    }
    const std::int64_t rows = read_rows();
    const std::int64_t line = source_.line_at(source_.offset_of(words_[0]));
    if (banner.format == Format::coordinate) {
      const std::int64_t smallest_entry = banner.field == Field::pattern ? 4 : 6;  // "1 1\n", "1 1 1\n"
      const std::int64_t count = whole_number_in(words_[2]).value_or(-1);
      if (count < 0)
        source_.fail(words_[2], fmt::format("found {}; wanted the number of entries", in_quotes(words_[2])));
      expect_room_for(words_[2], count, smallest_entry);
      return {rows, count, line};
    }
    const std::int64_t count = banner.symmetry == Symmetry::symmetric ? rows * (rows + 1) / 2 : rows * rows;
    expect_room_for(words_[0], count, 2);  // "1\n"
    return {rows, count, line};
  }

  std::vector<PlacedEntry> read_entries(const Banner& banner, const SizeLine& size) {
    std::vector<PlacedEntry> entries;
    entries.reserve(at(size.count));
    for (std::int64_t k = 0; k < size.count; ++k) {
      expect_line(k, size, "entries");
      if (banner.field == Field::pattern) {
        expect_words(2, "row and column");
      } else {
        expect_words(3, "row, column and value");
      }
      const std::int32_t row = read_index(words_[0], "row", size.rows);
      const std::int32_t column = read_index(words_[1], "column", size.rows);
      const double value = banner.field == Field::pattern ? 1.0 : read_value(words_[2], banner.field);
      entries.push_back({row, column, value, source_.offset_of(words_[0])});
      if (banner.symmetry == Symmetry::symmetric && row < column) {
        source_.fail(words_[0],
                     fmt::format("found an entry above the diagonal, {}; wanted the lower triangle only (row "
                                 ">= column), as the file is symmetric",
                                 place_of(entries.back())));
      }
    }
    expect_end(size, "entries");
    return entries;
  }

  DenseMatrix read_array(const Banner& banner, const SizeLine& size) {
    const std::int64_t n = size.rows;
    DenseMatrix matrix{n, std::vector<double>(at(n) * at(n))};
    std::int64_t done = 0;
    for (std::int64_t column = 0; column < n; ++column) {
      for (std::int64_t row = banner.symmetry == Symmetry::symmetric ? column : 0; row < n; ++row) {
        expect_line(done++, size, "values");
        expect_words(1, "one value");
        const double value = read_value(words_[0], banner.field);
        double& lower = matrix.value[at(column * n + row)];
        double& upper = matrix.value[at(row * n + column)];
        if (row < column && value != upper) {
          source_.fail(words_[0], fmt::format("found {} at ({}, {}), but {} at ({}, {}); wanted a symmetric matrix",
                                              value, row + 1, column + 1, upper, column + 1, row + 1));
        }
        lower = upper = value;
      }
    }
    expect_end(size, "values");
    return matrix;
  }

 private:
  /// The words of the next line that is neither blank nor a comment.
  bool next() {
    while (const std::optional<std::string_view> line = lines_.next()) {
      if (line->starts_with('%')) continue;
      split_words(*line, words_);
      if (!words_.empty()) return true;
    }
    return false;
  }

  /// The position of a word of the banner among those that it may be.
  std::size_t choose(std::string_view word, const std::vector<std::string>& known) const {
    const std::string lower = lower_case(word);
    const auto found = std::find(known.begin(), known.end(), lower);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    source_.fail(word,
                 fmt::format("found {}; wanted {}{}", in_quotes(word), one_of(known), did_you_mean(lower, known)));
  }

  void expect_words(std::size_t count, std::string_view meaning) const {
    if (words_.size() == count) return;
    source_.fail(words_[std::min(words_.size() - 1, count)],
                 fmt::format("found {} words in the line; wanted {}: {}", words_.size(), count, meaning));
  }

  std::int64_t read_rows() const {
    const std::int64_t rows = whole_number_in(words_[0]).value_or(-1);
    if (rows < 1 || rows > most_rows) {
      source_.fail(words_[0],
                   fmt::format("found {}; wanted the number of rows, from 1 to {}", in_quotes(words_[0]), most_rows));
    }
    if (whole_number_in(words_[1]) != rows) {
      source_.fail(words_[1], fmt::format("found {} columns; wanted as many as rows, {}", in_quotes(words_[1]), rows));
    }
    if (rows > std::ssize(source_.bytes)) {
      source_.fail(words_[0], fmt::format("found {} rows in a file of {} bytes; wanted one with an entry in most rows",
                                          rows, source_.bytes.size()));
    }
    return rows;
  }

  void expect_room_for(std::string_view word, std::int64_t count, std::int64_t smallest) const {
    const auto rest = std::ssize(lines_.rest());
    const std::int64_t most = (rest + 1) / smallest;  // the last line may have no end
    if (count <= most) return;
    source_.fail(word,
                 fmt::format("found {} bytes after this line, too few for the {} lines that it announces; wanted a "
                             "whole file",
                             rest, count));
  }

  void expect_line(std::int64_t done, const SizeLine& size, std::string_view things) {
    if (next()) return;
    source_.fail_at_end(fmt::format("found the end of the file after {} {}; wanted {}, as line {} says", done, things,
                                    size.count, size.line));
  }

  void expect_end(const SizeLine& size, std::string_view things) {
    if (!next()) return;
    source_.fail(words_[0], fmt::format("found {} after {} {}; wanted the end of the file, as line {} says",
                                        in_quotes(words_[0]), size.count, things, size.line));
  }

  std::int32_t read_index(std::string_view word, std::string_view meaning, std::int64_t rows) const {
    const std::int64_t index = whole_number_in(word).value_or(-1);
    if (index >= 1 && index <= rows) return static_cast<std::int32_t>(index - 1);
    source_.fail(word, fmt::format("found {}; wanted a {} from 1 to {}{}", in_quotes(word), meaning, rows,
                                   index == 0 ? ": Matrix Market counts from 1" : ""));
  }

  double read_value(std::string_view word, Field field) const {
    const Number number = number_in(word);
    if (number.error != NumberError::none) {
      source_.fail(word, fmt::format("found {}; wanted {}", in_quotes(word), wanted_instead_of(number.error)));
    }
    if (field == Field::integer && !is_whole_number(word)) {
      source_.fail(word, fmt::format("found {}; wanted an integer, as the first line says", in_quotes(word)));
    }
    return number.value;
  }

  SourceText source_;
  Lines lines_;
  std::vector<std::string_view> words_;
};

void expect_no_duplicate(const SourceText& source, std::span<const PlacedEntry> sorted) {
  if (const std::optional<Conflict> conflict = find_duplicate(sorted)) {
    source.fail(conflict->entry.place, fmt::format("found the entry {} again, which line {} has; wanted each once",
                                                   place_of(conflict->entry), source.line_at(conflict->other->place)));
  }
}

void expect_symmetric_values(const SourceText& source, std::span<const PlacedEntry> sorted) {
  const std::optional<Conflict> conflict = find_asymmetry(sorted);
  if (!conflict) return;
  const PlacedEntry& entry = conflict->entry;
  const std::string mirrored = conflict->other
                                   ? fmt::format("{} at {} in line {}", conflict->other->value,
                                                 place_of(*conflict->other), source.line_at(conflict->other->place))
                                   : fmt::format("nothing at {}", mirrored_place_of(entry));
  source.fail(entry.place,
              fmt::format("found {} at {}, but {}; wanted a symmetric matrix", entry.value, place_of(entry), mirrored));
}

void expect_symmetric_pattern(const SourceText& source, std::span<const PlacedEntry> sorted) {
  if (const std::optional<Conflict> conflict = find_asymmetry(sorted)) {
    source.fail(conflict->entry.place,
                fmt::format("found an entry at {}, but none at {}; wanted a symmetric pattern: an undirected graph",
                            place_of(conflict->entry), mirrored_place_of(conflict->entry)));
  }
}

}  // namespace

SymmetricMatrix parse_matrix_market(std::string_view bytes, const std::string& name) {
  Reader reader(bytes, name);
  const Banner banner = reader.read_banner({"coordinate", "array"});
  const SizeLine size = reader.read_size(banner);
  if (banner.format == Format::array) return reader.read_array(banner, size);
  std::vector<PlacedEntry> entries = reader.read_entries(banner, size);
  sort_by_pair(entries);
  expect_no_duplicate(reader.source(), entries);
  if (banner.symmetry == Symmetry::general) expect_symmetric_values(reader.source(), entries);
  return sparse_matrix(size.rows, without_mirrored(entries));
}

Graph parse_graph_matrix_market(std::string_view bytes, const std::string& name) {
  Reader reader(bytes, name);
  const Banner banner = reader.read_banner({"coordinate"});
  const SizeLine size = reader.read_size(banner);
  std::vector<PlacedEntry> entries = reader.read_entries(banner, size);
  for (PlacedEntry& entry : entries) entry.value = 1;  // an edge, whatever its weight
  sort_by_pair(entries);
  expect_no_duplicate(reader.source(), entries);
  if (banner.symmetry == Symmetry::general) expect_symmetric_pattern(reader.source(), entries);
  Graph graph{size.rows, {}};
  for (const Entry& entry : without_mirrored(entries)) {
    if (entry.row == entry.column) continue;
    graph.edges.push_back({std::min(entry.row, entry.column), std::max(entry.row, entry.column)});
  }
  return graph;
}

}  // namespace ravine
