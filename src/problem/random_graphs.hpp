/// \file
/// Random graphs. The random bits are Philox's (ravine/model/random.hpp) with the graph's seed as the key, and every
/// decision is made by integers or exact arithmetic: equal members give equal graphs on every machine.
#pragma once

#include <cstdint>

#include "ravine/problem.hpp"

namespace ravine {

/// D. J. Watts and S. H. Strogatz, "Collective dynamics of 'small-world' networks", Nature 393, 1998: a ring in which
/// each vertex has `degree` neighbours; then for j = 1, ..., degree / 2 and each vertex i the edge to i + j is moved
/// with `probability` to a vertex that i has no edge to, all of them equally likely. No edge is lost.
/// Precondition: degree even and less than the vertices, probability 0 to 1.
[[nodiscard]] Graph small_world(std::int64_t vertices, const GeneratedGraph& graph);

/// Every vertex has `degree` neighbours. Ends of edges, `degree` of each vertex, are paired at random (B. Bollobas's
/// model); a pair that would be a loop or a second edge trades ends with a random edge. That favours some graphs, the
/// less the more vertices there are: so ten times as many trades as there are edges follow, a million at most, a Markov
/// chain whose limit is the uniform distribution. Above half of the possible degree it is the complement of such a
/// graph. Precondition: degree less than the vertices, one of the two even.
[[nodiscard]] Graph random_regular(std::int64_t vertices, const GeneratedGraph& graph);

/// Each pair of vertices is an edge with `probability`, independent of the others (E. N. Gilbert's G(n, p)). O(vertices
/// + edges): from one edge to the next by geometric jumps (V. Batagelj, U. Brandes, "Efficient generation of large
/// random networks", Physical Review E 71, 2005), with the logarithm of ravine/model/normal.hpp.
/// Precondition: probability 0 to 1.
[[nodiscard]] Graph random_graph(std::int64_t vertices, const GeneratedGraph& graph);

}  // namespace ravine
