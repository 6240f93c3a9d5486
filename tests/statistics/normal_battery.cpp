#include "normal_battery.hpp"

#include <algorithm>
#include <cmath>

namespace ravine {
namespace {

constexpr double most_sigmas = 4;

/// Below x, of normal numbers.
double normal_share(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

double chi_square_sigmas(double chi_square, double freedom) {
  return (chi_square - freedom) / std::sqrt(2 * freedom);
}

/// Which of `classes` equally likely parts of the line a number in bin `bin` of `bins` is counted to: by the bin's
/// middle.
std::vector<std::uint8_t> classes_of_bins(std::size_t bins, std::size_t classes, double bins_per_unit) {
  std::vector<std::uint8_t> table(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    const double middle = (static_cast<double>(i) + 0.5 - static_cast<double>(bins) / 2) / bins_per_unit;
    table[i] = static_cast<std::uint8_t>(normal_share(middle) * static_cast<double>(classes));
  }
  return table;
}

}  // namespace

void NormalBattery::add(std::span<const double> stretch) {
  count_ += static_cast<std::int64_t>(stretch.size());
  add_moments(stretch);
  add_bins(stretch);
  add_lags(stretch);
}

void NormalBattery::add_moments(std::span<const double> stretch) {
  // Several sums of each, so that no addition waits for the one before.
  constexpr std::size_t lanes = 8;
  double sums[8][lanes] = {};
  for (std::size_t i = 0; i < stretch.size(); ++i) {
    const double z = stretch[i];
    double power = 1;
    for (double(&sum)[lanes] : sums) sum[i % lanes] += power *= z;
  }
  for (std::size_t k = 0; k < 8; ++k) {
    for (const double sum : sums[k]) powers_[k + 1] += sum;
  }
}

void NormalBattery::add_bins(std::span<const double> stretch) {
  static const std::vector<std::uint8_t> class_of = classes_of_bins(bins, classes, bins_per_unit);
  std::size_t before = 0;
  for (std::size_t i = 0; i < stretch.size(); ++i) {
    const double place = std::floor((stretch[i] + reach) * bins_per_unit);
    const auto bin = static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bins - 1)));
    ++bins_[bin];
    if (i % 2 == 1) ++pairs_[before * classes + class_of[bin]];
    before = class_of[bin];
  }
}

void NormalBattery::add_lags(std::span<const double> stretch) {
  for (std::size_t k = 0; k < lags.size(); ++k) {
    const std::size_t lag = lags[k];
    for (std::size_t i = 0; i + lag < stretch.size(); ++i) {
      const double a = stretch[i];
      const double b = stretch[i + lag];
      products_[k].numbers += a * b;
      products_[k].squares += (a * a - 1) * (b * b - 1);
    }
    if (stretch.size() > lag) products_[k].count += static_cast<std::int64_t>(stretch.size() - lag);
  }
}

void NormalBattery::merge(const NormalBattery& other) {
  const auto add_each = [](auto& to, const auto& from) {
    std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
  };
  count_ += other.count_;
  add_each(powers_, other.powers_);
  add_each(bins_, other.bins_);
  add_each(pairs_, other.pairs_);
  for (std::size_t k = 0; k < lags.size(); ++k) {
    products_[k].count += other.products_[k].count;
    products_[k].numbers += other.products_[k].numbers;
    products_[k].squares += other.products_[k].squares;
  }
}

std::vector<Deviation> NormalBattery::deviations() const {
  std::vector<Deviation> out;
  report_moments(out);
  report_distribution(out);
  report_tails(out);
  report_neighbours(out);
  return out;
}

void NormalBattery::report_moments(std::vector<Deviation>& out) const {
  // E z^k: 0 for odd k, (k - 1)!! for even.
  constexpr double moments[] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395, 0, 135135, 0, 2027025};
  const auto n = static_cast<double>(count_);
  for (std::size_t k = 1; k <= 8; ++k) {
    const double deviation = std::sqrt((moments[2 * k] - moments[k] * moments[k]) / n);
    out.push_back({"mean of z^" + std::to_string(k), (powers_[k] / n - moments[k]) / deviation, most_sigmas});
  }
}

