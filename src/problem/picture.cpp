#include "problem/picture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "problem/source_text.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

bool is_white(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// Words between white space, where # begins a comment to the end of its line.
class Words {
 public:
  explicit Words(const SourceText& source) : source_(source) {}

  /// The next word; empty at the end of the file.
  std::string_view next() {
    const std::string_view bytes = source_.bytes;
    while (at_ < bytes.size() && (is_white(bytes[at_]) || bytes[at_] == '#')) {
      at_ = bytes[at_] == '#' ? std::min(bytes.find('\n', at_), bytes.size()) : at_ + 1;
    }
    const std::size_t start = at_;
    while (at_ < bytes.size() && !is_white(bytes[at_]) && bytes[at_] != '#') ++at_;
    return bytes.substr(start, at_ - start);
  }

  std::int64_t read_number(std::string_view meaning, std::int64_t least, std::int64_t most) {
    const std::string_view word = next();
    const std::int64_t number = whole_number_in(word).value_or(-1);
    if (number >= least && number <= most) return number;
    source_.fail(word, fmt::format("found {}; wanted {}, from {} to {}",
                                   word.empty() ? "the end of the file" : in_quotes(word), meaning, least, most));
  }

  /// What stands behind the last word.
  [[nodiscard]] std::string_view rest() const { return source_.bytes.substr(at_); }

 private:
  const SourceText& source_;
  std::size_t at_ = 0;
};

void read_plain(const SourceText& source, Words& words, Picture& picture) {
  const std::int64_t count = picture.rows * picture.columns;
  const auto most = std::ssize(words.rest()) / 2;  // " 1"
  if (count > most) {
    source.fail(words.rest(), fmt::format("found {} bytes for {} x {} values; wanted a whole file", words.rest().size(),
                                          picture.columns, picture.rows));
  }
  picture.values.resize(at(count));
  for (std::uint16_t& value : picture.values) {
    value = static_cast<std::uint16_t>(words.read_number("a grey value", 0, picture.maximum));
  }
  const std::string_view extra = words.next();
  if (!extra.empty()) {
    source.fail(extra, fmt::format("found {} after {} x {} values; wanted the end of the file", in_quotes(extra),
                                   picture.columns, picture.rows));
  }
}

void read_raw(const SourceText& source, Words& words, Picture& picture) {
  const std::int64_t value_bytes = picture.maximum < 256 ? 1 : 2;
  const std::string_view rest = words.rest();
  if (rest.empty() || !is_white(rest[0])) {
    source.fail(rest, fmt::format("found {}; wanted one white space and the values",
                                  rest.empty() ? "the end of the file" : in_quotes(rest)));
  }
  const std::string_view data = rest.substr(1);  // one white space ends the header
  if (std::ssize(data) % value_bytes != 0 || std::ssize(data) / value_bytes != picture.rows * picture.columns) {
    source.fail(data, fmt::format("found {} bytes of values; wanted {} x {} values of {} bytes", data.size(),
                                  picture.columns, picture.rows, value_bytes));
  }
  picture.values.resize(data.size() / at(value_bytes));
  for (std::size_t k = 0; k < picture.values.size(); ++k) {
    const auto byte = [data](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(data[i])}; };
    const std::uint32_t value = value_bytes == 1 ? byte(k) : byte(2 * k) * 256 + byte(2 * k + 1);
    if (value > static_cast<std::uint32_t>(picture.maximum)) {
      throw DataError(fmt::format("{}: found {} at row {}, column {}; wanted at most the maximum, {}", source.name,
                                  value, k / at(picture.columns), k % at(picture.columns), picture.maximum));
    }
    picture.values[k] = static_cast<std::uint16_t>(value);
  }
}

}  // namespace

Picture parse_pgm(std::string_view bytes, const std::string& name) {
  const SourceText source{bytes, name};
  if (!bytes.starts_with("P2") && !bytes.starts_with("P5")) {
    source.fail(0,
                fmt::format("found {}; wanted a PGM file, which begins with P2 or P5", in_quotes(bytes.substr(0, 2))));
  }
  Words words(source);
  const std::string_view magic = words.next();
  if (magic.size() != 2) source.fail(magic, fmt::format("found {}; wanted P2 or P5", in_quotes(magic)));
  Picture picture;
  picture.columns = words.read_number("the picture's width", 1, most_rows);
  picture.rows = words.read_number("the picture's height", 1, most_rows);
  constexpr std::int64_t most_grey = 65535;
  picture.maximum = static_cast<std::int32_t>(words.read_number("the greatest grey value", 1, most_grey));
  if (magic == "P2") {
    read_plain(source, words, picture);
  } else {
    read_raw(source, words, picture);
  }
  return picture;
}

Picture read_pgm(const std::filesystem::path& path) {
  return parse_pgm(read_data_file(path), path.string());
}

}  // namespace ravine
