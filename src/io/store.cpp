#include "ravine/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "grid/floating_point_environment.hpp"
#include "io/files.hpp"
#include "io/lock.hpp"
#include "io/new_folder.hpp"
#include "io/record.hpp"
#include "io/zarr_metadata.hpp"
#include "ravine/error.hpp"
#include "ravine/spectrum_store.hpp"
#include "ravine/version.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using detail::StoreHead;
using detail::TileRecord;

/// How much of a chunk is read and hashed at a time: small enough to stay in the cache.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

// --- creation ---

void build(const fs::path& staging, const StoreHead& head) {
  for (const char* folder : {".ravine/tiles", ".ravine/runs", ".ravine/tmp"}) {
    detail::make_directories(staging / folder);
  }
  for (const auto& [name, text] : detail::metadata_files(head)) {
    const fs::path file = staging / name;
    detail::make_directories(file.parent_path());
    detail::write_file(file, text);
  }
  detail::write_coordinates(staging, head);
  for (const Dimension& coordinate : coordinates_of(head.spec)) {
    detail::sync_directory(staging / coordinate.axis.name());
  }
  for (const Quantity quantity : head.spec.quantities) detail::sync_directory(staging / name_of(quantity));
  detail::sync_directory(staging / ".ravine/locks");
  detail::sync_directory(staging);
}

// --- checks ---

std::string read_record_text(const fs::path& file) {
  std::optional<std::string> text = detail::read_text(file);
  if (!text) throw DataError(fmt::format("the tile's record '{}' is missing", file.string()));
  return *std::move(text);
}

std::int64_t chunk_bytes(const Store& store, std::size_t quantity_index) {
  return store.grid().tile_capacity() * store.fields()[quantity_index].cell_bytes();
}

/// What a record must say of itself to count in this store; the reason why not, or nothing.
std::string mismatch(const Store& store, std::int64_t id, const TileRecord& record) {
  if (record.id != id) return fmt::format("it is of tile {}, wanted {}", record.id, id);
  if (record.identity != store.identity()) {
    return fmt::format("it is of a store with identity {}, wanted {}", record.identity, store.identity());
  }
  const std::vector<Quantity>& quantities = store.spec().quantities;
  if (record.chunks.size() != quantities.size()) {
    return fmt::format("it has {} chunks, wanted {}", record.chunks.size(), quantities.size());
  }
  for (std::size_t k = 0; k < quantities.size(); ++k) {
    const detail::ChunkRecord& chunk = record.chunks[k];
    if (chunk.quantity != name_of(quantities[k]) || chunk.bytes != chunk_bytes(store, k)) {
      return fmt::format("its chunk {} is '{}' of {} bytes, wanted '{}' of {}", k, chunk.quantity, chunk.bytes,
                         name_of(quantities[k]), chunk_bytes(store, k));
    }
  }
  if (const std::int64_t cells = store.grid().tile(id).cells(); record.summary.cells != cells) {
    return fmt::format("it counts {} cells, wanted {}", record.summary.cells, cells);
  }
  return "";
}

TileRecord parse_record(const Store& store, std::int64_t id, const std::string& text) {
  const fs::path file = store.path() / detail::tile_record_path(id);
  std::string reason;
  try {
    TileRecord record = detail::parse_tile_record(text);
    reason = mismatch(store, id, record);
    if (reason.empty()) return record;
  } catch (const DataError& error) {
    reason = error.what();
  }
  throw DataError(fmt::format("the tile's record '{}' is damaged: {}", file.string(), reason));
}

TileRecord read_record(const Store& store, std::int64_t id) {
  return parse_record(store, id, read_record_text(store.path() / detail::tile_record_path(id)));
}

fs::path chunk_path(const Store& store, std::int64_t id, std::string_view quantity) {
  const auto named = [quantity](const Field& field) { return name_of(field.quantity) == quantity; };
  const Field& field = *std::find_if(store.fields().begin(), store.fields().end(), named);
  const Index position = array_grid(store.grid(), field).tile_position(id);
  return store.path() / quantity / fmt::format("{}", fmt::join(position, "/"));
}

[[noreturn]] void throw_wrong_size(const fs::path& file, std::int64_t found, std::int64_t wanted) {
  throw DataError(fmt::format("the chunk '{}' has {} bytes, its record wants {}", file.string(), found, wanted));
}