void NormalBattery::report_distribution(std::vector<Deviation>& out) const {
  constexpr std::size_t coarse = 512;  // fine bins in a coarse one: 1/8 wide
  const auto n = static_cast<double>(count_);
  double farthest = 0;
  double below = 0;
  double chi_square = 0;
  double freedom = -1;
  double coarse_below = 0;
  double coarse_share = 0;
  for (std::size_t i = 0; i + 1 < bins; ++i) {
    below += static_cast<double>(bins_[i]);
    const double share = normal_share((static_cast<double>(i) + 1) / bins_per_unit - reach);
    farthest = std::max(farthest, std::abs(below / n - share));
    // Coarse bins grow until they can expect enough numbers; the last one is what lies beyond.
    if ((i + 1) % coarse != 0 || (share - coarse_share) * n < 20 || (1 - share) * n < 20) continue;
    const double expected = (share - coarse_share) * n;
    chi_square += (below - coarse_below - expected) * (below - coarse_below - expected) / expected;
    freedom += 1;
    coarse_below = below;
    coarse_share = share;
  }
  const double expected = (1 - coarse_share) * n;
  chi_square += (n - coarse_below - expected) * (n - coarse_below - expected) / expected;
  freedom += 1;
  // 2 exp(-2 limit^2) is the probability of 4 standard deviations.
  out.push_back({"Kolmogorov-Smirnov", std::sqrt(n) * farthest, 2.28});
  out.push_back({"chi-square of bins", chi_square_sigmas(chi_square, freedom), most_sigmas});
}

void NormalBattery::report_tails(std::vector<Deviation>& out) const {
  const auto sum = [this](std::size_t first, std::size_t last) {
    std::int64_t total = 0;
    for (std::size_t i = first; i < last; ++i) total += bins_[i];
    return static_cast<double>(total);
  };
  for (std::size_t k = 1; k < reach; ++k) {
    const std::size_t edge = (reach - k) * bins_per_unit;
    const double share = normal_share(-static_cast<double>(k));
    const double expected = share * static_cast<double>(count_);
    if (expected < 10) break;
    const double deviation = std::sqrt(expected * (1 - share));
    out.push_back({"below -" + std::to_string(k), (sum(0, edge) - expected) / deviation, most_sigmas});
    out.push_back({"above " + std::to_string(k), (sum(bins - edge, bins) - expected) / deviation, most_sigmas});
  }
}

void NormalBattery::report_neighbours(std::vector<Deviation>& out) const {
  for (std::size_t k = 0; k < lags.size(); ++k) {
    const Products& products = products_[k];
    if (products.count == 0) continue;
    const double root = std::sqrt(static_cast<double>(products.count));
    const std::string lag = " at lag " + std::to_string(lags[k]);
    out.push_back({"correlation" + lag, products.numbers / root, most_sigmas});
    out.push_back({"correlation of squares" + lag, products.squares / (2 * root), most_sigmas});
  }
  // Classes are made of whole fine bins, so they are equally likely but for 1e-3 of them: independence is what is
  // tested, with the shares that were found.
  std::array<double, classes> first{};
  std::array<double, classes> second{};
  double all = 0;
  for (std::size_t i = 0; i < classes * classes; ++i) {
    const auto count = static_cast<double>(pairs_[i]);
    first[i / classes] += count;
    second[i % classes] += count;
    all += count;
  }
  double chi_square = 0;
  for (std::size_t i = 0; i < classes * classes; ++i) {
    const double expected = first[i / classes] * second[i % classes] / all;
    const double difference = static_cast<double>(pairs_[i]) - expected;
    if (expected > 0) chi_square += difference * difference / expected;
  }
  out.push_back({"chi-square of pairs", chi_square_sigmas(chi_square, (classes - 1) * (classes - 1)), most_sigmas});
}

}  // namespace ravine
