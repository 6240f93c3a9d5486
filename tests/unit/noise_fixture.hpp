/// \file
/// What the tests of noise studies share: a spec, and a study computed in memory.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "engine/noise_evaluator.hpp"
#include "ravine/spec.hpp"

namespace ravine::test {

/// Gaussian gradient noise of variance 1/4 on one mode that starts from x = 1 at rest; step 24 is recorded.
inline Spec noise_spec(std::vector<Quantity> quantities) {
  Spec spec;
  spec.kind = Kind::noise;
  spec.quantities = std::move(quantities);
  spec.axes = {Axis("alpha", ListedValues{{0.25}}), Axis("beta", ListedValues{{0.7}}),
               Axis("lambda", ListedValues{{1.0}})};
  Ensemble ensemble;
  ensemble.record.steps = 24;
  ensemble.record.at = ListedSteps{{24}};
  Noise noise;
  noise.variance = {0.25};
  noise.replicates = 4096;
  ensemble.noise = noise;
  spec.ensemble = ensemble;
  return spec;
}

inline Noise& noise_of(Spec& spec) {
  return *spec.ensemble->noise;
}

inline void record(Spec& spec, std::vector<std::int64_t> steps) {
  spec.ensemble->record.steps = steps.back();
  spec.ensemble->record.at = ListedSteps{std::move(steps)};
}

/// A study of one tile, computed on one thread.
class Study {
 public:
  explicit Study(const Spec& spec) : spec_(spec) {
    const auto evaluator = make_noise_evaluator(spec, make_grid(spec, std::int64_t{1} << 30));
    evaluator->load(0, tile_);
    evaluator->evaluate(0, evaluator->cells(), tile_);
  }

  /// All values of a quantity: cell by cell, then as its field has them.
  template <class T = double>
  [[nodiscard]] std::vector<T> values(Quantity quantity) const {
    for (std::size_t q = 0; q < spec_.quantities.size(); ++q) {
      if (spec_.quantities[q] != quantity) continue;
      const auto* const first = reinterpret_cast<const T*>(tile_.chunks[q].data());
      return {first, first + tile_.chunks[q].size() / sizeof(T)};
    }
    return {};
  }
  [[nodiscard]] const TileData& tile() const { return tile_; }

 private:
  Spec spec_;
  TileData tile_;
};

}  // namespace ravine::test
