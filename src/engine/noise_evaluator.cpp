#include "engine/noise_evaluator.hpp"

#include "engine/noise_study.hpp"

namespace ravine {
namespace {

template <class F>
class NoiseEvaluatorOf final : public TileEvaluator {
 public:
  NoiseEvaluatorOf(const Spec& spec, const Grid& grid) : study_(spec, grid) {}

  void load(std::int64_t tile, TileData& data) override { study_.load(tile, data); }
  [[nodiscard]] std::int64_t cells() const override { return study_.cells().count(); }
  [[nodiscard]] std::int64_t cells_per_piece() const override { return 1; }

  void evaluate(std::int64_t first, std::int64_t count, TileData& data, const Interrupted& interrupted) const override {
    for (std::int64_t number = first; number < first + count && !interrupted(); ++number) {
      NoiseCell<F> cell = study_.begin(number);
      for (std::int64_t block = 0; block < study_.blocks() && !interrupted(); ++block) {
        BlockSums sums = study_.no_block();
        study_.simulate(cell, block, sums, interrupted);
        study_.fold(sums, cell);
      }
      study_.store(cell, data);
    }
  }

  [[nodiscard]] Summary summarize(std::int64_t /*first*/, std::int64_t count, const TileData& /*data*/) const override {
    Summary summary;
    summary.cells = count;
    return summary;
  }

 private:
  NoiseStudy<F> study_;
};

}  // namespace

std::unique_ptr<TileEvaluator> make_noise_evaluator(const Spec& spec, const Grid& grid) {
  if (spec.precision == Precision::float64) return std::make_unique<NoiseEvaluatorOf<double>>(spec, grid);
  return std::make_unique<NoiseEvaluatorOf<float>>(spec, grid);
}

}  // namespace ravine
