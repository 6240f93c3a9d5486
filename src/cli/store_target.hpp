/// \file
/// The store that a run writes to: a new one, or one to go on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/console.hpp"
#include "ravine/spectrum_spec.hpp"
#include "ravine/store.hpp"

namespace ravine::cli {

/// Makes the store of `spec` at `path`.
/// \throws StoreBusyError, with --resume as the fix, if there is one already; UsageError if there is no room for it.
[[nodiscard]] Store create_store(const std::filesystem::path& path, const Spec& spec,
                                 std::optional<std::int64_t> tile_cells);

/// Refuses what create_store would refuse whatever the eigenvalues are, before they are computed. \throws as it.
void require_creatable(const std::filesystem::path& path, const SpecDraft& draft,
                       std::optional<std::int64_t> tile_cells);

/// Opens the store at `path`, or makes it where there is none. The recorded tile shape stands; a `tile_cells` that asks
/// for another is answered with a note.
/// \throws StoreBusyError, with both identities and what differs, if it is not the store of `spec`; UsageError if there
/// is no room for it.
[[nodiscard]] Store open_or_create_store(const std::filesystem::path& path, const Spec& spec,
                                         std::optional<std::int64_t> tile_cells, Console& console);

}  // namespace ravine::cli
