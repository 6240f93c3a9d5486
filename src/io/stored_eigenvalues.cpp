#include "ravine/stored_eigenvalues.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace ravine {

int StoredEigenvalues::sign(std::size_t k) const {
  if (positions[k] <= kernel) return 0;
  if (is_positive_beyond_kernel) return 1;
  if (std::fabs(values[k]) <= bounds[k]) return 0;
  return values[k] > 0 ? 1 : -1;
}

std::int64_t StoredEigenvalues::zeros() const {
  std::int64_t count = kernel;
  for (std::size_t k = 0; k < values.size(); ++k) count += positions[k] > kernel && sign(k) == 0 ? 1 : 0;
  return count;
}

std::int64_t StoredEigenvalues::negatives() const {
  std::int64_t count = 0;
  for (std::size_t k = 0; k < values.size(); ++k) count += sign(k) < 0 ? 1 : 0;
  return count;
}

std::optional<double> StoredEigenvalues::at(std::int64_t position) const {
  if (position <= kernel) return 0.0;
  const auto found = std::find(positions.begin(), positions.end(), position);
  if (found == positions.end()) return std::nullopt;
  return values[static_cast<std::size_t>(found - positions.begin())];
}

std::optional<std::size_t> StoredEigenvalues::smallest_nonzero() const {
  std::int64_t zero = kernel;  // so many positions are known to be zero
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (positions[k] <= kernel) continue;
    if (positions[k] != zero + 1 || sign(k) < 0) return std::nullopt;
    if (sign(k) > 0) return k;
    ++zero;
  }
  return std::nullopt;
}

std::optional<double> StoredEigenvalues::kappa_nonzero() const {
  const auto smallest = smallest_nonzero();
  const auto largest = at(size);
  if (!smallest || !largest) return std::nullopt;
  return *largest / values[*smallest];
}

StoredEigenvalues stored_eigenvalues(const SpectrumStore& store) {
  StoredEigenvalues stored;
  stored.values = store.numbers("eigenvalue");
  stored.bounds = store.numbers("eigenvalue_bound");
  stored.positions = store.integers("mode");
  const auto attributes = nlohmann::json::parse(store.attributes());
  stored.size = attributes.at("n").get<std::int64_t>();
  stored.kernel = attributes.at("kernel").get<std::int64_t>();
  stored.is_positive_beyond_kernel = attributes.value("positive_beyond_kernel", false);
  return stored;
}

}  // namespace ravine
