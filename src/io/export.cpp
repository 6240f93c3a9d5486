#include "io/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "grid/fill.hpp"
#include "io/npy_writer.hpp"
#include "io/pending_file.hpp"
#include "ravine/error.hpp"
#include "ravine/field.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;
using detail::NpyWriter;
using detail::PendingFile;

/// A field's chunk with the fill value everywhere.
std::vector<std::byte> fill_chunk(const Store& store, const Field& field) {
  std::vector<std::byte> chunk(static_cast<std::size_t>(store.grid().tile_capacity() * field.cell_bytes()));
  detail::fill_with_none(field.type, chunk);
  return chunk;
}

/// Reads the chunks of one quantity, tile after tile.
class ChunkReader {
 public:
  ChunkReader(const Store& store, std::size_t quantity_index, MissingTiles missing)
      : store_(store),
        quantity_index_(quantity_index),
        missing_(missing),
        chunk_(fill_chunk(store, store.fields()[quantity_index])) {}

  /// The chunk of tile `id`, valid until the next call.
  std::span<const std::byte> read(std::int64_t id) {
    if (missing_ == MissingTiles::fill && store_.check_tile(id, CheckDepth::presence).state == TileState::missing) {
      ++filled_;
      chunk_ = fill_chunk(store_, store_.fields()[quantity_index_]);
    } else {
      store_.read_chunk(id, quantity_index_, chunk_);
    }
    return chunk_;
  }
  [[nodiscard]] std::int64_t filled() const { return filled_; }

 private:
  const Store& store_;
  std::size_t quantity_index_;
  MissingTiles missing_;
  std::vector<std::byte> chunk_;
  std::int64_t filled_ = 0;
};

/// Values of a chunk as text, as short as gives them back.
class ValueText {
 public:
  explicit ValueText(const Field& field) : field_(field), codes_(code_names(field.quantity)) {}

  void append(std::string& text, std::span<const std::byte> chunk, std::int64_t value) const {
    const std::span<const std::byte> bytes = chunk.subspan(static_cast<std::size_t>(value) * size_of(field_.type));
    switch (field_.type) {
      case ValueType::uint8:
        return append_code(text, static_cast<std::size_t>(bytes[0]));
      case ValueType::int64:
        return append_number<std::int64_t>(text, bytes);
      case ValueType::float32:
        return append_number<float>(text, bytes);
      case ValueType::float64:
        return append_number<double>(text, bytes);
    }
  }

 private:
  void append_code(std::string& text, std::size_t code) const {
    if (code >= codes_.size()) {
      throw DataError(fmt::format("found {} {}; wanted 0 to {}", name_of(field_.quantity), code, codes_.size() - 1));
    }
    text += codes_[code];
  }

  template <class Number>
  static void append_number(std::string& text, std::span<const std::byte> bytes) {
    Number value;
    std::memcpy(&value, bytes.data(), sizeof value);
    fmt::format_to(std::back_inserter(text), "{}", value);
  }

  const Field& field_;
  std::span<const std::string_view> codes_;
};

/// A text file filled from its start.
class TextFile {
 public:
  explicit TextFile(fs::path target) : file_(std::move(target)) {}
  std::string& pending() { return pending_; }
  void flush_if_large() {
    if (pending_.size() >= flush_bytes) flush();
  }
  void commit() {
    flush();
    file_.commit();
  }

 private:
  static constexpr std::size_t flush_bytes = std::size_t{1} << 20;

  void flush() {
    file_.write_at(size_, std::as_bytes(std::span{pending_}));
    size_ += static_cast<std::int64_t>(pending_.size());
    pending_.clear();
  }

  PendingFile file_;
  std::string pending_;
  std::int64_t size_ = 0;
};

/// The coordinates of a value as the first columns of its row. Only the fastest changes from value to value.
class CoordinateText {
 public:
  explicit CoordinateText(std::vector<Dimension> dimensions) : dimensions_(std::move(dimensions)) {}

