#include "cpu/row_pass.hpp"

#include <algorithm>

namespace ravine::cpu {
namespace {

std::size_t unsigned_of(std::int64_t count) {
  return static_cast<std::size_t>(count);
}

void fill_with(std::uint8_t value, std::span<std::uint8_t> out) {
  std::fill(out.begin(), out.end(), value);
}
template <class F>
void fill_with(F value, std::span<F> out) {
  loops<F>().fill(out.data(), out.size(), value);
}

/// Which of a value that is there and another one stays.
template <class T>
T worse(Quantity quantity, T there, T other) {
  return quantity == Quantity::gap ? std::min(there, other) : std::max(there, other);
}

template <class T>
void put(const Target& target, Store store, std::span<T> to, const T* from) {
  if (store == Store::replace) {
    std::copy_n(from, to.size(), to.begin());
  } else {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = worse(target.quantity, to[i], from[i]);
  }
}

/// One value for all.
template <class T>
void put_same(const Target& target, Store store, std::span<T> to, T value) {
  if (store == Store::replace) {
    fill_with(value, to);
  } else {
    for (T& there : to) there = worse(target.quantity, there, value);
  }
}

/// Calls visit with a value of the type of the target's values.
template <class F, class Visit>
void with_type_of(const Target& target, Visit visit) {
  if (target.quantity == Quantity::regime) {
    visit(std::uint8_t());
  } else {
    visit(F());
  }
}

template <class T>
std::span<T> values_at(const Target& target, std::int64_t position, std::int64_t count) {
  return {reinterpret_cast<T*>(target.values) + position, unsigned_of(count)};
}

template <class F>
void put_band(const Target& target, Store store, const Stretch<F>& stretch, model::Band band) {
  with_type_of<F>(target, [&](auto type) {
    using T = decltype(type);
    const T* const of_beta = reinterpret_cast<const T*>(target.in_band) + stretch.first_beta;
    const std::span<T> to = values_at<T>(target, stretch.position + band.first, band.last - band.first);
    if (stretch.row.along == model::Along::beta) {
      put(target, store, to, of_beta + band.first);
    } else {
      put_same(target, store, to, *of_beta);
    }
  });
}

/// Coordinates of cells [first, first + out.size()) of a row: those of the parameter `which`, `fixed` if another one
/// varies.
template <class F>
void fill_coordinates(const model::Row<F>& row, model::Along which, F fixed, std::int64_t first, std::span<F> out) {
  if (row.along == which) {
    std::copy_n(row.values + first, out.size(), out.begin());
  } else {
    fill_with(fixed, out);
  }
}

}  // namespace

bool has_band_values(Quantity quantity) {
  return quantity == Quantity::rate || quantity == Quantity::gap || quantity == Quantity::regime;
}

template <class F>
std::vector<std::byte> in_band_values(Quantity quantity, std::span<const F> beta) {
  std::vector<F> alpha(beta.size());
  std::vector<F> lambda(beta.size());
  for (std::size_t i = 0; i < beta.size(); ++i) {
    const model::Cell<F> cell = model::band_cell(beta[i]);
    alpha[i] = cell.alpha;
    lambda[i] = cell.lambda;
  }
  const Precision precision = sizeof(F) == 8 ? Precision::float64 : Precision::float32;
  std::vector<std::byte> values(beta.size() * value_bytes(quantity, precision));
  evaluate<F>(quantity, {alpha.data(), beta.data(), lambda.data(), beta.size()}, values.data());
  return values;
}

template <class F>
void RowPass<F>::add(const Stretch<F>& stretch) {
  model::Band band{0, 0};
  if (how_.bands == Bands::used) {
    band = find_band(stretch.row);
    for (const Target& target : targets_) put_band(target, how_.store, stretch, band);
  }
  gather(stretch, 0, band.first);
  gather(stretch, band.last, stretch.row.columns);
}

/// Neighbouring rows have nearly the same band: the last one's is where the search begins.
template <class F>
model::Band RowPass<F>::find_band(const model::Row<F>& row) {
  model::Band band;
  if (last_band_) {
    const std::int64_t columns = last_band_->values - row.values;  // from this row's first to the last one's
    const model::Band guess = {last_band_->band.first + columns, last_band_->band.last + columns};
    band = loops<F>().band(row, &guess);
  } else {
    band = loops<F>().band(row, nullptr);
  }
  last_band_ = BandOfRow{row.values, band};
  return band;
}

template <class F>
void RowPass<F>::gather(const Stretch<F>& stretch, std::int64_t first, std::int64_t last) {
  const model::Cell<F>& fixed = stretch.row.fixed;
  while (first < last) {
    const std::int64_t count = std::min(last - first, block_cells - static_cast<std::int64_t>(gathered_));
    const auto fill = [&](Coordinates& coordinates, model::Along which, F value) {
      const std::span<F> out(coordinates.data() + gathered_, unsigned_of(count));
      fill_coordinates(stretch.row, which, value, first, out);
    };
    fill(alpha_, model::Along::alpha, fixed.alpha);
    fill(beta_, model::Along::beta, fixed.beta);
    fill(lambda_, model::Along::lambda, fixed.lambda);
    pieces_.push_back({stretch.position + first, count});
    gathered_ += unsigned_of(count);
    first += count;
    if (gathered_ == block_cells) evaluate_gathered();
  }
}

template <class F>
void RowPass<F>::evaluate_gathered() {
  for (const Target& target : targets_) {
    with_type_of<F>(target, [&](auto type) {
      using T = decltype(type);
      alignas(64) std::array<T, block_cells> values;
      if (how_.worst_over != nullptr) {
        worst_case<F>(target.quantity, {alpha_.data(), beta_.data(), gathered_}, *how_.worst_over, values.data());
      } else {
        evaluate<F>(target.quantity, {alpha_.data(), beta_.data(), lambda_.data(), gathered_}, values.data());
      }
      const T* from = values.data();
      for (const Piece& piece : pieces_) {
        put(target, how_.store, values_at<T>(target, piece.position, piece.count), from);
        from += piece.count;
      }
    });
  }
  pieces_.clear();
  gathered_ = 0;
}

template std::vector<std::byte> in_band_values<double>(Quantity, std::span<const double>);
template std::vector<std::byte> in_band_values<float>(Quantity, std::span<const float>);
template class RowPass<double>;
template class RowPass<float>;

}  // namespace ravine::cpu
