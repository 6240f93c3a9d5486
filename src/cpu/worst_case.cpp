#include "cpu/worst_case.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ravine/model/worst_case.hpp"

namespace ravine::cpu {
namespace {

// Eigenvalues are read in pieces of this many, so that a long range is never held at once.
constexpr std::int64_t piece = 1024;

template <class F>
using Column = std::vector<F>;

template <class F>
Column<F> rates(Pairs<F> pairs, const Column<F>& lambda) {
  Column<F> out(pairs.count);
  loops<F>().rate({pairs.alpha, pairs.beta, lambda.data(), pairs.count}, out.data());
  return out;
}

template <class F>
Column<F> rates(Pairs<F> pairs, F lambda) {
  return rates(pairs, Column<F>(pairs.count, lambda));
}

template <class F>
Column<F> gaps(Pairs<F> pairs, F lambda) {
  const Column<F> lambdas(pairs.count, lambda);
  Column<F> out(pairs.count);
  loops<F>().gap({pairs.alpha, pairs.beta, lambdas.data(), pairs.count}, out.data());
  return out;
}

/// Calls visit(lambda) for each eigenvalue in the axis's order.
template <class F, class Visit>
void for_each(const Eigenvalues<F>& eigenvalues, Visit visit) {
  for (std::int64_t i = 0; i < eigenvalues.size(); ++i) visit(eigenvalues[i]);
}

template <class F>
void keep_larger(const Column<F>& candidate, F* worst) {
  for (std::size_t i = 0; i < candidate.size(); ++i) worst[i] = std::max(worst[i], candidate[i]);
}

template <class F>
void keep_smaller(const Column<F>& candidate, F* worst) {
  for (std::size_t i = 0; i < candidate.size(); ++i) worst[i] = std::min(worst[i], candidate[i]);
}

/// The first eigenvalue, in the axis's order, with the largest rate of each pair: by trying every one.
template <class F>
Column<F> first_worst_brute_force(Pairs<F> pairs, const Eigenvalues<F>& eigenvalues) {
  Column<F> worst(pairs.count, F(-1));
  Column<F> at(pairs.count);
  for_each(eigenvalues, [&](F lambda) {
    const Column<F> rate = rates(pairs, lambda);
    for (std::size_t i = 0; i < pairs.count; ++i) {
      at[i] = worst[i] < rate[i] ? lambda : at[i];
      worst[i] = std::max(worst[i], rate[i]);
    }
  });
  return at;
}

/// The same for a sorted axis. The eigenvalues with a smaller rate than the worst form an interval (quasi-convexity,
/// docs/formulas.md M89). If the axis's first is not among them it is the answer; else they are the axis's beginning,
/// whose end is found by bisection, all pairs abreast.
template <class F>
Column<F> first_worst_sorted(Pairs<F> pairs, const Eigenvalues<F>& eigenvalues) {
  const std::int64_t last = eigenvalues.size() - 1;
  const Column<F> first_rate = rates(pairs, eigenvalues[0]);
  const Column<F> worst = rates(pairs, eigenvalues[last]);
  std::vector<std::int64_t> below(pairs.count, 0);  // rate < worst there
  std::vector<std::int64_t> at(pairs.count, last);  // rate == worst there
  for (std::size_t i = 0; i < pairs.count; ++i) at[i] = first_rate[i] < worst[i] ? last : 0;
  Column<F> lambda(pairs.count);
  for (std::int64_t width = last; width > 1; width = width / 2 + width % 2) {
    for (std::size_t i = 0; i < pairs.count; ++i) lambda[i] = eigenvalues[(below[i] + at[i]) / 2];
    const Column<F> rate = rates(pairs, lambda);
    for (std::size_t i = 0; i < pairs.count; ++i) {
      const std::int64_t middle = (below[i] + at[i]) / 2;
      if (at[i] - below[i] > 1) (rate[i] < worst[i] ? below[i] : at[i]) = middle;
    }
  }
  for (std::size_t i = 0; i < pairs.count; ++i) lambda[i] = eigenvalues[at[i]];
  return lambda;
}

/// out[i] of the pairs where the ends do not decide, by brute force one by one. Such pairs are rare: products that
/// under- or overflow.
template <class F>
void settle_undecided(Quantity quantity, Pairs<F> pairs, const Eigenvalues<F>& eigenvalues, void* out) {
  const std::size_t bytes = value_bytes(quantity, sizeof(F) == 8 ? Precision::float64 : Precision::float32);
  const model::Ends<F> ends = {eigenvalues.smallest(), eigenvalues.largest()};
  for (std::size_t i = 0; i < pairs.count; ++i) {
    if (model::ends_decide(pairs.alpha[i], pairs.beta[i], ends)) continue;
    worst_case_brute_force<F>(quantity, {pairs.alpha + i, pairs.beta + i, 1}, eigenvalues,
                              static_cast<std::byte*>(out) + i * bytes);
  }
}

template <class F>
void evaluate_at(Quantity quantity, Pairs<F> pairs, const Column<F>& lambda, void* out) {
  evaluate<F>(quantity, {pairs.alpha, pairs.beta, lambda.data(), pairs.count}, out);
}

}  // namespace

template <class F>
Eigenvalues<F>::Eigenvalues(Axis axis)
    : axis_(std::move(axis)), smallest_(static_cast<F>(axis_.value(0))), largest_(smallest_) {
  bool ascending = true;
  bool descending = true;
  F previous = smallest_;
  std::vector<double> values;
  for (std::int64_t first = 0; first < size(); first += piece) {
    values.resize(static_cast<std::size_t>(std::min(piece, size() - first)));
    axis_.fill(first, values);
    for (const double value : values) {
      const F lambda = static_cast<F>(value);
      ascending = ascending && previous <= lambda;
      descending = descending && previous >= lambda;
      smallest_ = std::min(smallest_, lambda);
      largest_ = std::max(largest_, lambda);
      previous = lambda;
      if (size() <= most_kept) kept_.push_back(lambda);
    }
  }
  is_sorted_ = ascending || descending;
}

template <class F>
void evaluate(Quantity quantity, Cells<F> cells, void* out) {
  const Loops<F>& use = loops<F>();
  switch (quantity) {
    case Quantity::rate:
      return use.rate(cells, static_cast<F*>(out));
    case Quantity::gap:
      return use.gap(cells, static_cast<F*>(out));
    case Quantity::regime:
      return use.regime(cells, static_cast<std::uint8_t*>(out));
    case Quantity::sigma1_re:
      return use.root(cells, RootPart::re1, static_cast<F*>(out));
    case Quantity::sigma1_im:
      return use.root(cells, RootPart::im1, static_cast<F*>(out));
    case Quantity::sigma2_re:
      return use.root(cells, RootPart::re2, static_cast<F*>(out));
    case Quantity::sigma2_im:
      return use.root(cells, RootPart::im2, static_cast<F*>(out));
    default:
      throw std::invalid_argument("not a quantity of a rate map");
  }
}

template <class F>
void worst_case(Quantity quantity, Pairs<F> pairs, const Eigenvalues<F>& eigenvalues, void* out) {
  if (quantity == Quantity::rate || quantity == Quantity::gap) {
    F* worst = static_cast<F*>(out);
    const bool is_rate = quantity == Quantity::rate;
    const Column<F> at_smallest = is_rate ? rates(pairs, eigenvalues.smallest()) : gaps(pairs, eigenvalues.smallest());
    const Column<F> at_largest = is_rate ? rates(pairs, eigenvalues.largest()) : gaps(pairs, eigenvalues.largest());
    std::copy(at_smallest.begin(), at_smallest.end(), worst);
    is_rate ? keep_larger(at_largest, worst) : keep_smaller(at_largest, worst);
  } else {
    const bool bisects = eigenvalues.is_sorted();
    evaluate_at(quantity, pairs,
                bisects ? first_worst_sorted(pairs, eigenvalues) : first_worst_brute_force(pairs, eigenvalues), out);
  }
  settle_undecided(quantity, pairs, eigenvalues, out);
}

template <class F>
void worst_case_brute_force(Quantity quantity, Pairs<F> pairs, const Eigenvalues<F>& eigenvalues, void* out) {
  if (quantity == Quantity::rate) {
    F* worst = static_cast<F*>(out);
    std::fill(worst, worst + pairs.count, F(0));
    for_each(eigenvalues, [&](F lambda) { keep_larger(rates(pairs, lambda), worst); });
  } else if (quantity == Quantity::gap) {
    F* worst = static_cast<F*>(out);
    std::fill(worst, worst + pairs.count, F(1));  // no gap is larger
    for_each(eigenvalues, [&](F lambda) { keep_smaller(gaps(pairs, lambda), worst); });
  } else {
    evaluate_at(quantity, pairs, first_worst_brute_force(pairs, eigenvalues), out);
  }
}

template class Eigenvalues<double>;
template class Eigenvalues<float>;
template void evaluate<double>(Quantity, Cells<double>, void*);
template void evaluate<float>(Quantity, Cells<float>, void*);
template void worst_case<double>(Quantity, Pairs<double>, const Eigenvalues<double>&, void*);
template void worst_case<float>(Quantity, Pairs<float>, const Eigenvalues<float>&, void*);
template void worst_case_brute_force<double>(Quantity, Pairs<double>, const Eigenvalues<double>&, void*);
template void worst_case_brute_force<float>(Quantity, Pairs<float>, const Eigenvalues<float>&, void*);

}  // namespace ravine::cpu
