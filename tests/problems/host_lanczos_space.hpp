// A LanczosSpace of plain loops.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernels/lanczos.hpp"
#include "ravine/matrix.hpp"

namespace ravine::cuda {

class HostLanczosSpace final : public LanczosSpace {
 public:
  HostLanczosSpace(const SymmetricMatrix& matrix, std::int64_t columns)
      : matrix_(matrix),
        block_(static_cast<std::size_t>(columns), std::vector<double>(static_cast<std::size_t>(size_of(matrix)))) {}

  [[nodiscard]] std::int64_t size() const override { return size_of(matrix_); }
  [[nodiscard]] std::int64_t columns() const override { return static_cast<std::int64_t>(block_.size()); }
  void write(std::int64_t column, std::span<const double> values) override {
    at(column).assign(values.begin(), values.end());
  }
  void read(std::int64_t column, std::span<double> values) override {
    std::copy(at(column).begin(), at(column).end(), values.begin());
  }
  void copy(std::int64_t from, std::int64_t to) override { at(to) = at(from); }
  void scale(std::int64_t column, double factor) override {
    for (double& value : at(column)) value *= factor;
  }
  [[nodiscard]] double norm(std::int64_t column) override { return std::sqrt(dot(at(column), at(column))); }
  void add(double factor, std::int64_t from, std::int64_t to) override {
    for (std::size_t i = 0; i < at(to).size(); ++i) at(to)[i] += factor * at(from)[i];
  }
  void multiply(std::int64_t from, std::int64_t to) override { ravine::multiply(matrix_, at(from), at(to)); }
  double orthogonalise(std::int64_t column) override {
    double last = 0;
    for (int pass = 0; pass < 2 && column > 0; ++pass) {
      std::vector<double> components;
      for (std::int64_t other = 0; other < column; ++other) components.push_back(dot(at(other), at(column)));
      for (std::int64_t other = 0; other < column; ++other) {
        add(-components[static_cast<std::size_t>(other)], other, column);
      }
      last += components.back();
    }
    return last;
  }
  void combine(std::int64_t first, std::int64_t count, std::span<const double> weights, std::int64_t kept) override {
    std::vector<std::vector<double>> made(static_cast<std::size_t>(kept),
                                          std::vector<double>(static_cast<std::size_t>(size())));
    for (std::int64_t k = 0; k < kept; ++k) {
      for (std::int64_t j = 0; j < count; ++j) {
        const double weight = weights[static_cast<std::size_t>(k * count + j)];
        for (std::size_t i = 0; i < made.front().size(); ++i) {
          made[static_cast<std::size_t>(k)][i] += weight * at(first + j)[i];
        }
      }
    }
    for (std::int64_t k = 0; k < kept; ++k) at(first + k) = std::move(made[static_cast<std::size_t>(k)]);
  }

  [[nodiscard]] static double dot(std::span<const double> x, std::span<const double> y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
    return sum;
  }

 private:
  [[nodiscard]] std::vector<double>& at(std::int64_t column) { return block_.at(static_cast<std::size_t>(column)); }

  const SymmetricMatrix& matrix_;
  std::vector<std::vector<double>> block_;
};

}  // namespace ravine::cuda