[[noreturn]] void throw_chunk_missing(const fs::path& file) {
  throw DataError(fmt::format("the chunk '{}' is missing, but its tile has a record", file.string()));
}

void check_size(const fs::path& file, const detail::ChunkRecord& wanted) {
  const std::optional<std::int64_t> size = detail::size_of_file(file);
  if (!size) throw_chunk_missing(file);
  if (*size != wanted.bytes) throw_wrong_size(file, *size, wanted.bytes);
}

/// Reads a chunk in one pass, hashing each piece while it is in the cache. `buffer(offset, size)` is where a piece of
/// `size` bytes goes.
template <typename Buffer>
void read_checked(const fs::path& path, const detail::ChunkRecord& wanted, Buffer buffer) {
  check_size(path, wanted);
  const std::optional<detail::FileDescriptor> file = detail::open_existing(path);
  if (!file) throw_chunk_missing(path);
  detail::Checksum checksum;
  const auto total = static_cast<std::size_t>(wanted.bytes);
  for (std::size_t offset = 0; offset < total; offset += piece_bytes) {
    const std::span<std::byte> piece = buffer(offset, std::min(piece_bytes, total - offset));
    const std::size_t got = detail::read_some(*file, piece, path);
    if (got < piece.size()) throw_wrong_size(path, static_cast<std::int64_t>(offset + got), wanted.bytes);
    checksum.update(piece);
  }
  if (const std::string found = checksum.hex(); found != wanted.checksum) {
    throw DataError(
        fmt::format("the chunk '{}' has checksum {}, its record wants {}", path.string(), found, wanted.checksum));
  }
}

}  // namespace

// --- Store ---

std::string identity_of(const Spec& spec, const Grid& grid) {
  // The files' content counts, not the paths they were read from.
  nlohmann::json canonical = nlohmann::json::parse(canonical_json(spec));
  canonical.erase("inputs");
  std::string text = fmt::format("ravine store identity 1\nspec {}\n", canonical.dump());
  for (const InputFile& input : spec.inputs) text += fmt::format("input {}\n", input.hash);
  text += fmt::format("tile_shape {}\nmodel_version {}\n", fmt::join(grid.tile_shape, " "), model_version);
  return detail::checksum_of(text);
}

Store::Store(fs::path path, Spec spec, Grid grid, std::string identity)
    : path_(std::move(path)),
      spec_(std::move(spec)),
      grid_(std::move(grid)),
      identity_(std::move(identity)),
      fields_(fields_of(spec_)) {}

bool Store::exists(const fs::path& path) {
  return detail::folder_exists(path / ".ravine") && !SpectrumStore::exists(path);
}

Store Store::create(const fs::path& path, const Spec& spec, const Grid& grid) {
  const detail::FloatingPointEnvironment exact;
  const StoreHead head{spec, grid, identity_of(spec, grid)};
  detail::create_whole(path, [&head](const fs::path& staging) { build(staging, head); });
  return Store(path, spec, grid, head.identity);
}

Store Store::open(const fs::path& path) {
  StoreHead head = detail::read_head(path);
  return Store(path, std::move(head.spec), std::move(head.grid), std::move(head.identity));
}

TileCheck Store::check_tile(std::int64_t id, CheckDepth depth) const {
  const std::optional<std::string> text = detail::read_text(path_ / detail::tile_record_path(id));
  if (!text) return {TileState::missing, ""};
  std::vector<std::byte> buffer;
  if (depth == CheckDepth::checksums) buffer.resize(piece_bytes);
  try {
    for (const detail::ChunkRecord& chunk : parse_record(*this, id, *text).chunks) {
      const fs::path file = chunk_path(*this, id, chunk.quantity);
      if (depth == CheckDepth::presence) {
        check_size(file, chunk);
      } else {
        read_checked(file, chunk, [&buffer](std::size_t, std::size_t size) { return std::span{buffer}.first(size); });
      }
    }
  } catch (const DataError& error) {
    return {TileState::corrupt, error.what()};
  }
  return {TileState::done, ""};
}

Summary Store::tile_summary(std::int64_t id) const {
  return read_record(*this, id).summary;
}

