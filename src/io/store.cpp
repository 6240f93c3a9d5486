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
#include "io/record.hpp"
#include "io/zarr_metadata.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using detail::StoreHead;
using detail::TileRecord;

/// How much of a chunk is read and hashed at a time: small enough to stay in the cache.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

// --- creation ---

/// The path without links and dots, so that its parent is the folder that the store's name stands in.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) detail::throw_io_error("look at", path, error.value());
  return result.has_filename() ? result : result.parent_path();
}

void throw_if_taken(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    if (fs::status_known(status) || error.value() == ENOTDIR) return;
    detail::throw_io_error("look at", path, error.value());
  }
  if (!fs::is_directory(status)) {
    throw StoreBusyError(fmt::format("'{}' is a file; name another folder with --store", path.string()));
  }
  if (Store::exists(path)) {
    throw StoreBusyError(
        fmt::format("'{}' holds a ravine store already; go on with it with --resume, or name another "
                    "folder with --store",
                    path.string()));
  }
  const bool empty = fs::is_empty(path, error);
  if (error) detail::throw_io_error("look at", path, error.value());
  if (!empty) {
    throw StoreBusyError(
        fmt::format("the folder '{}' is not empty and holds no ravine store; name another folder "
                    "with --store, or empty it",
                    path.string()));
  }
}

/// Removes what an earlier creation that was killed left, but for the lock file that is held.
void clear(const fs::path& staging) {
  std::error_code error;
  for (fs::directory_iterator entry(staging, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename() == ".ravine") continue;
    fs::remove_all(entry->path(), error);
    if (error) detail::throw_io_error("remove", entry->path(), error.value());
  }
  if (error) detail::throw_io_error("list", staging, error.value());
}

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

/// Only a whole store ever bears the store's name.
void move_into_place(const fs::path& staging, const fs::path& target) {
  if (std::rename(staging.c_str(), target.c_str()) < 0) {
    const int error = errno;
    throw_if_taken(target);
    detail::throw_io_error("move the new store to", target, error);
  }
  detail::sync_directory(target.parent_path());
}

void create_in(const fs::path& staging, const fs::path& target, const StoreHead& head) {
  const std::string busy = fmt::format(
      "another process is creating the store '{}' (in '{}'); wait for it, or name "
      "another folder with --store",
      target.string(), staging.string());
  detail::make_directories(staging / ".ravine/locks");
  const detail::FileDescriptor lock = detail::lock_exclusively(staging / ".ravine/locks/all", busy);
  try {
    throw_if_taken(target);
    clear(staging);
    build(staging, head);
    move_into_place(staging, target);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    throw;
  }
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
  return detail::folder_exists(path / ".ravine");
}

Store Store::create(const fs::path& path, const Spec& spec, const Grid& grid) {
  throw_if_taken(path);
  const fs::path target = resolved(path);
  // The store is built beside its place and renamed into it: whoever stands there would stand in a deleted folder.
  if (target == resolved(".")) {
    throw UsageError(fmt::format("store '{}': found the current folder; wanted one beside or below it", path.string()));
  }
  const detail::FloatingPointEnvironment exact;
  const StoreHead head{spec, grid, identity_of(spec, grid)};
  try {
    create_in(target.parent_path() / fmt::format(".{}.creating", target.filename().string()), target, head);
  } catch (const IoError&) {
    throw_if_taken(target);  // another process was quicker, and took its scratch folder away under our feet
    throw;
  }
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
