#include <fmt/format.h>

#include <algorithm>

#include "io/messages.hpp"
#include "io/spec_problem.hpp"
#include "ravine/error.hpp"
#include "ravine/stored_eigenvalues.hpp"

namespace ravine::detail {
namespace {

/// Whether the axis is `{ problem = true }`, over the spec's own problem.
bool is_own(const SpecFile& file, const toml::table& axis) {
  const toml::node* const node = axis.get("problem");
  if (node != nullptr && !file.boolean_at(*node, "lambda.problem")) file.fail_at(*node, "lambda = { problem = true }");
  return node != nullptr;
}

/// That a frozen spectrum is of the spec's problem as it is now.
void check_problem(const SpecFile& file, const toml::table& axis, const SpectrumSpec& problem,
                   const SpectrumStore& store) {
  const std::string wanted = identity_of(problem);
  if (store.identity() == wanted) return;
  throw UsageError(fmt::format(
      "{}: found the spectrum of another problem in '{}', or with another [spectrum] table (identity {}); wanted "
      "that of this spec ({}): remove the folder, or name another in [output] spectrum",
      file.place(axis.get("problem")->source()), store.path().string(), store.identity(), wanted));
}

}  // namespace

FrozenValues read_frozen(const SpecFile& file, const toml::table& axis) {
  const toml::node* const nonzero = axis.get("nonzero");
  const bool all = nonzero == nullptr || !file.boolean_at(*nonzero, "lambda.nonzero");
  if (is_own(file, axis) && file.own_spectrum() == OwnSpectrum::stand_in) return {{1.0}, {0}, std::nullopt, {}};
  const std::optional<SpectrumSpec> problem =
      is_own(file, axis) ? std::optional(read_problem(file)) : std::optional<SpectrumSpec>();
  const std::filesystem::path folder =
      problem ? problem->store : std::filesystem::path(file.string_at(*axis.get("store"), "lambda.store"));
  if (!SpectrumStore::exists(folder)) {
    const toml::node* const node = axis.get("store") != nullptr ? axis.get("store") : axis.get("problem");
    file.fail(node->source(), fmt::format("no spectrum in '{}'", folder.string()),
              fmt::format("one that 'ravine spectrum {}' has written",
                          axis.get("store") != nullptr ? "SPEC" : file.path().string()));
  }
  SpectrumStore store = SpectrumStore::open(folder);
  if (problem) check_problem(file, axis, *problem, store);
  const StoredEigenvalues stored = stored_eigenvalues(store);
  FrozenValues frozen{{}, {}, store, {folder.string(), store.checksum("eigenvalue")}};
  for (std::size_t k = 0; k < stored.values.size(); ++k) {
    if (!all && stored.sign(k) == 0) continue;
    // What may be zero is no direction of growth or decay: the axis has it as 0.
    frozen.eigenvalues.push_back(stored.sign(k) == 0 ? 0.0 : stored.values[k]);
    frozen.kept.push_back(k);
  }
  if (frozen.kept.empty()) file.fail(axis.source(), "a spectrum of zeros only", "an eigenvalue that is not zero");
  return frozen;
}

}  // namespace ravine::detail
