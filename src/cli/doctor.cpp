// `ravine doctor`: what of this machine can be used, what can't, and why.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/text.hpp"
#include "cpu/loops.hpp"
#include "engine/backend.hpp"
#include "engine/thread_pool.hpp"
#include "kernels/devices.hpp"
#include "kernels/lazy_libraries.hpp"
#include "ravine/error.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

struct DoctorArguments {
  bool json = false;
};

/// The processor's loops. An odd RAVINE_SIMD is reported here, not a reason to report nothing.
struct Simd {
  std::string_view level;  ///< in use; empty if none can be
  std::string reason;      ///< why none can be, with the fix
};

struct Findings {
  Simd simd;
  cuda::CudaStatus cuda;
  std::vector<cuda::LibraryStatus> libraries;
  std::optional<BackendChoice> automatic;  ///< what --backend auto takes; nothing without a level
};

Simd find_simd() {
  try {
    return {cpu::active_level().name, {}};
  } catch (const UsageError& error) {
    return {{}, error.what()};
  }
}

Findings examine() {
  Findings findings{find_simd(), cuda::cuda_status(), cuda::library_status(), std::nullopt};
  if (findings.simd.reason.empty()) findings.automatic = choose_backend(Backend::automatic, findings.cuda);
  return findings;
}

