/// \file
/// Axes: named values along one dimension of a grid.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace ravine {

/// Evenly spaced values: value(i) = from + i*step with step = (to - from)/(count - 1), each operation rounded once,
/// and value(count - 1) = to. The bits are those of numpy.linspace(from, to, count).
struct LinearRange {
  double from;
  double to;
  std::int64_t count;
};

/// Values evenly spaced in the logarithm, computed without libm so that every machine has the same bits: correctly
/// rounded but for a chance of about 2^-40 a value, the two ends exact. Both ends have the same sign, neither is zero.
struct LogRange {
  double from;
  double to;
  std::int64_t count;
};

/// Values given one by one, in that order.
struct ListedValues {
  std::vector<double> values;
};

/// A named axis. Ranges are never stored value by value: memory does not grow with their count.
class Axis {
 public:
  using Values = std::variant<LinearRange, LogRange, ListedValues>;

  /// \throws UsageError for an empty axis, a value that is not finite, from > to, from = to with count > 1 (or the
  /// reverse), to - from that overflows, or a log range through zero. The message names the axis but no place.
  Axis(std::string name, Values values);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Values& values() const { return values_; }
  [[nodiscard]] std::int64_t size() const;
  /// Precondition: 0 <= index < size().
  [[nodiscard]] double value(std::int64_t index) const;
  /// out[k] = value(first + k). Precondition: first + out.size() <= size().
  void fill(std::int64_t first, std::span<double> out) const;

 private:
  std::string name_;
  Values values_;
};

}  // namespace ravine
