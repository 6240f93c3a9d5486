#include "cli/freezing.hpp"

#include <string>

#include "cli/signals.hpp"

namespace ravine::cli {

Frozen freeze_with_notes(const SpectrumSpec& spec, const std::filesystem::path& path, FreezeOptions options,
                         Console& console) {
  const EndOnSignal end("\nravine: error: interrupted while the spectrum was computed; nothing of it is kept\n");
  options.note = [&console](const std::string& text) { console.note(text); };
  return freeze_spectrum(spec, path, options);
}

}  // namespace ravine::cli