  [[nodiscard]] std::string header() const {
    std::string text;
    for (const Dimension& dimension : dimensions_) text += dimension.axis.name() + ",";
    return text;
  }
  void move_to(const Index& index) {
    index_ = index;
    slow_.clear();
    for (std::size_t k = 0; k + 1 < dimensions_.size(); ++k) append_value(slow_, dimensions_[k], index[k]);
  }
  void append(std::string& text) const {
    text += slow_;
    append_value(text, dimensions_.back(), index_.back());
  }
  /// Moves along the fastest dimension; false at its end.
  bool advance() { return ++index_.back() < dimensions_.back().axis.size(); }

 private:
  static void append_value(std::string& text, const Dimension& dimension, std::int64_t index) {
    const double value = dimension.axis.value(index);
    if (dimension.type == ValueType::float32) {
      fmt::format_to(std::back_inserter(text), "{},", static_cast<float>(value));
    } else {
      fmt::format_to(std::back_inserter(text), "{},", value);
    }
  }

  std::vector<Dimension> dimensions_;
  Index index_;
  std::string slow_;
};

/// The files of one export: none shows before all are whole.
class Exporter {
 public:
  Exporter(const Store& store, const ExportOptions& options) : store_(store), options_(options) {}

  ExportReport run() {
    refuse_existing();
    if (!options_.directory.empty()) detail::make_directories(options_.directory);
    if (options_.format == ExportFormat::npy) {
      for (const Dimension& coordinate : coordinates_of(store_.spec())) write_npy_coordinate(coordinate);
    }
    for (std::size_t k = 0; k < store_.spec().quantities.size(); ++k) {
      if (options_.format == ExportFormat::npy) write_npy(k);
      if (options_.format == ExportFormat::csv) write_csv(k);
      if (report_.outcome == ExportOutcome::interrupted) return report_;
    }
    for (NpyWriter& file : arrays_) file.commit();
    for (TextFile& file : tables_) file.commit();
    detail::sync_directory(options_.directory.empty() ? fs::path(".") : options_.directory);
    return report_;
  }

 private:
  [[nodiscard]] fs::path target(std::string_view name) const {
    return options_.directory / fmt::format("{}.{}", name, options_.format == ExportFormat::npy ? "npy" : "csv");
  }

  void refuse_existing() {
    if (options_.format == ExportFormat::npy) {
      for (const Dimension& coordinate : coordinates_of(store_.spec())) {
        report_.files.push_back(target(coordinate.axis.name()));
      }
    }
    for (const Quantity quantity : store_.spec().quantities) report_.files.push_back(target(name_of(quantity)));
    if (options_.existing == ExistingFiles::replace) return;
    for (const fs::path& file : report_.files) {
      if (!fs::exists(fs::symlink_status(file))) continue;
      throw StoreBusyError(
          fmt::format("'{}' exists already; replace it with --force, or choose another --output", file.string()));
    }
  }

  template <class T>
  static void write_as(NpyWriter& file, std::int64_t first, const std::vector<double>& values) {
    std::vector<T> converted(values.size());
    std::transform(values.begin(), values.end(), converted.begin(), [](double value) { return static_cast<T>(value); });
    file.write(first, sizeof(T), std::as_bytes(std::span{converted}));
  }

  void write_npy_coordinate(const Dimension& coordinate) {
    const Axis& axis = coordinate.axis;
    NpyWriter& file =
        arrays_.emplace_back(target(axis.name()), std::string(dtype_of(coordinate.type)), Index{axis.size()});
    constexpr std::int64_t piece = 1 << 16;
    std::vector<double> values;
    for (std::int64_t first = 0; first < axis.size(); first += piece) {
      values.resize(static_cast<std::size_t>(std::min(piece, axis.size() - first)));
      axis.fill(first, values);
      if (coordinate.type == ValueType::float64) write_as<double>(file, first, values);
      if (coordinate.type == ValueType::float32) write_as<float>(file, first, values);
      if (coordinate.type == ValueType::int64) write_as<std::int64_t>(file, first, values);
    }
  }

