/// \file
/// TOML with places: every value of a spec is read through here, so that each error says where, what was found and what
/// is wanted.
#pragma once

// toml++ asserts on some malformed inputs, and with NDEBUG it tells the optimiser that its assertions hold, which is
// worse. So it is compiled with assertions that do nothing, whatever the build.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ravine::detail {

/// The keys a table may have. `later` are keys of the format that this version does not have, worth their own message.
struct KnownKeys {
  std::string table;  ///< how messages call it: "[sweep]"
  std::vector<std::string> keys;
  std::vector<std::string> later;
};

/// Where the eigenvalues of an axis { problem = true } come from: its frozen spectrum, or, for a spec that is checked
/// before they are computed, one eigenvalue 1 in their place.
enum class OwnSpectrum { frozen, stand_in };

/// A spec file and the errors in it.
class SpecFile {
 public:
  /// Reads and parses. \throws IoError; UsageError for text that is not TOML.
  explicit SpecFile(const std::filesystem::path& path);

  /// The same file, to be read with a stand-in.
  [[nodiscard]] SpecFile standing_in() const;
  [[nodiscard]] OwnSpectrum own_spectrum() const { return own_spectrum_; }

  [[nodiscard]] const toml::table& root() const { return root_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// `file:line:column`
  [[nodiscard]] std::string place(const toml::source_region& region) const;
  /// Throws UsageError `file:line:column: found <found>; wanted <wanted>`.
  [[noreturn]] void fail(const toml::source_region& region, const std::string& found, const std::string& wanted) const;
  /// The same, describing the value itself.
  [[noreturn]] void fail_at(const toml::node& node, const std::string& wanted) const;

  /// \throws UsageError at the first key of `table` that is not known.
  void check_keys(const toml::table& table, const KnownKeys& known) const;

  // Each throws UsageError if the value has another type; `name` is what messages call it.
  [[nodiscard]] const toml::table& table_at(const toml::node& node, std::string_view name) const;
  [[nodiscard]] const toml::array& array_at(const toml::node& node, std::string_view name) const;
  [[nodiscard]] std::string string_at(const toml::node& node, std::string_view name) const;
  /// A finite float, or an integer (rounded to the nearest float64).
  [[nodiscard]] double number_at(const toml::node& node, std::string_view name) const;
  [[nodiscard]] std::int64_t integer_at(const toml::node& node, std::string_view name) const;
  [[nodiscard]] bool boolean_at(const toml::node& node, std::string_view name) const;
  /// An array of strings, not empty, none twice.
  [[nodiscard]] std::vector<std::string> names_at(const toml::node& node, std::string_view name) const;

 private:
  std::filesystem::path path_;
  toml::table root_;
  OwnSpectrum own_spectrum_ = OwnSpectrum::frozen;
};

/// `the string "x"`, `the integer 3`, `an array`, ...
[[nodiscard]] std::string describe(const toml::node& node);

}  // namespace ravine::detail
