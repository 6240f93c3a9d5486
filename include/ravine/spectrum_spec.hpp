/// \file
/// What a spec says of a problem and its spectrum: the tables [problem] and [spectrum] (docs/spec.md).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ravine/problem.hpp"
#include "ravine/spec.hpp"
#include "ravine/spectrum.hpp"

namespace ravine {

namespace detail {
class SpecFile;
}

struct SpectrumSpec {
  Problem problem;
  Weights start = 0.0;  ///< w0, before the first step
  SpectrumRequest request;
  std::filesystem::path folder;   ///< that the problem's files are relative to: the spec's
  std::filesystem::path store;    ///< [output] spectrum; not part of the identity
  std::vector<InputFile> inputs;  ///< the files, with the hashes of now
  // `file:line:column` of the tables, for messages: empty where no file was read.
  std::string problem_place;
  std::string request_place;  ///< of [spectrum], or where there is none of [problem]
};

/// Reads the tables [problem], [spectrum] and [output] of a spec, and hashes the files they name. What else is in the
/// spec is not looked at.
/// \throws UsageError `file:line:column: what was found; what is wanted`, also for a spec without [problem]; IoError
/// for a file that can't be read.
[[nodiscard]] SpectrumSpec read_spectrum_spec(const std::filesystem::path& path);

/// A spec that is checked as far as it can be before the spectrum of its own problem is frozen, so that a mistake in it
/// does not show after hours of work. Its file is read once: it may be a pipe.
class SpecDraft {
 public:
  /// \throws as read_spec, but for what depends on the eigenvalues of lambda = { problem = true }.
  explicit SpecDraft(const std::filesystem::path& path);

  /// With one eigenvalue 1 in the place of those that are not known yet.
  [[nodiscard]] const Spec& spec() const { return spec_; }
  /// Of lambda = { problem = true }; nothing for other specs, of which spec() is whole.
  [[nodiscard]] const std::optional<SpectrumSpec>& problem() const { return problem_; }
  /// The spec, once the spectrum is frozen. \throws as read_spec.
  [[nodiscard]] Spec whole() const;

 private:
  std::shared_ptr<const detail::SpecFile> file_;
  Spec spec_;
  std::optional<SpectrumSpec> problem_;
};

/// \throws DataError if one of the files is not what it was when the spec was read; IoError.
void require_unchanged(const SpectrumSpec& spec);

/// Of what a store is the spectrum: XXH3-128 over the problem, the request and the files' content; 32 hexadecimal
/// digits. Neither paths nor backends count.
[[nodiscard]] std::string identity_of(const SpectrumSpec& spec);

}  // namespace ravine
