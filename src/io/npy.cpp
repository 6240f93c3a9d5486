#include "io/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "io/messages.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they lie in the file");

/// Reads the header's text, a Python dictionary such as {'descr': '<f8', 'fortran_order': False, 'shape': (3,), }:
/// exactly these keys, in any order, each once.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyArray read() {
    expect('{');
    while (!accept('}')) {
      read_entry();
      if (accept(',')) continue;
      expect('}');
      break;
    }
    skip_spaces();
    if (at_ != text_.size()) fail("the end of the header");
    if (!descr_ || !order_ || !shape_) fail("the keys 'descr', 'fortran_order' and 'shape'");
    return {*descr_, *order_, *shape_, {}};
  }

 private:
  [[noreturn]] void fail(const std::string& wanted) const {
    throw DataError(fmt::format("{}: found {} at byte {} of the .npy header; wanted {}", name_,
                                at_ < text_.size() ? in_quotes(text_.substr(at_)) : "its end", at_, wanted));
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  bool accept(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) fail(fmt::format("'{}'", c));
  }

  std::string read_string() {
    const bool single = accept('\'');
    if (!single && !accept('"')) fail("a string in quotes");
    const std::size_t end = text_.find(single ? '\'' : '"', at_);
    if (end == std::string_view::npos) fail("a closing quote");
    std::string value(text_.substr(at_, end - at_));
    at_ = end + 1;
    return value;
  }

  bool read_bool() {
    skip_spaces();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail("True or False");
  }

  std::int64_t read_extent() {
    skip_spaces();
    const char* first = text_.data() + at_;
    std::int64_t value = -1;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) fail("a length from 0 to 2^63 - 1");
    at_ += static_cast<std::size_t>(end - first);
    return value;
  }

  std::vector<std::int64_t> read_shape() {
    std::vector<std::int64_t> shape;
    expect('(');
    while (!accept(')')) {
      shape.push_back(read_extent());
      if (accept(',')) continue;
      expect(')');
      break;
    }
    return shape;
  }

  void read_entry() {
    const std::size_t start = at_;
    const std::string key = read_string();
    expect(':');
    if (key == "descr" && !descr_) {
      descr_ = read_string();
    } else if (key == "fortran_order" && !order_) {
      order_ = read_bool();
    } else if (key == "shape" && !shape_) {
      shape_ = read_shape();
    } else {
      at_ = start;
      fail("each of the keys 'descr', 'fortran_order' and 'shape' once");
    }
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::optional<std::string> descr_;
  std::optional<bool> order_;
  std::optional<std::vector<std::int64_t>> shape_;
};

/// An unsigned little-endian integer of `size` bytes.
std::size_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value * 256 + static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// The header's text and the data behind it.
struct Parts {
  std::string_view header;
  std::string_view data;
};

Parts split(std::string_view bytes, const std::string& name) {
  constexpr std::string_view magic("\x93NUMPY", 6);
  constexpr std::size_t version_end = 8;
  if (!bytes.starts_with(magic)) {
    throw DataError(fmt::format("{}: found no .npy magic number; wanted a file written by numpy.save", name));
  }
  if (bytes.size() < version_end) {
    throw DataError(fmt::format("{}: found {} bytes; wanted a whole .npy header", name, bytes.size()));
  }
  const int major = static_cast<unsigned char>(bytes[6]);
  const int minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    throw DataError(fmt::format("{}: found .npy version {}.{}; wanted 1.0, 2.0 or 3.0", name, major, minor));
  }
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::size_t start = version_end + length_bytes;
  const bool has_length = bytes.size() >= start;
  const std::size_t length = has_length ? little_endian(bytes, version_end, length_bytes) : 0;
  if (!has_length || bytes.size() - start < length) {
    throw DataError(fmt::format("{}: found {} bytes; wanted a .npy header of {} bytes and its values", name,
                                bytes.size(), start + length));
  }
  return {bytes.substr(start, length), bytes.substr(start + length)};
}

/// How many values the shape says; nothing if that is beyond 64 bits.
std::optional<std::int64_t> count_of(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (__builtin_mul_overflow(count, extent, &count)) return std::nullopt;
  }
  return count;
}

