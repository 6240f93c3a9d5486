#include "cli/run_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>
namespace ravine::cli {

namespace {

/// The text of a member, or "?": a run file is a note for people, and an odd one is no reason to fail.
std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return "?";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Json read_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  Json json = Json::parse(stream, nullptr, false);
  return json.is_discarded() ? Json(nullptr) : json;
}

}  // namespace

std::vector<RunFile> run_files(const Store& store) {
  std::vector<RunFile> runs;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(store.path() / ".ravine" / "runs", failure)) {
    if (entry.path().extension() != ".json") continue;
    runs.push_back({entry.path().filename().string(), read_json(entry.path())});
  }
  std::sort(runs.begin(), runs.end(), [](const RunFile& a, const RunFile& b) { return a.name < b.name; });
  return runs;
}

std::string run_text(const RunFile& run) {
  if (!run.content.is_object()) return fmt::format("{}: not readable", run.name);
  const Json& note = run.content;
  std::string text =
      fmt::format("{}  {} on {} (process {}, {} threads)", text_of(note, "start"), text_of(note, "outcome"),
                  text_of(note, "host"), text_of(note, "pid"), text_of(note, "threads"));
  if (note.contains("tiles_written")) {
    text += fmt::format(", {} tiles in {} s", text_of(note, "tiles_written"), text_of(note, "seconds"));
  }
  return text + ": " + text_of(note, "command_line");
}

}  // namespace ravine::cli
