#include "problem/random_graphs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "ravine/model/random.hpp"

namespace ravine {
namespace {

using Edge = std::array<std::int32_t, 2>;

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}
std::int32_t vertex(std::int64_t number) {
  return static_cast<std::int32_t>(number);
}

/// Random numbers one after the other: the blocks of Philox of the counters 0, 1, 2, ...
class RandomStream {
 public:
  explicit RandomStream(std::int64_t seed) : seed_(static_cast<std::uint64_t>(seed)) {}

  std::uint64_t bits() {
    const std::uint64_t block = drawn_ / 2;
    if (drawn_ % 2 == 0) {
      words_ =
          model::philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32U), 0, 0}, seed_);
    }
    return drawn_++ % 2 == 0 ? (std::uint64_t{words_.w1} << 32U) | words_.w0
                             : (std::uint64_t{words_.w3} << 32U) | words_.w2;
  }
  /// Any of 0, ..., count - 1, each equally likely. Precondition: count > 0.
  std::int64_t below(std::int64_t count) {
    const auto range = static_cast<std::uint64_t>(count);
    const std::uint64_t uneven = (0 - range) % range;  // 2^64 mod count: as many values would be taken once too often
    std::uint64_t value = bits();
    while (value < uneven) value = bits();
    return static_cast<std::int64_t>(value % range);
  }
  /// A multiple of 2^-53 in (0, 1].
  double unit() { return static_cast<double>((bits() >> 11U) + 1) * 0x1p-53; }
  /// True with this probability, rounded to a multiple of 2^-53.
  bool happens(double probability) { return unit() <= probability; }

 private:
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  model::PhiloxWords words_{};
};

/// A graph that changes: the neighbours of each vertex, ascending.
class Neighbours {
 public:
  Neighbours(std::int64_t vertices, std::int64_t degree) : lists_(at(vertices)) {
    for (std::vector<std::int32_t>& list : lists_) list.reserve(at(degree));
  }
  [[nodiscard]] bool joined(std::int32_t a, std::int32_t b) const {
    const std::vector<std::int32_t>& list = lists_[at(a)];
    return std::binary_search(list.begin(), list.end(), b);
  }
  [[nodiscard]] bool can_join(std::int32_t a, std::int32_t b) const { return a != b && !joined(a, b); }
  [[nodiscard]] std::int64_t degree(std::int32_t a) const { return static_cast<std::int64_t>(lists_[at(a)].size()); }
  void join(std::int32_t a, std::int32_t b) {
    insert(a, b);
    insert(b, a);
  }
  void part(std::int32_t a, std::int32_t b) {
    erase(a, b);
    erase(b, a);
  }
  [[nodiscard]] Graph graph() const {
    Graph graph{static_cast<std::int64_t>(lists_.size()), {}};
    for (std::int64_t a = 0; a < graph.vertices; ++a) {
      for (const std::int32_t b : lists_[at(a)]) {
        if (a < b) graph.edges.push_back({vertex(a), b});
      }
    }
    return graph;
  }

 private:
  void insert(std::int32_t a, std::int32_t b) {
    std::vector<std::int32_t>& list = lists_[at(a)];
    list.insert(std::lower_bound(list.begin(), list.end(), b), b);
  }
  void erase(std::int32_t a, std::int32_t b) {
    std::vector<std::int32_t>& list = lists_[at(a)];
    list.erase(std::lower_bound(list.begin(), list.end(), b));
  }
  std::vector<std::vector<std::int32_t>> lists_;
};

/// The ends of edges, `degree` of each vertex, in random order (Fisher and Yates).
std::vector<std::int32_t> shuffled_ends(std::int64_t vertices, std::int64_t degree, RandomStream& random) {
  std::vector<std::int32_t> ends(at(vertices * degree));
  for (std::size_t k = 0; k < ends.size(); ++k) ends[k] = vertex(static_cast<std::int64_t>(k) / degree);
  for (std::size_t k = ends.size(); k > 1; --k) {
    std::swap(ends[k - 1], ends[at(random.below(static_cast<std::int64_t>(k)))]);
  }
  return ends;
}

