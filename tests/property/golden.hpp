// The golden values of tests/data/oracle, row by row.
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ravine {

/// One row: its cells by the names of their columns.
class GoldenRow {
 public:
  explicit GoldenRow(std::map<std::string, std::string> cells) : cells_(std::move(cells)) {}
  [[nodiscard]] const std::string& text(const std::string& column) const { return cells_.at(column); }
  [[nodiscard]] double operator[](const std::string& column) const {
    return std::strtod(text(column).c_str(), nullptr);
  }

 private:
  std::map<std::string, std::string> cells_;
};

inline std::vector<std::string> comma_separated(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream stream(line.substr(0, line.find('\r')));  // some files have lines as Windows ends them
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

/// All rows of a file; throws where it can't be read or a row is short.
inline std::vector<GoldenRow> golden_rows(const std::string& name) {
  std::ifstream file(std::string(RAVINE_TEST_DATA) + "/oracle/" + name);
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("no golden values in " + name);
  const std::vector<std::string> columns = comma_separated(line);
  std::vector<GoldenRow> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> parts = comma_separated(line);
    if (parts.size() != columns.size()) throw std::runtime_error("a short row in " + name + ": " + line);
    std::map<std::string, std::string> cells;
    for (std::size_t i = 0; i < columns.size(); ++i) cells[columns[i]] = parts[i];
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

}  // namespace ravine
