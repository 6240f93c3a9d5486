#include <array>
#include <utility>

#include "io/spec_rules.hpp"
#include "ravine/spec.hpp"

namespace ravine {
namespace {

using Name = std::pair<Method, std::string_view>;
constexpr std::array methods = {
    Name{Method::heavy_ball, "heavy-ball"},
    Name{Method::gradient_descent, "gradient-descent"},
};

}  // namespace

std::string_view name_of(Method method) {
  return methods[static_cast<std::size_t>(method)].second;
}

std::optional<Method> method_named(std::string_view name) {
  for (const auto& [method, known] : methods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

namespace detail {

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const Kind kind : {Kind::rate, Kind::trajectory, Kind::noise}) names.emplace_back(name_of(kind));
  return names;
}
std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Name& entry : methods) names.emplace_back(entry.second);
  return names;
}
std::vector<std::string> precision_names() {
  std::vector<std::string> names;
  for (const Precision precision : {Precision::float64, Precision::float32}) names.emplace_back(name_of(precision));
  return names;
}
std::vector<std::string> quantity_names(Kind kind) {
  std::vector<std::string> names;
  for (const QuantityInfo& info : all_quantities()) {
    if (info.kind == kind) names.emplace_back(info.name);
  }
  return names;
}

}  // namespace detail
}  // namespace ravine
