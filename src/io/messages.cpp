#include "io/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ravine {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string shown(text.substr(0, longest));
  for (char& c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return fmt::format("\"{}{}\"", shown, text.size() > longest ? "..." : "");
}

std::string one_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool last = i + 1 == names.size();
    text += fmt::format("{}\"{}\"", i == 0 ? "" : last ? " or " : ", ", names[i]);
  }
  return text;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // d[i][j]: distance of the first i characters of a to the first j of b (optimal string alignment).
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string did_you_mean(std::string_view unknown, const std::vector<std::string>& known) {
  constexpr std::size_t longest = 64;  // nobody misspells a name of ours that long, and the table is quadratic
  if (unknown.size() > longest) return {};
  std::size_t best = 0;
  std::string_view nearest;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(unknown, name);
    // A third of the name may be wrong; beyond that the guess is noise.
    const bool near = distance <= std::max<std::size_t>(1, name.size() / 3);
    if (near && (nearest.empty() || distance < best)) {
      best = distance;
      nearest = name;
    }
  }
  return nearest.empty() ? std::string() : fmt::format(" (did you mean \"{}\"?)", nearest);
}

}  // namespace ravine
