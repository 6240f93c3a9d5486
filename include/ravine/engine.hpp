/// \file
/// The engine: evaluates a spec's map into a store, tile by tile, and checks what a store holds.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/spec.hpp"
#include "ravine/store.hpp"
#include "ravine/summary.hpp"

namespace ravine {

struct Progress {
  std::int64_t cells_done = 0;   ///< of this run
  std::int64_t cells_total = 0;  ///< of this run
  std::int64_t tiles_done = 0;
  std::int64_t tiles_total = 0;
};

/// What computes. The values are the same bits whatever does.
enum class Backend {
  automatic,  ///< cuda where a device can be used, else cpu
  cpu,
  cuda
};
[[nodiscard]] std::string_view name_of(Backend backend);  ///< "auto", "cpu", "cuda"

struct RunOptions {
  Backend backend = Backend::automatic;
  int threads = 0;  ///< of the cpu backend; 0: as many as the process may use
  Shard shard;
  std::stop_token stop;                           ///< asks for a clean, resumable end
  std::function<void(const Progress&)> progress;  ///< called by the calling thread only, several times a tile
  std::optional<std::chrono::steady_clock::time_point> deadline;  ///< no cell is begun much after it
  std::string command_line;
};

enum class Outcome { complete, interrupted };

/// Where a run's time went, in seconds of wall time.
struct RunTimes {
  double check = 0;    ///< reading the records and checksums of tiles that are there
  double compute = 0;  ///< evaluating cells
  double write = 0;    ///< writing and syncing (overlaps compute)
  double wait = 0;     ///< compute waiting for a write
  double total = 0;
};

struct RunReport {
  Outcome outcome = Outcome::complete;
  Backend backend = Backend::cpu;  ///< the one that computed: cpu or cuda
  std::string backend_reason;      ///< why that one
  std::string device;              ///< for people: "cpu x86-64-v4", "NVIDIA H100 80GB HBM3 (device 0)"
  int threads = 1;                 ///< that computed; with cuda the one that drives the devices
  std::string simd;                ///< the level the cpu's loops ran at: x86-64, x86-64-v3, x86-64-v4; empty with cuda
  std::int64_t tiles_computed = 0;
  std::int64_t tiles_kept = 0;            ///< valid before this run
  std::int64_t tiles_repaired = 0;        ///< had a record that did not match and were computed again
  std::int64_t coordinates_repaired = 0;  ///< chunks of coordinates that did not hold the spec's values
  std::int64_t cells_computed = 0;
  RunTimes times;
  std::vector<std::string> notes;  ///< what the backend has to tell of how it went, one line each
};

/// Computes every tile of the shard that has no valid record. Memory does not grow with the grid. A stop or the
/// deadline ends it between pieces of a few thousand cells: the tile in hand is given up, those before it are stored.
/// \throws StoreBusyError, IoError; BackendError where the backend that is asked for can't be used.
RunReport run(const Store& store, const RunOptions& options);

/// Bytes that running takes; `memory` saturates at 2^63 - 1.
struct Room {
  std::int64_t disk = 0;    ///< of the chunks
  std::int64_t memory = 0;  ///< at most held at once, beside the program
};
[[nodiscard]] Room room_for(const Spec& spec, const Grid& grid);

/// What running would take.
struct Estimate {
  std::int64_t cells = 0;
  std::int64_t tiles = 0;
  std::int64_t bytes = 0;   ///< as Room
  std::int64_t memory = 0;  ///< as Room
  double seconds = 0;       ///< predicted from a sample of cells measured now; of ensembles, from their first steps
};
[[nodiscard]] Estimate estimate(const Spec& spec, const Grid& grid, int threads);

/// A table of cells. Columns of equal length; `beta` is ignored (may be empty) for gradient descent.
struct CellTable {
  std::vector<double> alpha;
  std::vector<double> beta;
  std::vector<double> lambda;
};
/// Evaluates one quantity at each row, at the given precision (inputs rounded to it once). Floats are widened; a
/// regime is its identifier. \throws UsageError for columns of different lengths, or a value that is not finite at the
/// precision.
[[nodiscard]] std::vector<double> evaluate(Quantity quantity, Precision precision, const CellTable& cells);

/// The fold of the records of all tiles that are done (by presence: checksums are verify's task).
struct MapSummary {
  Summary summary;
  std::int64_t tiles_done = 0;
  std::int64_t tiles_total = 0;
};
[[nodiscard]] MapSummary summarize(const Store& store);

struct VerifyReport {
  std::int64_t tiles_done = 0;
  std::int64_t tiles_missing = 0;
  std::int64_t tiles_corrupt = 0;
  std::int64_t coordinates_corrupt = 0;  ///< chunks of coordinates with other bytes than the spec's axes
  std::int64_t cells_recomputed = 0;
  std::int64_t cells_different = 0;
  static constexpr std::size_t most_problems = 20;
  std::vector<std::string> problems;  ///< one line each, at most most_problems
};
/// Checks every checksum, the partial results in each record, and recomputes a fraction `sample` of the cells of each
/// done tile (chosen by a fixed hash of the tile's number). \throws IoError.
[[nodiscard]] VerifyReport verify(const Store& store, double sample, const std::stop_token& stop = {});

}  // namespace ravine
