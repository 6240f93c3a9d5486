#include "spectra/complement.hpp"

#include <cblas.h>

#include <algorithm>

namespace ravine::spectra {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

Complement::Complement(std::int64_t size, const Kernel& kernel, std::span<const double> others)
    : size_(size), component_(kernel.component), others_(others), vertices_(at(kernel.dimension)) {
  for (const std::int32_t component : component_) {
    if (component >= 0) ++vertices_[at(component)];
  }
}

std::vector<std::int32_t> Complement::representatives() const {
  std::vector<std::int32_t> first(vertices_.size(), -1);
  for (std::size_t i = 0; i < component_.size(); ++i) {
    if (component_[i] < 0) continue;
    std::int32_t& vertex = first[at(component_[i])];
    if (vertex < 0) vertex = static_cast<std::int32_t>(i);
  }
  return first;
}

std::int64_t Complement::dimension(std::span<const double> found) const {
  return size_ - kernel_dimension() - static_cast<std::int64_t>(found.size() + others_.size()) / size_;
}

void Complement::project(std::span<const double> found, std::span<double> x, std::int64_t columns) const {
  take_out_kernel(x, columns);
  take_out(others_, x, columns);
  take_out(found, x, columns);
}

void Complement::take_out_kernel(std::span<double> x, std::int64_t columns) const {
  std::vector<double> mean(vertices_.size() + 1);  // the last for vertices in no component
  const auto slot = [this](std::size_t i) { return component_[i] < 0 ? vertices_.size() : at(component_[i]); };
  for (std::int64_t k = 0; k < columns && !vertices_.empty(); ++k) {
    const std::span<double> column = x.subspan(at(k * size_), at(size_));
    std::fill(mean.begin(), mean.end(), 0.0);
    for (std::size_t i = 0; i < column.size(); ++i) mean[slot(i)] += column[i];
    for (std::size_t c = 0; c < vertices_.size(); ++c) mean[c] /= vertices_[c];
    mean.back() = 0;
    for (std::size_t i = 0; i < column.size(); ++i) column[i] -= mean[slot(i)];
  }
}

void Complement::take_out(std::span<const double> vectors, std::span<double> x, std::int64_t columns) const {
  if (vectors.empty()) return;
  const int n = static_cast<int>(size_);
  const int count = static_cast<int>(static_cast<std::int64_t>(vectors.size()) / size_);
  const int b = static_cast<int>(columns);
  std::vector<double> share(at(std::int64_t{count} * columns));
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, count, b, n, 1.0, vectors.data(), n, x.data(), n, 0.0,
              share.data(), count);
  cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, b, count, -1.0, vectors.data(), n, share.data(), count, 1.0,
              x.data(), n);
}

}  // namespace ravine::spectra
