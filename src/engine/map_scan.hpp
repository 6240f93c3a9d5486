// Passes over a map that keep nothing of it but counts: what the statistics of a map ask of a backend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "ravine/engine.hpp"
#include "ravine/spec.hpp"
#include "ravine/summary.hpp"

namespace ravine {

/// How often the keys (model::order_key, widened to 64 bits) of one quantity's values fall into each of equal bins:
/// counts[b] for (key - low) >> shift = b. Keys outside are not counted.
struct KeyHistogram {
  static constexpr int bin_bits = 16;
  static constexpr std::size_t bins = std::size_t{1} << bin_bits;

  std::size_t quantity = 0;  ///< position in spec.quantities; not the regime
  std::uint64_t low = 0;     ///< a multiple of bins << shift, so that keys below it wrap to beyond the last bin
  int shift = 0;             ///< log2 of the keys of a bin
  std::vector<std::int64_t> counts = std::vector<std::int64_t>(bins);
};

struct ScanOptions {
  std::stop_token stop;
  std::function<void(const Progress&)> progress;  ///< of the pass; called by the calling thread only
};

/// A backend's passes over one map. Every cell counts once; padding never does. Used by one thread.
class MapScan {
 public:
  virtual ~MapScan() = default;
  MapScan(const MapScan&) = delete;
  MapScan& operator=(const MapScan&) = delete;
  MapScan(MapScan&&) = delete;
  MapScan& operator=(MapScan&&) = delete;

  /// One pass: adds the values of the whole map to `histograms`, which all have one shift, and its summary to `total`.
  /// If a stop comes first the pass is interrupted: what they then hold is of no use, and there is no other pass.
  virtual Outcome summarize(Summary& total, std::span<KeyHistogram> histograms, const ScanOptions& options) = 0;

  /// The same without the summary.
  virtual Outcome count(std::span<KeyHistogram> histograms, const ScanOptions& options) = 0;

  /// What the user should know of how it went: one line each.
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }

 protected:
  MapScan() = default;
};

}  // namespace ravine
