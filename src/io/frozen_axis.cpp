#include <fmt/format.h>

#include <algorithm>

#include "io/messages.hpp"
#include "io/spec_problem.hpp"
#include "ravine/error.hpp"
#include "ravine/stored_eigenvalues.hpp"

namespace ravine::detail {
namespace {

/// The folder that `{ store }` names, or that of the spec's own problem.
std::filesystem::path folder_of(const SpecFile& file, const toml::table& axis) {
  if (const toml::node* const store = axis.get("store")) return file.string_at(*store, "lambda.store");
  const toml::node& node = *axis.get("problem");
  if (!file.boolean_at(node, "lambda.problem")) file.fail_at(node, "lambda = { problem = true }");
  return read_problem(file).store;
}

/// That a frozen spectrum is of the spec's problem as it is now.
void check_problem(const SpecFile& file, const toml::table& axis, const SpectrumStore& store) {
  const toml::node* const node = axis.get("problem");
  if (node == nullptr) return;
  const std::string wanted = identity_of(read_problem(file));
  if (store.identity() == wanted) return;
  throw UsageError(
      fmt::format("{}: found the spectrum of another problem in '{}' (identity {}); wanted that of [problem] ({}): "
                  "remove the folder, or name another in [output] spectrum",
                  file.place(node->source()), store.path().string(), store.identity(), wanted));
}

}  // namespace

FrozenValues read_frozen(const SpecFile& file, const toml::table& axis) {
  const std::filesystem::path folder = folder_of(file, axis);
  if (!SpectrumStore::exists(folder)) {
    const toml::node* const node = axis.get("store") != nullptr ? axis.get("store") : axis.get("problem");
    file.fail(node->source(), fmt::format("no spectrum in '{}'", folder.string()),
              fmt::format("one that 'ravine spectrum {}' has written",
                          axis.get("store") != nullptr ? "SPEC" : file.path().string()));
  }
  SpectrumStore store = SpectrumStore::open(folder);
  check_problem(file, axis, store);
  const StoredEigenvalues stored = stored_eigenvalues(store);
  FrozenValues frozen{{}, {}, store, {folder.string(), store.checksum("eigenvalue")}};
  const toml::node* const nonzero = axis.get("nonzero");
  const bool all = nonzero == nullptr || !file.boolean_at(*nonzero, "lambda.nonzero");
  for (std::size_t k = 0; k < stored.values.size(); ++k) {
    if (!all && stored.sign(k) == 0) continue;
    frozen.eigenvalues.push_back(stored.values[k]);
    frozen.kept.push_back(k);
  }
  if (frozen.kept.empty()) file.fail(axis.source(), "a spectrum of zeros only", "an eigenvalue that is not zero");
  return frozen;
}

}  // namespace ravine::detail
