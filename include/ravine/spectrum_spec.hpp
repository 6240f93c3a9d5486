/// \file
/// What a spec says of a problem and its spectrum: the tables [problem] and [spectrum] (docs/spec.md).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ravine/problem.hpp"
#include "ravine/spec.hpp"
#include "ravine/spectrum.hpp"

namespace ravine {

struct SpectrumSpec {
  Problem problem;
  Weights start = 0.0;  ///< w0, before the first step
  SpectrumRequest request;
  std::filesystem::path folder;   ///< that the problem's files are relative to: the spec's
  std::filesystem::path store;    ///< [output] spectrum; not part of the identity
  std::vector<InputFile> inputs;  ///< the files, with the hashes of now
};

/// Reads the tables [problem], [spectrum] and [output] of a spec, and hashes the files they name. What else is in the
/// spec is not looked at.
/// \throws UsageError `file:line:column: what was found; what is wanted`, also for a spec without [problem]; IoError
/// for a file that can't be read.
[[nodiscard]] SpectrumSpec read_spectrum_spec(const std::filesystem::path& path);

/// That of a spec whose axis lambda is { problem = true }; nothing for other specs.
/// \throws as read_spectrum_spec, UsageError for text that is not TOML.
[[nodiscard]] std::optional<SpectrumSpec> problem_of_lambda(const std::filesystem::path& path);

/// \throws DataError if one of the files is not what it was when the spec was read; IoError.
void require_unchanged(const SpectrumSpec& spec);

/// Of what a store is the spectrum: XXH3-128 over the problem, the request and the files' content; 32 hexadecimal
/// digits. Neither paths nor backends count.
[[nodiscard]] std::string identity_of(const SpectrumSpec& spec);

}  // namespace ravine