/// The edges of a graph that changes, and the neighbours that they make.
struct ChangingGraph {
  std::vector<Edge> edges;
  Neighbours neighbours;
};

void add(Edge edge, ChangingGraph& graph) {
  graph.neighbours.join(edge[0], edge[1]);
  graph.edges.push_back(edge);
}

std::size_t random_edge(const ChangingGraph& graph, RandomStream& random) {
  return at(random.below(static_cast<std::int64_t>(graph.edges.size())));
}

/// Of a pair (a, b) and an edge (c, d), either end first, the edges (a, c) and (b, d).
struct Trade {
  std::size_t traded;  ///< which edge (c, d) is
  Edge first;
  Edge second;
};

/// With a random edge; none if a new edge would be a loop or is there already. Precondition: the graph has an edge.
std::optional<Trade> random_trade(Edge pair, const ChangingGraph& graph, RandomStream& random) {
  const std::size_t traded = random_edge(graph, random);
  auto [c, d] = graph.edges[traded];
  if (random.below(2) == 1) std::swap(c, d);
  const auto [a, b] = pair;
  if (!graph.neighbours.can_join(a, c) || !graph.neighbours.can_join(b, d)) return std::nullopt;
  return Trade{traded, {a, c}, {b, d}};
}

/// Moves an edge to where another two vertices are.
void move_edge(std::size_t which, Edge there, ChangingGraph& graph) {
  Edge& edge = graph.edges[which];
  graph.neighbours.part(edge[0], edge[1]);
  graph.neighbours.join(there[0], there[1]);
  edge = there;
}

/// Tries that a pair has to become two edges before all pairs are drawn anew. Most succeed at the first; where one edge
/// in a hundred fits, all tries miss it with a probability of 4e-5.
constexpr int tries_per_pair = 1000;

/// \returns whether the graph has the pair's degrees now.
bool fit_in(Edge pair, ChangingGraph& graph, RandomStream& random) {
  for (int tries = 0; tries < tries_per_pair && !graph.edges.empty(); ++tries) {
    const std::optional<Trade> trade = random_trade(pair, graph, random);
    if (!trade) continue;
    move_edge(trade->traded, trade->first, graph);
    add(trade->second, graph);
    return true;
  }
  return false;
}

/// One attempt at a regular graph; none where some pair fitted in nowhere.
std::optional<ChangingGraph> pair_up(std::int64_t vertices, std::int64_t degree, RandomStream& random) {
  const std::vector<std::int32_t> ends = shuffled_ends(vertices, degree, random);
  ChangingGraph graph{{}, Neighbours(vertices, degree)};
  std::vector<Edge> unfit;
  for (std::size_t k = 0; k + 1 < ends.size(); k += 2) {
    const Edge pair = {ends[k], ends[k + 1]};
    if (graph.neighbours.can_join(pair[0], pair[1])) {
      add(pair, graph);
    } else {
      unfit.push_back(pair);
    }
  }
  const auto fits = [&](Edge pair) { return fit_in(pair, graph, random); };
  return std::all_of(unfit.begin(), unfit.end(), fits) ? std::optional(std::move(graph)) : std::nullopt;
}

/// Two random edges trade ends, over and over: a walk among the graphs of these degrees that favours none of them. It
/// has a length that takes less than a second: where it is the shorter, edges are many and the bias it removes small.
constexpr std::int64_t trades_per_edge = 10;
constexpr std::int64_t most_trades = 1'000'000;

void mix(ChangingGraph& graph, RandomStream& random) {
  const std::int64_t trades = std::min(trades_per_edge * static_cast<std::int64_t>(graph.edges.size()), most_trades);
  for (std::int64_t k = 0; k < trades; ++k) {
    const std::size_t one = random_edge(graph, random);
    const std::optional<Trade> trade = random_trade(graph.edges[one], graph, random);
    if (!trade) continue;
    move_edge(one, trade->first, graph);
    move_edge(trade->traded, trade->second, graph);
  }
}

