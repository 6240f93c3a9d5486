#include "ravine/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <type_traits>
#include <utility>

#include "grid/log_curve.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

// The evaluators of the two kinds of range share a shape: made once, asked for many values.

/// numpy.linspace, operation by operation.
class LinearCurve {
 public:
  explicit LinearCurve(const LinearRange& range)
      : from_(range.from),
        to_(range.to),
        last_(range.count - 1),
        delta_(range.to - range.from),
        step_(last_ > 0 ? delta_ / static_cast<double>(last_) : 0.0) {}

  [[nodiscard]] double value(std::int64_t index) const {
    if (index == last_ && last_ > 0) return to_;
    if (step_ != 0.0) return static_cast<double>(index) * step_ + from_;
    // The step of a subnormal span may underflow: there numpy divides the index first.
    const double share = last_ > 0 ? static_cast<double>(index) / static_cast<double>(last_) : 0.0;
    return share * delta_ + from_;
  }

 private:
  double from_;
  double to_;
  std::int64_t last_;
  double delta_;
  double step_;
};

class LogAxisCurve {
 public:
  explicit LogAxisCurve(const LogRange& range)
      : from_(range.from), to_(range.to), last_(range.count - 1), inner_(range) {}

  [[nodiscard]] double value(std::int64_t index) const {
    if (index == 0) return from_;
    return index == last_ ? to_ : inner_.value(index);
  }

 private:
  double from_;
  double to_;
  std::int64_t last_;
  detail::LogCurve inner_;
};

class ListCurve {
 public:
  explicit ListCurve(const ListedValues& list) : values_(list.values) {}
  [[nodiscard]] double value(std::int64_t index) const { return values_[static_cast<std::size_t>(index)]; }

 private:
  std::span<const double> values_;
};

LinearCurve curve_of(const LinearRange& range) {
  return LinearCurve(range);
}
LogAxisCurve curve_of(const LogRange& range) {
  return LogAxisCurve(range);
}
ListCurve curve_of(const ListedValues& list) {
  return ListCurve(list);
}

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw UsageError(fmt::format("axis {}: {}", name, what));
}

void check_end(const std::string& name, const char* end, double value) {
  if (!std::isfinite(value)) fail(name, fmt::format("found {} = {}; wanted a finite number", end, value));
}

template <class Range>
void check_range(const std::string& name, const Range& range) {
  check_end(name, "from", range.from);
  check_end(name, "to", range.to);
  if (range.count < 1) fail(name, fmt::format("found count = {}; wanted at least 1", range.count));
  const std::string ends = fmt::format("from = {}, to = {}", range.from, range.to);
  if (range.from > range.to) fail(name, fmt::format("found {}; wanted from < to: swap them", ends));
  if (range.from == range.to && range.count > 1) {
    fail(name, fmt::format("found {}, count = {}; wanted count = 1 where from = to", ends, range.count));
  }
  if (range.from < range.to && range.count == 1) {
    fail(name, fmt::format("found {}, count = 1; wanted count of at least 2, or from = to", ends));
  }
  if (!std::isfinite(range.to - range.from)) {
    fail(name, fmt::format("found {}; wanted to - from within float64's range (below 1.8e308)", ends));
  }
}

void check(const std::string& name, const LinearRange& range) {
  check_range(name, range);
}

void check(const std::string& name, const LogRange& range) {
  check_range(name, range);
  const bool one_sign = range.from > 0.0 || range.to < 0.0;
  if (!one_sign) {
    fail(name, fmt::format("found a log range from {} to {}; wanted both ends above zero, or both below", range.from,
                           range.to));
  }
}

void check(const std::string& name, const ListedValues& list) {
  if (list.values.empty()) fail(name, "found no values; wanted at least one");
  for (std::size_t i = 0; i < list.values.size(); ++i) {
    if (!std::isfinite(list.values[i])) {
      fail(name, fmt::format("found values[{}] = {}; wanted a finite number", i, list.values[i]));
    }
  }
}

}  // namespace

Axis::Axis(std::string name, Values values) : name_(std::move(name)), values_(std::move(values)) {
  std::visit([this](const auto& kind) { check(name_, kind); }, values_);
}

std::int64_t Axis::size() const {
  if (const auto* list = std::get_if<ListedValues>(&values_)) return std::ssize(list->values);
  if (const auto* range = std::get_if<LinearRange>(&values_)) return range->count;
  return std::get<LogRange>(values_).count;
}

double Axis::value(std::int64_t index) const {
  assert(0 <= index && index < size());
  return std::visit([index](const auto& kind) { return curve_of(kind).value(index); }, values_);
}

void Axis::fill(std::int64_t first, std::span<double> out) const {
  assert(0 <= first && first + std::ssize(out) <= size());
  std::visit(
      [first, out](const auto& kind) {
        const auto curve = curve_of(kind);
        std::int64_t index = first;
        for (double& value : out) value = curve.value(index++);
      },
      values_);
}

}  // namespace ravine
