#include <array>
#include <utility>

#include "io/spec_rules.hpp"
#include "ravine/spec.hpp"

namespace ravine {
namespace {

template <class Enum>
using Name = std::pair<Enum, std::string_view>;

constexpr std::array methods = {
    Name<Method>{Method::heavy_ball, "heavy-ball"},
    Name<Method>{Method::gradient_descent, "gradient-descent"},
};

constexpr std::array precisions = {
    Name<Precision>{Precision::float64, "float64"},
    Name<Precision>{Precision::float32, "float32"},
};

constexpr std::array quantities = {
    Name<Quantity>{Quantity::rate, "rate"},           Name<Quantity>{Quantity::gap, "gap"},
    Name<Quantity>{Quantity::regime, "regime"},       Name<Quantity>{Quantity::sigma1_re, "sigma1_re"},
    Name<Quantity>{Quantity::sigma1_im, "sigma1_im"}, Name<Quantity>{Quantity::sigma2_re, "sigma2_re"},
    Name<Quantity>{Quantity::sigma2_im, "sigma2_im"},
};

template <class Table, class Enum>
std::string_view find_name(const Table& table, Enum wanted) {
  for (const auto& [value, name] : table) {
    if (value == wanted) return name;
  }
  return "unknown";  // only a value cast from an integer outside the enum gets here
}

template <class Enum, class Table>
std::optional<Enum> find_value(const Table& table, std::string_view wanted) {
  for (const auto& [value, name] : table) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

template <class Table>
std::vector<std::string> all_names(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.second);
  return names;
}

}  // namespace

std::string_view name_of(Method method) {
  return find_name(methods, method);
}
std::string_view name_of(Precision precision) {
  return find_name(precisions, precision);
}
std::string_view name_of(Quantity quantity) {
  return find_name(quantities, quantity);
}

std::optional<Method> method_named(std::string_view name) {
  return find_value<Method>(methods, name);
}
std::optional<Precision> precision_named(std::string_view name) {
  return find_value<Precision>(precisions, name);
}
std::optional<Quantity> quantity_named(std::string_view name) {
  return find_value<Quantity>(quantities, name);
}

namespace detail {

std::vector<std::string> method_names() {
  return all_names(methods);
}
std::vector<std::string> precision_names() {
  return all_names(precisions);
}
std::vector<std::string> quantity_names() {
  return all_names(quantities);
}

}  // namespace detail
}  // namespace ravine
