/// \file
/// Undirected graphs from files: lists of edges, or Matrix Market.
///
/// A list of edges has two vertices a line, numbered from 0, with spaces, tabs or a comma between them; # or % begins a
/// comment. There are as many vertices as the greatest number says, and no more than the file has bytes: the memory
/// taken is proportional to the file's size.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ravine/problem.hpp"

namespace ravine {

/// `name` is the file's, for messages. \throws DataError (`file:line:column: found ...; wanted ...`).
[[nodiscard]] Graph parse_edge_list(std::string_view bytes, const std::string& name);

/// The graph of a file that is in memory: a path that ends with .mtx names a Matrix Market file, every other a list of
/// edges. \throws DataError.
[[nodiscard]] Graph parse_graph(std::string_view bytes, const std::filesystem::path& path);

/// \throws IoError, DataError.
[[nodiscard]] Graph read_graph(const std::filesystem::path& path);

}  // namespace ravine
