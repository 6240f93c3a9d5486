#include <fmt/format.h>

#include "io/data_files.hpp"
#include "ravine/error.hpp"
#include "ravine/problem.hpp"

namespace ravine {

std::vector<double> read_weights(const Weights& weights, std::int64_t size, const std::filesystem::path& folder) {
  if (const auto* const all = std::get_if<double>(&weights)) {
    return std::vector<double>(static_cast<std::size_t>(size), *all);
  }
  const auto& file = std::get<WeightsFile>(weights);
  const std::filesystem::path path = folder / file.path;
  std::vector<double> values = read_column(path, file.column);
  if (std::ssize(values) != size) {
    throw DataError(
        fmt::format("{}: found {} values; wanted {}, one for each weight", path.string(), values.size(), size));
  }
  return values;
}

}  // namespace ravine
