#include "problem/closed_forms.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <numbers>
#include <numeric>
#include <utility>

#include "problem/graph_families.hpp"

namespace ravine {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

/// 2 - 2 cos(2 pi part / whole)
double two_minus_two_cosines(std::int64_t part, std::int64_t whole) {
  const double sine = std::sin(std::numbers::pi * static_cast<double>(part) / static_cast<double>(whole));
  return 4 * sine * sine;
}

/// 4 sin^2(pi (first + k step) / whole) for k = 0, ..., count - 1.
std::vector<double> squared_sines(std::int64_t count, std::int64_t first, std::int64_t step, std::int64_t whole) {
  std::vector<double> values(at(count));
  for (std::int64_t k = 0; k < count; ++k) values[at(k)] = two_minus_two_cosines(first + k * step, whole);
  return values;
}

/// Every sum of one value of each factor: the spectrum of a Cartesian product of graphs.
std::vector<double> sums_of(const std::vector<std::vector<double>>& factors) {
  std::vector<double> sums = {0.0};
  for (const std::vector<double>& factor : factors) {
    std::vector<double> next;
    next.reserve(sums.size() * factor.size());
    for (const double sum : sums) {
      for (const double value : factor) next.push_back(sum + value);
    }
    sums = std::move(next);
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

struct Multiple {
  double value;
  std::int64_t times;
};
/// Precondition: ascending values. One may occur zero times.
std::vector<double> listed(std::initializer_list<Multiple> multiples) {
  std::vector<double> values;
  for (const auto& [value, times] : multiples) values.insert(values.end(), at(times), value);
  return values;
}

std::vector<double> sums_of_sides(const std::vector<std::int64_t>& sides,
                                  std::vector<double> (*eigenvalues)(std::int64_t)) {
  std::vector<std::vector<double>> factors(sides.size());
  std::transform(sides.begin(), sides.end(), factors.begin(), eigenvalues);
  return sums_of(factors);
}

std::vector<double> complete_bipartite_eigenvalues(std::int64_t p, std::int64_t q) {
  const auto [less, more] = std::minmax(p, q);
  const auto value = [](std::int64_t number) { return static_cast<double>(number); };
  return listed({{0, 1}, {value(less), more - 1}, {value(more), less - 1}, {value(p + q), 1}});
}

std::vector<double> hypercube_eigenvalues(std::int64_t dimension) {
  std::vector<double> values;
  values.reserve(std::size_t{1} << dimension);
  std::int64_t times = 1;  // the binomial coefficient of dimension over j
  for (std::int64_t j = 0; j <= dimension; ++j) {
    values.insert(values.end(), at(times), static_cast<double>(2 * j));
    times = times * (dimension - j) / (j + 1);
  }
  return values;
}

/// The side along which the vertices are all those with the first coordinate, or all those with the last.
std::optional<std::size_t> side_of_face(const std::vector<std::int64_t>& sides,
                                        std::span<const std::int64_t> vertices) {
  const std::int64_t all = std::accumulate(sides.begin(), sides.end(), std::int64_t{1}, std::multiplies<>());
  std::int64_t stride = 1;
  for (std::size_t k = sides.size(); k-- > 0;) {
    const std::int64_t side = sides[k];
    const auto all_have = [&](std::int64_t coordinate) {
      return std::all_of(vertices.begin(), vertices.end(),
                         [&](std::int64_t v) { return v / stride % side == coordinate; });
    };
    const bool is_as_large = static_cast<std::int64_t>(vertices.size()) == all / side;
    if (is_as_large && (all_have(0) || all_have(side - 1))) return k;
    stride *= side;
  }
  return std::nullopt;
}

}  // namespace

std::vector<double> path_eigenvalues(std::int64_t count) {
  return squared_sines(count, 0, 1, 2 * count);
}

std::vector<double> path_eigenvalues_one_pinned(std::int64_t count) {
  return squared_sines(count, 1, 2, 2 * (2 * count + 1));
}

std::vector<double> path_eigenvalues_both_pinned(std::int64_t count) {
  return squared_sines(count, 1, 1, 2 * (count + 1));
}

std::vector<double> cycle_eigenvalues(std::int64_t count) {
  if (count < 3) return path_eigenvalues(count);
  // The k-th and the (count - k)-th are equal; the one with the smaller angle is the accurate one.
  std::vector<double> values(at(count));
  for (std::int64_t k = 0; k < count; ++k) values[at(k)] = two_minus_two_cosines((k + 1) / 2, count);
  return values;
}

std::optional<ClosedForm> laplacian_closed_form(const GeneratedGraph& graph) {
  const std::int64_t vertices = vertices_of(graph);
  switch (graph.family) {
    case GraphFamily::path:
      return ClosedForm{path_eigenvalues(vertices), "path (M46)"};
    case GraphFamily::cycle:
      return ClosedForm{cycle_eigenvalues(vertices), "cycle (M46)"};
    case GraphFamily::grid:
      return ClosedForm{sums_of_sides(graph.sizes, path_eigenvalues), "sums of paths (M46)"};
    case GraphFamily::torus:
      return ClosedForm{sums_of_sides(graph.sizes, cycle_eigenvalues), "sums of cycles (M46)"};
    case GraphFamily::complete:
      return ClosedForm{listed({{0, 1}, {static_cast<double>(vertices), vertices - 1}}), "complete graph (M46)"};
    case GraphFamily::star:
      if (vertices == 1) return ClosedForm{{0}, "star (M46)"};
      return ClosedForm{complete_bipartite_eigenvalues(1, vertices - 1), "star (M46)"};
    case GraphFamily::complete_bipartite:
      return ClosedForm{complete_bipartite_eigenvalues(graph.sizes[0], graph.sizes[1]),
                        "complete bipartite graph (M46)"};
    case GraphFamily::hypercube:
      return ClosedForm{hypercube_eigenvalues(graph.sizes[0]), "hypercube (M46)"};
    case GraphFamily::small_world:
    case GraphFamily::random_regular:
    case GraphFamily::random:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ClosedForm> colorization_closed_form(const GeneratedGraph& graph,
                                                   std::span<const std::int64_t> distinguished) {
  if (static_cast<std::int64_t>(distinguished.size()) == vertices_of(graph)) {
    std::optional<ClosedForm> form = laplacian_closed_form(graph);
    if (!form) return std::nullopt;
    for (double& value : form->eigenvalues) value += 1;
    form->name += ", each larger by 1 (M48)";
    return form;
  }
  const std::optional<std::vector<std::int64_t>> sides = grid_sides_of(graph);
  const std::optional<std::size_t> pinned = sides ? side_of_face(*sides, distinguished) : std::nullopt;
  if (!pinned) return std::nullopt;
  std::vector<std::vector<double>> factors;
  for (std::size_t k = 0; k < sides->size(); ++k) {
    factors.push_back(k == *pinned ? path_eigenvalues_one_pinned((*sides)[k]) : path_eigenvalues((*sides)[k]));
  }
  return ClosedForm{sums_of(factors),
                    sides->size() == 1 ? "path with a pinned end (M48)" : "sums of paths, one with a pinned end (M48)"};
}

}  // namespace ravine
