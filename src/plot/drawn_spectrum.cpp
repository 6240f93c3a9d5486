#include "plot/drawn_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "plot/words.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

template <typename Value>
Value described(const SpectrumStore& store, const char* member) {
  return nlohmann::json::parse(store.attributes()).at(member).get<Value>();
}

/// The x between sizes as the sign, in no-break spaces.
std::string with_times(std::string title) {
  constexpr std::string_view plain = " x ";
  constexpr std::string_view sign = "\u00a0×\u00a0";
  for (std::size_t at = title.find(plain); at != std::string::npos; at = title.find(plain, at + sign.size())) {
    title.replace(at, plain.size(), sign);
  }
  return title;
}

}  // namespace

DrawnSpectrum::DrawnSpectrum(const SpectrumStore& store)
    : store_(store), title_(with_times(described<std::string>(store, "title"))), stored_(stored_eigenvalues(store)) {}

std::int64_t DrawnSpectrum::multiplicity(std::size_t k) const {
  const auto equal = [this](std::size_t a, std::size_t b) {
    return stored_.positions[b] == stored_.positions[a] + 1 &&
           stored_.values[b] - stored_.values[a] <= stored_.bounds[a] + stored_.bounds[b];
  };
  std::size_t first = k;
  while (first > 0 && equal(first - 1, first)) --first;
  std::size_t last = k;
  while (last + 1 < count() && equal(last, last + 1)) ++last;
  return static_cast<std::int64_t>(last - first + 1);
}

std::optional<std::size_t> DrawnSpectrum::first_above_zero() const {
  for (std::size_t k = 0; k < count(); ++k) {
    if (stored_.sign(k) > 0) return k;
  }
  return std::nullopt;
}

std::optional<double> DrawnSpectrum::largest() const {
  if (stored_.positions.back() != stored_.size) return std::nullopt;
  return stored_.values.back();
}

std::vector<double> DrawnSpectrum::eigenvector(std::size_t k) {
  const auto length = static_cast<std::size_t>(stored_.size);
  if (vectors_.empty()) {
    vectors_ = store_.numbers("eigenvector", {static_cast<std::int64_t>(count()), stored_.size});
  }
  std::vector<double> vector(vectors_.begin() + static_cast<std::ptrdiff_t>(k * length),
                             vectors_.begin() + static_cast<std::ptrdiff_t>((k + 1) * length));
  double greatest = 0;
  for (const double component : vector) greatest = std::max(greatest, std::abs(component));
  const auto first = std::find_if(vector.begin(), vector.end(),
                                  [greatest](double component) { return std::abs(component) > greatest / 2; });
  if (first == vector.end() || *first > 0) return vector;
  for (double& component : vector) component = -component;
  return vector;
}

std::vector<std::string> spectrum_remarks(const DrawnSpectrum& spectrum) {
  std::vector<std::string> remarks = {fmt::format("n = {}", spectrum.size())};
  if (spectrum.kappa()) remarks.push_back(fmt::format("κ = {}", number(*spectrum.kappa(), 4)));
  if (!spectrum.whole()) remarks.push_back(fmt::format("{} eigenvalues stored", spectrum.count()));
  return remarks;
}

}  // namespace ravine::detail
