#include "problem/edge_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "problem/matrix_market.hpp"
#include "problem/placed_entry.hpp"
#include "problem/source_text.hpp"

namespace ravine {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What stands between spaces or, where the line has a comma, between commas.
void split_fields(std::string_view line, std::vector<std::string_view>& fields) {
  if (line.find(',') == std::string_view::npos) return split_words(line, fields);
  fields.clear();
  while (true) {
    const std::size_t comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

std::int32_t read_vertex(const SourceText& source, std::string_view field) {
  const std::optional<std::int64_t> vertex = whole_number_in(field);
  if (!vertex || *vertex < 0 || *vertex >= most_rows) {
    source.fail(field, fmt::format("found {}; wanted a vertex, from 0 to {}", in_quotes(field), most_rows - 1));
  }
  if (*vertex >= std::ssize(source.bytes)) {
    source.fail(field, fmt::format("found vertex {} in a file of {} bytes; wanted vertices numbered from 0 on, most of "
                                   "them with edges",
                                   *vertex, source.bytes.size()));
  }
  return static_cast<std::int32_t>(*vertex);
}

PlacedEntry read_edge(const SourceText& source, const std::vector<std::string_view>& fields) {
  if (fields.size() != 2) {
    source.fail(fields[std::min<std::size_t>(fields.size() - 1, 2)],
                fmt::format("found {} fields; wanted 2, the vertices of an edge", fields.size()));
  }
  const std::int32_t a = read_vertex(source, fields[0]);
  const std::int32_t b = read_vertex(source, fields[1]);
  if (a == b) source.fail(fields[0], fmt::format("found an edge from {} to itself; wanted two vertices", a));
  return {std::min(a, b), std::max(a, b), 1.0, source.offset_of(fields[0])};
}

}  // namespace

Graph parse_edge_list(std::string_view bytes, const std::string& name) {
  const SourceText source{bytes, name};
  std::vector<PlacedEntry> edges;
  std::vector<std::string_view> fields;
  Lines lines(bytes);
  while (const std::optional<std::string_view> line = lines.next()) {
    const std::string_view content = trimmed(line->substr(0, line->find_first_of("#%")));
    if (content.empty()) continue;
    split_fields(content, fields);
    edges.push_back(read_edge(source, fields));
  }
  if (edges.empty()) source.fail_at_end("found no edge; wanted at least one, as two vertices in a line");
  sort_by_pair(edges);
  if (const std::optional<Conflict> conflict = find_duplicate(edges)) {
    source.fail(conflict->entry.place,
                fmt::format("found the edge of {} and {} again, which line {} has; wanted each once",
                            conflict->entry.row, conflict->entry.column, source.line_at(conflict->other->place)));
  }
  Graph graph;
  graph.edges.reserve(edges.size());
  for (const PlacedEntry& edge : edges) {
    graph.vertices = std::max<std::int64_t>(graph.vertices, edge.column + 1);
    graph.edges.push_back({edge.row, edge.column});
  }
  return graph;
}

Graph parse_graph(std::string_view bytes, const std::filesystem::path& path) {
  if (path.extension() == ".mtx") return parse_graph_matrix_market(bytes, path.string());
  return parse_edge_list(bytes, path.string());
}

Graph read_graph(const std::filesystem::path& path) {
  return parse_graph(read_data_file(path), path);
}

}  // namespace ravine
