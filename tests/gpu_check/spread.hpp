// Repeated measurements.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ravine::gpu_check {

/// Seconds of repetitions, at least one.
class Spread {
 public:
  explicit Spread(std::vector<double> seconds) : sorted_(std::move(seconds)) {
    std::sort(sorted_.begin(), sorted_.end());
  }

  [[nodiscard]] std::size_t repetitions() const { return sorted_.size(); }
  [[nodiscard]] double least() const { return sorted_.front(); }
  [[nodiscard]] double lower_quartile() const { return at(0.25); }
  [[nodiscard]] double median() const { return at(0.5); }
  [[nodiscard]] double upper_quartile() const { return at(0.75); }
  [[nodiscard]] double most() const { return sorted_.back(); }

 private:
  /// Between two repetitions in proportion.
  [[nodiscard]] double at(double share) const {
    const double place = share * static_cast<double>(sorted_.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted_.size() - 1);
    const double weight = place - static_cast<double>(below);
    return sorted_[below] + weight * (sorted_[above] - sorted_[below]);
  }

  std::vector<double> sorted_;
};

}  // namespace ravine::gpu_check