std::string compiler() {
#ifdef __clang__
  return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

// Text.

std::string row(std::string_view label, std::string_view text) {
  return fmt::format("  {:<12}{}\n", label, text);
}

/// The fix gets a line of its own: people copy it.
std::string row_with_fix(std::string_view label, std::string_view text, std::string_view fix) {
  return row(label, text) + row("", fmt::format("fix: {}", fix));
}

std::string build_text(const Findings& findings) {
  const std::string& toolkit = findings.cuda.built_with;
  return "build\n" + row("version", fmt::format("{}, model {}", version, model_version)) + row("compiler", compiler()) +
         row("cuda", toolkit.empty() ? "built without CUDA" : "built with CUDA " + toolkit);
}

std::string cpu_text(const Findings& findings) {
  const std::string level =
      findings.simd.reason.empty() ? std::string(findings.simd.level) : "not usable: " + findings.simd.reason;
  const std::string available = fmt::format("available: {}", fmt::join(cpu::available_levels(), ", "));
  return "cpu\n" + row("simd", fmt::format("{} ({})", level, available)) +
         row("threads", fmt::format("{}", ThreadPool::available()));
}

std::string device_text(const cuda::DeviceInfo& device) {
  const std::string label = fmt::format("device {}", device.ordinal);
  const std::string state = fmt::format("{}, {}", device.name, name_of(device.state));
  std::string text = device.state == cuda::DeviceState::usable
                         ? row(label, state)
                         : row_with_fix(label, fmt::format("{}: {}", state, device.reason), device.fix);
  text += row("", fmt::format("compute capability {}.{}, {} multiprocessors, at {}", device.major, device.minor,
                              device.multiprocessors, device.bus));
  return text + row("", fmt::format("{} of memory, {} free, error correction {}, compute mode {}",
                                    human_bytes(device.memory_total), human_bytes(device.memory_free),
                                    device.error_correction, device.compute_mode));
}

std::string cuda_text(const cuda::CudaStatus& cuda) {
  const auto or_none = [](const std::string& text) { return text.empty() ? "none" : text; };
  std::string text = "cuda\n" + row("runtime", or_none(cuda.runtime_version)) +
                     row("driver", cuda.driver_version.empty() ? "none" : "serves CUDA " + cuda.driver_version);
  for (const cuda::DeviceInfo& device : cuda.devices) text += device_text(device);
  // Where there are devices, each has said what is wrong with it.
  return cuda.devices.empty() ? text + row_with_fix("devices", "none: " + cuda.reason, cuda.fix) : text;
}

std::string libraries_text(const std::vector<cuda::LibraryStatus>& libraries) {
  std::string text;
  for (const cuda::LibraryStatus& library : libraries) {
    text += library.reason.empty() ? row(library.name, fmt::format("{} from {}", library.version, library.path))
                                   : row_with_fix(library.name, "not usable: " + library.reason, library.fix);
  }
  return text.empty() ? text : "libraries\n" + text;
}

std::string doctor_text(const Findings& findings) {
  std::string text = build_text(findings) + cpu_text(findings) + cuda_text(findings.cuda) +
                     libraries_text(findings.libraries) + "backend\n";
  if (!findings.automatic) return text + row("auto", "not usable: " + findings.simd.reason);
  return text + row("auto", fmt::format("{} ({})", findings.automatic->device, findings.automatic->reason));
}

// JSON.

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json device_json(const cuda::DeviceInfo& device) {
  Json json = Json::object();
  json["ordinal"] = device.ordinal;
  json["name"] = device.name;
  json["bus"] = device.bus;
  json["state"] = name_of(device.state);
  json["reason"] = text_or_null(device.reason);
  json["fix"] = text_or_null(device.fix);
  json["compute_capability"] = fmt::format("{}.{}", device.major, device.minor);
  json["multiprocessors"] = device.multiprocessors;
  json["memory_total"] = device.memory_total;
  json["memory_free"] = device.memory_free;
  json["error_correction"] = device.error_correction;
  json["compute_mode"] = device.compute_mode;
  return json;
}

Json cuda_json(const cuda::CudaStatus& cuda) {
  Json json = Json::object();
  json["usable"] = cuda.reason.empty();
  json["reason"] = text_or_null(cuda.reason);
  json["fix"] = text_or_null(cuda.fix);
  json["runtime"] = text_or_null(cuda.runtime_version);
  json["driver"] = text_or_null(cuda.driver_version);
  json["devices"] = Json::array();
  for (const cuda::DeviceInfo& device : cuda.devices) json["devices"].push_back(device_json(device));
  return json;
}

Json library_json(const cuda::LibraryStatus& library) {
  Json json = Json::object();
  json["name"] = library.name;
  json["soname"] = library.soname;
  json["override"] = library.variable;
  json["usable"] = library.reason.empty();
  json["path"] = text_or_null(library.path);
  json["version"] = text_or_null(library.version);
  json["reason"] = text_or_null(library.reason);
  json["fix"] = text_or_null(library.fix);
  return json;
}

Json backend_json(const Findings& findings) {
  if (!findings.automatic) return {{"auto", nullptr}, {"device", nullptr}, {"reason", findings.simd.reason}};
  const BackendChoice& choice = *findings.automatic;
  return {{"auto", name_of(choice.backend)}, {"device", choice.device}, {"reason", choice.reason}};
}

Json doctor_json(const Findings& findings) {
  Json json = Json::object();
  json["command"] = "doctor";
  json["build"] = {{"version", version},
                   {"model_version", model_version},
                   {"compiler", compiler()},
                   {"cuda", text_or_null(findings.cuda.built_with)}};
  json["cpu"] = {{"simd", text_or_null(findings.simd.level)},
                 {"simd_reason", text_or_null(findings.simd.reason)},
                 {"simd_available", cpu::available_levels()},
                 {"threads", ThreadPool::available()}};
  json["cuda"] = cuda_json(findings.cuda);
  json["libraries"] = Json::array();
  for (const cuda::LibraryStatus& library : findings.libraries) json["libraries"].push_back(library_json(library));
  json["backend"] = backend_json(findings);
  return json;
}

ExitCode doctor(const DoctorArguments& arguments, Context& context) {
  const Findings findings = examine();
  context.console.print(arguments.json ? printed(doctor_json(findings)) : doctor_text(findings));
  return ExitCode::done;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& action) {
  const auto command = add_command<DoctorArguments>(app, action, "doctor", doctor);
  describe(
      *command.app, "say what of this machine can be used: processor, devices, libraries; why not, and the fix",
      "Begins work on every CUDA device and opens every library, as a run would. Leaves with 0 whatever it finds.");
  add_json(*command.app, command.arguments->json);
}

}  // namespace ravine::cli