  /// Calls `take(run, chunk)` for every run of every tile, in order, until the stop is asked for.
  void for_each_run(std::size_t quantity_index,
                    const std::function<void(const CellRun&, std::span<const std::byte>)>& take) {
    const Grid grid = array_grid(store_.grid(), store_.fields()[quantity_index]);
    ChunkReader reader(store_, quantity_index, options_.missing);
    for (std::int64_t id = 0; id < store_.grid().tile_count(); ++id) {
      if (options_.stop.stop_requested()) {
        report_.outcome = ExportOutcome::interrupted;
        return;
      }
      const std::span<const std::byte> chunk = reader.read(id);
      for (const CellRun& run : cell_runs(grid, id)) take(run, chunk);
    }
    report_.tiles_filled = reader.filled();
  }

  void write_npy(std::size_t quantity_index) {
    const Field& field = store_.fields()[quantity_index];
    const std::size_t bytes = size_of(field.type);
    NpyWriter& file = arrays_.emplace_back(target(name_of(field.quantity)), std::string(dtype_of(field.type)),
                                           array_grid(store_.grid(), field).shape);
    for_each_run(quantity_index, [&file, bytes](const CellRun& run, std::span<const std::byte> chunk) {
      file.write(run.first_cell, bytes,
                 chunk.subspan(static_cast<std::size_t>(run.first_value) * bytes,
                               static_cast<std::size_t>(run.count) * bytes));
    });
  }

  void write_csv(std::size_t quantity_index) {
    const Field& field = store_.fields()[quantity_index];
    const Grid grid = array_grid(store_.grid(), field);
    TextFile& file = tables_.emplace_back(target(name_of(field.quantity)));
    const ValueText values(field);
    CoordinateText place(array_dimensions(store_.spec(), field));
    file.pending() = place.header() + std::string(name_of(field.quantity)) + "\n";
    for_each_run(quantity_index, [&](const CellRun& run, std::span<const std::byte> chunk) {
      place.move_to(grid.cell_index(run.first_cell));
      for (std::int64_t k = 0; k < run.count; ++k) {
        place.append(file.pending());
        values.append(file.pending(), chunk, run.first_value + k);
        file.pending() += '\n';
        file.flush_if_large();
        const bool at_end = k + 1 == run.count;
        if (!place.advance() && !at_end) place.move_to(grid.cell_index(run.first_cell + k + 1));
      }
    });
  }

  const Store& store_;
  const ExportOptions& options_;
  std::deque<NpyWriter> arrays_;
  std::deque<TextFile> tables_;
  ExportReport report_;
};

}  // namespace

std::vector<CellRun> cell_runs(const Grid& grid, std::int64_t id) {
  const Box box = grid.tile(id);
  // Axes from `inner` on are one run: every one but the first of them is whole in the grid and in the tile.
  std::size_t inner = box.shape.size();
  std::int64_t length = 1;
  while (inner > 0) {
    --inner;
    length *= box.shape[inner];
    if (box.shape[inner] != grid.shape[inner] || box.shape[inner] != grid.tile_shape[inner]) break;
  }
  std::vector<CellRun> runs;
  Index offset(box.shape.size(), 0);
  for (;;) {
    Index cell = box.first;
    std::int64_t value = 0;
    for (std::size_t d = 0; d < offset.size(); ++d) {
      cell[d] += offset[d];
      value = value * grid.tile_shape[d] + offset[d];
    }
    runs.push_back({grid.cell_number(cell), value, length});
    std::size_t d = inner;
    while (d > 0 && ++offset[d - 1] == box.shape[d - 1]) offset[--d] = 0;
    if (d == 0) return runs;
  }
}

ExportReport export_map(const Store& store, const ExportOptions& options) {
  return Exporter(store, options).run();
}

}  // namespace ravine