/// The index of the k-th value in the file, as NumPy's users write it.
std::string index_of(std::size_t k, const NpyArray& array) {
  std::vector<std::size_t> index(array.shape.size());
  for (std::size_t i = 0; i < index.size(); ++i) {
    const std::size_t dimension = array.fortran_order ? i : index.size() - 1 - i;  // those that vary fastest first
    const auto extent = static_cast<std::size_t>(array.shape[dimension]);
    index[dimension] = k % extent;
    k /= extent;
  }
  return index.size() == 1 ? fmt::format("{}", index[0]) : fmt::format("({})", fmt::join(index, ", "));
}

/// The k-th value of type Stored.
template <class Stored>
Stored value_at(const NpyArray& array, std::size_t k) {
  Stored value;
  std::memcpy(&value, array.data.data() + k * sizeof(Stored), sizeof(Stored));
  return value;
}

/// The values as `Out`, those of type Stored.
template <class Stored, class Out>
std::vector<Out> values_as(const NpyArray& array, const std::string& name) {
  // Divided, not multiplied: a count that lies can't overflow, and nothing is allocated before it is believed.
  const std::size_t count = array.data.size() / sizeof(Stored);
  if (array.data.size() % sizeof(Stored) != 0 || count_of(array.shape) != static_cast<std::int64_t>(count)) {
    throw DataError(fmt::format("{}: found {} bytes of values; wanted {} values of {} bytes, as its header says", name,
                                array.data.size(), fmt::join(array.shape, " x "), sizeof(Stored)));
  }
  std::vector<Out> values(count);
  for (std::size_t k = 0; k < count; ++k) values[k] = static_cast<Out>(value_at<Stored>(array, k));
  return values;
}

std::vector<double> float64_values_of(const NpyArray& array, const std::string& name) {
  if (array.type == "<f8") return values_as<double, double>(array, name);
  if (array.type == "<f4") return values_as<float, double>(array, name);
  if (array.type == "<i8") return values_as<std::int64_t, double>(array, name);
  if (array.type == "<i4") return values_as<std::int32_t, double>(array, name);
  throw DataError(
      fmt::format("{}: found values of type {}; wanted '<f8', '<f4', '<i8' or '<i4'", name, in_quotes(array.type)));
}

}  // namespace

NpyArray open_npy(std::string_view bytes, const std::string& name) {
  const Parts parts = split(bytes, name);
  NpyArray array = HeaderReader(parts.header, name).read();
  array.data = parts.data;
  return array;
}

std::vector<double> finite_values_of(const NpyArray& array, const std::string& name) {
  std::vector<double> values = float64_values_of(array, name);
  const auto bad = std::find_if_not(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  if (bad != values.end()) {
    const auto k = static_cast<std::size_t>(bad - values.begin());
    throw DataError(fmt::format("{}: found {} at index {}; wanted finite numbers", name, *bad, index_of(k, array)));
  }
  return values;
}

std::vector<std::int64_t> integers_of(const NpyArray& array, const std::string& name) {
  if (array.type == "<i8") return values_as<std::int64_t, std::int64_t>(array, name);
  if (array.type == "<i4") return values_as<std::int32_t, std::int64_t>(array, name);
  throw DataError(fmt::format("{}: found values of type {}; wanted '<i8' or '<i4'", name, in_quotes(array.type)));
}

std::vector<double> parse_npy(std::string_view bytes, const std::string& name) {
  const NpyArray array = open_npy(bytes, name);
  const std::vector<std::int64_t>& shape = array.shape;
  const bool column = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!column) {
    throw DataError(fmt::format("{}: found an array of shape ({}); wanted one dimension, (N,) or (N, 1)", name,
                                fmt::join(shape, ", ")));
  }
  if (array.fortran_order) {
    throw DataError(
        fmt::format("{}: found Fortran order; wanted C order (numpy.ascontiguousarray before "
                    "numpy.save)",
                    name));
  }
  if (shape[0] == 0) throw DataError(fmt::format("{}: found no values; wanted at least one", name));
  return finite_values_of(array, name);
}

}  // namespace ravine::detail
