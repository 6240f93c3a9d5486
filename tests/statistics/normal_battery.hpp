// Tests of whether numbers are independent and standard normal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// How far one statistic is from what it should be.
struct Deviation {
  std::string name;
  double found;  ///< in standard deviations, but for "Kolmogorov-Smirnov": sqrt(n) D
  double limit;  ///< exceeded by one in about 16,000 right generators: 4 standard deviations, or what is as rare
};

/// Takes numbers in stretches, neighbours as they are read; no test reaches from one stretch into another.
class NormalBattery {
 public:
  void add(std::span<const double> stretch);
  void merge(const NormalBattery& other);
  [[nodiscard]] std::int64_t count() const { return count_; }

  /// Moments up to z^8; the distribution in fine bins (Kolmogorov-Smirnov), in coarse ones (chi-square), and beyond k
  /// standard deviations; correlation of neighbours and of their squares; chi-square of pairs.
  [[nodiscard]] std::vector<Deviation> deviations() const;

 private:
  static constexpr int bins_per_unit = 4096;
  static constexpr int reach = 8;  // bins from -reach to reach, what lies beyond in the outermost ones
  static constexpr std::size_t bins = std::size_t{2} * reach * bins_per_unit;
  static constexpr std::size_t classes = 16;
  static constexpr std::array<std::size_t, 6> lags = {1, 2, 3, 4, 8, 64};

  void add_moments(std::span<const double> stretch);
  void add_bins(std::span<const double> stretch);
  void add_lags(std::span<const double> stretch);
  void report_moments(std::vector<Deviation>& out) const;
  void report_distribution(std::vector<Deviation>& out) const;
  void report_tails(std::vector<Deviation>& out) const;
  void report_neighbours(std::vector<Deviation>& out) const;

  std::int64_t count_ = 0;
  std::array<double, 9> powers_{};  // sum of z^k
  std::vector<std::int64_t> bins_ = std::vector<std::int64_t>(bins);
  std::array<std::int64_t, classes * classes> pairs_{};  // of neighbours, each number in one pair
  struct Products {
    std::int64_t count = 0;
    double numbers = 0;
    double squares = 0;  // of z^2 - 1
  };
  std::array<Products, lags.size()> products_{};
};

}  // namespace ravine
