/// \file
/// Matrix Market files (https://math.nist.gov/MatrixMarket/formats.html): symmetric matrices and undirected graphs.
///
/// One entry a line (numbered from 1) for coordinate files, one value a line (column after column) for arrays. Values
/// are real, integer, or a pattern's ones. A symmetric file has the lower triangle only; a general one has both, and
/// both must agree. Lines that begin with % are comments wherever they stand after the first. What the size line
/// announces is refused before anything is allocated for it if the file can't hold it, or has more rows than bytes: the
/// memory taken is proportional to the file's size.
#pragma once

#include <string>
#include <string_view>

#include "ravine/matrix.hpp"
#include "ravine/problem.hpp"

namespace ravine {

/// A coordinate file gives a SparseMatrix, an array file a DenseMatrix. `name` is the file's, for messages.
/// \throws DataError (`file:line:column: found ...; wanted ...`).
[[nodiscard]] SymmetricMatrix parse_matrix_market(std::string_view bytes, const std::string& name);

/// The graph with an edge wherever a coordinate file has an entry off the diagonal, whatever its value.
/// \throws DataError (`file:line:column: found ...; wanted ...`).
[[nodiscard]] Graph parse_graph_matrix_market(std::string_view bytes, const std::string& name);

}  // namespace ravine
