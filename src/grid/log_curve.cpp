#include "grid/log_curve.hpp"

#include <array>
#include <bit>

namespace ravine::detail {
namespace {

__extension__ using Wide = __int128;  // for index * exponent, up to 2^75

constexpr int mantissa_bits = 52;
constexpr int least_exponent = -1022;   // of a normal number
constexpr int finest_exponent = -1074;  // of the smallest subnormal number

/// x = mantissa * 2^exponent with mantissa in [1, 2). Precondition: x > 0, finite.
struct Split {
  double mantissa;
  int exponent;
};

Split split(double x) {
  constexpr double lift = 0x1p64;
  const bool subnormal = x < 0x1p-1022;
  const auto bits = std::bit_cast<std::uint64_t>(subnormal ? x * lift : x);
  const int exponent = static_cast<int>(bits >> mantissa_bits) - 1023;
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << mantissa_bits) - 1);
  const auto mantissa = std::bit_cast<double>(fraction | (std::uint64_t{1023} << mantissa_bits));
  return {mantissa, subnormal ? exponent - 64 : exponent};
}

/// log(b/a) for a/b within [0.7, 1.42]: 2 atanh((b - a)/(b + a)), both exact before the quotient.
Pair log_of_ratio(double b, double a) {
  const Pair z = divide(model::two_sum(b, -a), model::two_sum(b, a));
  const Pair z2 = multiply(z, z);
  // |z| < 0.1722, so the first term left out, z^42/43, is below 2^-111 of the sum.
  constexpr int terms = 20;
  Pair sum = divide(Pair{1.0, 0.0}, Pair{2.0 * terms + 1.0, 0.0});
  for (int k = terms - 1; k >= 0; --k) {
    sum = model::add(multiply(sum, z2), divide(Pair{1.0, 0.0}, Pair{2.0 * k + 1.0, 0.0}));
  }
  return scale(2.0, multiply(z, sum));
}

constexpr int taylor_terms = 17;

/// 1/k! for k = 1 .. taylor_terms, at [k - 1].
std::array<Pair, taylor_terms> reciprocal_factorials() {
  std::array<Pair, taylor_terms> result{};
  result[0] = {1.0, 0.0};
  for (std::size_t k = 1; k < result.size(); ++k) {
    result[k] = divide(result[k - 1], Pair{static_cast<double>(k + 1), 0.0});
  }
  return result;
}

/// exp(x) for |x| < 0.7: Taylor's series of expm1(x/8), then three times expm1(2y) = expm1(y)(2 + expm1(y)).
Pair exp_of(Pair x) {
  static const std::array<Pair, taylor_terms> coefficients = reciprocal_factorials();
  const Pair y = scale(0.125, x);  // |y| < 0.0875: the first term left out is below 2^-110 of the sum
  // From the tenth term on the sum weighs less than 2^-53 of the first: plain arithmetic will do.
  constexpr std::size_t pair_terms = 9;
  double tail = coefficients.back().hi;
  for (std::size_t k = coefficients.size() - 1; k-- > pair_terms;) tail = tail * y.hi + coefficients[k].hi;
  Pair sum = {tail, 0.0};
  for (std::size_t k = pair_terms; k-- > 0;) sum = model::add(multiply(sum, y), coefficients[k]);
  Pair p = multiply(sum, y);
  for (int doubling = 0; doubling < 3; ++doubling) p = model::add(scale(2.0, p), multiply(p, p));
  return model::add({1.0, 0.0}, p);
}

/// (x.hi + x.lo) * 2^exponent rounded once, also where the result is subnormal. Precondition: x > 0, no overflow.
double round_scaled(Pair x, int exponent) {
  const auto bits = std::bit_cast<std::uint64_t>(x.hi);
  const int result_exponent = static_cast<int>(bits >> mantissa_bits) - 1023 + exponent;
  if (result_exponent >= least_exponent) {
    const std::int64_t shift = static_cast<std::int64_t>(exponent) << mantissa_bits;
    return std::bit_cast<double>(static_cast<std::int64_t>(bits) + shift);
  }
  // Subnormal: round x to a multiple of `step`, which becomes the smallest positive number. Adding 2^52 steps rounds
  // x.hi; x.lo can only matter where x.hi is half way between two multiples.
  const auto step =
      std::bit_cast<double>(static_cast<std::uint64_t>(finest_exponent - exponent + 1023) << mantissa_bits);
  const double big = 0x1p52 * step;
  double rounded = (x.hi + big) - big;
  const double rest = x.hi - rounded;
  if (rest == 0.5 * step && x.lo > 0.0) rounded += step;
  if (rest == -0.5 * step && x.lo < 0.0) rounded -= step;
  return std::bit_cast<double>(static_cast<std::uint64_t>(rounded / step));
}

constexpr Pair ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// The quotient nearest to n/d, for d > 0.
Wide nearest_quotient(Wide n, Wide d) {
  Wide quotient = n / d;
  const Wide rest = n - quotient * d;
  if (2 * rest > d) ++quotient;
  if (2 * rest < -d) --quotient;
  return quotient;
}

}  // namespace

LogCurve::LogCurve(const LogRange& range) : intervals_(range.count - 1), sign_(range.from < 0.0 ? -1.0 : 1.0) {
  const Split from = split(model::abs(range.from));
  const Split to = split(model::abs(range.to));
  mantissa_ = from.mantissa;
  exponent_ = from.exponent;
  ratio_exponent_ = to.exponent - from.exponent;
  constexpr double root2 = 0x1.6a09e667f3bcdp+0;
  double end = to.mantissa;
  if (end > root2 * mantissa_) {
    end *= 0.5;
    ++ratio_exponent_;
  } else if (root2 * end < mantissa_) {
    end *= 2.0;
    --ratio_exponent_;
  }
  log_ratio_ = log_of_ratio(end, mantissa_);
}

double LogCurve::value(std::int64_t index) const {
  const Wide turns = static_cast<Wide>(index) * ratio_exponent_;
  const Wide whole = nearest_quotient(turns, intervals_);
  const auto rest = static_cast<std::int64_t>(turns - whole * intervals_);
  const Pair numerator = model::add(multiply(exact_pair(rest), ln2), multiply(exact_pair(index), log_ratio_));
  const Pair x = divide(numerator, exact_pair(intervals_));
  const Pair magnitude = multiply(Pair{mantissa_, 0.0}, exp_of(x));
  return sign_ * round_scaled(magnitude, exponent_ + static_cast<int>(whole));
}

}  // namespace ravine::detail