void Store::read_chunk(std::int64_t id, std::size_t quantity_index, std::span<std::byte> out) const {
  const TileRecord record = read_record(*this, id);
  const detail::ChunkRecord& chunk = record.chunks.at(quantity_index);
  if (static_cast<std::int64_t>(out.size()) != chunk.bytes) {
    throw std::invalid_argument(
        fmt::format("a chunk of {} bytes does not fit a buffer of {}", chunk.bytes, out.size()));
  }
  read_checked(chunk_path(*this, id, chunk.quantity), chunk,
               [out](std::size_t offset, std::size_t size) { return out.subspan(offset, size); });
}

std::vector<std::string> Store::damaged_coordinates() const {
  return detail::damaged_coordinates(path_, {spec_, grid_, identity_});
}

// --- StoreWriter ---

struct StoreWriter::Impl {
  Impl(Store opened, Shard shard, const RunInfo& run)
      : store(std::move(opened)),
        info(run),
        writer(detail::this_writer(run.command_line)),
        lock(store.path(), shard, writer),
        scratch(store.path() / ".ravine/tmp",
                fmt::format("{}.{}.{}", detail::lock_name(shard), writer.host, writer.pid)),
        run_file(free_run_file()) {
    write_run_file(nullptr);
  }

  /// `<UTC time>-<host>-<pid>.json`; a process that writes twice within a second gets a number more.
  [[nodiscard]] fs::path free_run_file() const {
    std::string time = writer.start;
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    const std::string name = fmt::format("{}-{}-{}", time, writer.host, writer.pid);
    fs::path file = store.path() / ".ravine/runs" / (name + ".json");
    for (int k = 2; detail::size_of_file(file); ++k) file.replace_filename(fmt::format("{}-{}.json", name, k));
    return file;
  }

  void write_run_file(const detail::RunEnd* end) {
    detail::write_durably(run_file, detail::run_file_text(writer, info, end), scratch);
  }

  Store store;
  RunInfo info;
  detail::WriterLabel writer;
  detail::StoreLock lock;
  detail::Scratch scratch;
  fs::path run_file;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> tiles_written = 0;
  bool finished = false;
};

StoreWriter::StoreWriter(Store store, Shard shard, const RunInfo& info)
    : impl_(std::make_unique<Impl>(std::move(store), shard, info)) {}

StoreWriter::~StoreWriter() {
  if (impl_->finished) return;
  try {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - impl_->start;
    finish("failed", impl_->tiles_written, seconds.count());
  } catch (const std::exception&) {
    // The run file goes on saying "running"; what made the run fail is on its way to the user already.
  }
}

std::int64_t StoreWriter::repair_coordinates() {
  const Store& store = impl_->store;
  return detail::repair_coordinates(store.path(), {store.spec(), store.grid(), store.identity()}, impl_->scratch);
}

void StoreWriter::write_tile(const TileData& tile) {
  const Store& store = impl_->store;
  const std::vector<Quantity>& quantities = store.spec().quantities;
  if (tile.chunks.size() != quantities.size()) throw std::invalid_argument("a tile needs one chunk per quantity");
  const fs::path record_file = store.path() / detail::tile_record_path(tile.id);
  detail::remove_durably(record_file);  // a tile that is written again is not done until it is whole
  TileRecord record{tile.id, store.identity(), {}, tile.summary};
  for (std::size_t k = 0; k < quantities.size(); ++k) {
    const ByteBuffer& bytes = tile.chunks[k];
    if (static_cast<std::int64_t>(bytes.size()) != chunk_bytes(store, k)) {
      throw std::invalid_argument(fmt::format("a chunk has {} bytes, wanted {}", bytes.size(), chunk_bytes(store, k)));
    }
    const std::string_view name = name_of(quantities[k]);
    std::string checksum = detail::write_durably(chunk_path(store, tile.id, name), bytes, impl_->scratch);
    record.chunks.push_back({std::string(name), static_cast<std::int64_t>(bytes.size()), std::move(checksum)});
  }
  detail::write_durably(record_file, to_text(record), impl_->scratch);
  ++impl_->tiles_written;
}

void StoreWriter::finish(const std::string& outcome, std::int64_t tiles_written, double seconds) {
  impl_->finished = true;
  const detail::RunEnd end{outcome, detail::utc_now(), tiles_written, seconds};
  impl_->write_run_file(&end);
}

}  // namespace ravine