Graph complement_of(const Graph& graph) {
  Graph complement{graph.vertices, {}};
  auto edge = graph.edges.begin();
  for (std::int64_t a = 0; a < graph.vertices; ++a) {
    for (std::int64_t b = a + 1; b < graph.vertices; ++b) {
      const Edge candidate = {vertex(a), vertex(b)};
      if (edge != graph.edges.end() && *edge == candidate) {
        ++edge;
      } else {
        complement.edges.push_back(candidate);
      }
    }
  }
  return complement;
}

/// Precondition: at most half of the possible degree, or pairs seldom fit.
Graph sparse_regular(std::int64_t vertices, std::int64_t degree, std::int64_t seed) {
  RandomStream random(seed);
  for (;;) {
    std::optional<ChangingGraph> graph = pair_up(vertices, degree, random);
    if (!graph) continue;
    mix(*graph, random);
    return graph->neighbours.graph();
  }
}

/// -2 ln(1 - p) for p in (0, 1).
double minus_two_log_of_rest(double p) {
  constexpr double small = 0x1p-20;  // below it the next term, p^4 / 2, is less than half a unit in the last place
  return p < small ? 2 * p * (1 + p * (0.5 + p / 3)) : model::minus_two_log(1 - p);
}

}  // namespace

Graph small_world(std::int64_t vertices, const GeneratedGraph& graph) {
  RandomStream random(graph.seed);
  Neighbours neighbours(vertices, graph.degree);
  const auto ahead = [vertices](std::int64_t i, std::int64_t j) { return vertex((i + j) % vertices); };
  for (std::int64_t j = 1; j <= graph.degree / 2; ++j) {
    for (std::int64_t i = 0; i < vertices; ++i) neighbours.join(vertex(i), ahead(i, j));
  }
  for (std::int64_t j = 1; j <= graph.degree / 2; ++j) {
    for (std::int64_t i = 0; i < vertices; ++i) {
      const bool is_moved = random.happens(graph.probability);
      if (!is_moved || neighbours.degree(vertex(i)) == vertices - 1) continue;  // joined to all: no vertex to move to
      std::int32_t target = vertex(random.below(vertices));
      while (!neighbours.can_join(vertex(i), target)) target = vertex(random.below(vertices));
      neighbours.part(vertex(i), ahead(i, j));
      neighbours.join(vertex(i), target);
    }
  }
  return neighbours.graph();
}

Graph random_regular(std::int64_t vertices, const GeneratedGraph& graph) {
  const std::int64_t left_out = vertices - 1 - graph.degree;
  return graph.degree <= left_out ? sparse_regular(vertices, graph.degree, graph.seed)
                                  : complement_of(sparse_regular(vertices, left_out, graph.seed));
}

Graph random_graph(std::int64_t vertices, const GeneratedGraph& graph) {
  Graph made{vertices, {}};
  if (graph.probability == 0) return made;
  const bool is_certain = graph.probability == 1;
  const double scale = is_certain ? 1 : minus_two_log_of_rest(graph.probability);
  RandomStream random(graph.seed);
  std::int64_t skipped = -1;  // pairs (a, b), b > a, counted from (a, a + 1) in the order of the edges
  for (std::int64_t a = 0; a < vertices;) {
    const double jump = is_certain ? 0 : std::floor(model::minus_two_log(random.unit()) / scale);
    if (jump > 0x1p62) break;  // there are less than 2^61 pairs
    skipped += 1 + static_cast<std::int64_t>(jump);
    while (a < vertices && skipped >= vertices - 1 - a) {
      skipped -= vertices - 1 - a;
      ++a;
    }
    if (a < vertices) made.edges.push_back({vertex(a), vertex(a + 1 + skipped)});
  }
  return made;
}

}  // namespace ravine
