#include "report.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/thread_pool.hpp"
#include "ravine/version.hpp"

namespace ravine::gpu_check {
namespace {

using Json = nlohmann::ordered_json;

std::string processor_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(std::min(line.find(':') + 2, line.size()));
  }
  return "unknown";
}

std::string kernel_release() {
  utsname names{};
  return uname(&names) == 0 ? fmt::format("{} {}", names.sysname, names.release) : "unknown";
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const cuda::DeviceInfo& device) {
  return {{"ordinal", device.ordinal},
          {"name", device.name},
          {"bus", device.bus},
          {"compute_capability", fmt::format("{}.{}", device.major, device.minor)},
          {"multiprocessors", device.multiprocessors},
          {"memory_total", device.memory_total},
          {"memory_free", device.memory_free},
          {"error_correction", device.error_correction},
          {"compute_mode", device.compute_mode},
          {"state", cuda::name_of(device.state)},
          {"reason", text_or_null(device.reason)}};
}

Json json_of(const cuda::CudaStatus& status) {
  Json json = {{"built_with", text_or_null(status.built_with)},
               {"runtime_version", text_or_null(status.runtime_version)},
               {"driver_version", text_or_null(status.driver_version)},
               {"reason", text_or_null(status.reason)},
               {"fix", text_or_null(status.fix)},
               {"devices", Json::array()}};
  for (const cuda::DeviceInfo& device : status.devices) json["devices"].push_back(json_of(device));
  return json;
}

Json json_of(const Check& check) {
  return {{"name", check.name},
          {"status", name_of(check.status)},
          {"reason", text_or_null(check.reason)},
          {"detail", text_or_null(check.detail)},
          {"seconds", check.seconds}};
}

Json json_of(const Figure& figure) {
  Json json = {{"name", figure.name}, {"value", figure.value}, {"goal", nullptr}, {"met", nullptr}};
  if (figure.goal) {
    const bool at_least = figure.goal->direction == Goal::Direction::at_least;
    json["goal"] = {{at_least ? "at_least" : "at_most", figure.goal->value}};
    json["met"] = !misses_goal(figure);
  }
  return json;
}

Json json_of(const Benchmark& benchmark) {
  const Spread& seconds = benchmark.seconds;
  Json json = {{"name", benchmark.name},
               {"clock", benchmark.clock},
               {"includes", benchmark.includes},
               {"unit", benchmark.unit},
               {"work", benchmark.work},
               {"repetitions", seconds.repetitions()},
               {"seconds",
                {{"least", seconds.least()},
                 {"lower_quartile", seconds.lower_quartile()},
                 {"median", seconds.median()},
                 {"upper_quartile", seconds.upper_quartile()},
                 {"most", seconds.most()}}},
               {"per_second", benchmark.work / seconds.median()},
               {"figures", Json::array()}};
  for (const Figure& figure : benchmark.figures) json["figures"].push_back(json_of(figure));
  return json;
}

std::string text_of(const Figure& figure) {
  std::string text = fmt::format("          {}: {:.4g}", figure.name, figure.value);
  if (!figure.goal) return text + "\n";
  return text + fmt::format(" (goal: at {} {}; {})\n",
                            figure.goal->direction == Goal::Direction::at_least ? "least" : "most", figure.goal->value,
                            misses_goal(figure) ? "MISSED" : "met");
}

}  // namespace

Check judged(Check check, Skips skips) {
  if (check.status == Status::skipped && skips == Skips::failures) {
    check.status = Status::failed;
    check.reason = "skipped, but RAVINE_REQUIRE_GPU is set: " + check.reason;
  }
  return check;
}

Status outcome_of(const std::vector<Check>& checks) {
  const auto has = [&checks](Status status) {
    return std::any_of(checks.begin(), checks.end(), [status](const Check& check) { return check.status == status; });
  };
  if (has(Status::failed)) return Status::failed;
  return has(Status::passed) ? Status::passed : Status::skipped;
}

std::string json_text(const Report& report) {
  Json json = {{"format", 1},
               {"outcome", name_of(outcome_of(report.checks))},
               {"date", report.date},
               {"version", version},
               {"model_version", model_version},
               {"commit", report.commit},
               {"command_line", report.command_line},
               {"size", report.size},
               {"host",
                {{"system", kernel_release()},
                 {"processor", processor_model()},
                 {"processors", ThreadPool::available()},
                 {"threads", report.threads},
                 {"simd", report.simd}}},
               {"cuda", json_of(report.cuda)},
               {"devices_used", report.devices},
               {"checks", Json::array()},
               {"benchmarks", Json::array()}};
  for (const Check& check : report.checks) json["checks"].push_back(json_of(check));
  for (const Benchmark& benchmark : report.benchmarks) json["benchmarks"].push_back(json_of(benchmark));
  return json.dump(2) + "\n";
}

std::string line_of(const Check& check) {
  const std::string& text = check.reason.empty() ? check.detail : check.reason;
  return fmt::format("{:<8}  {} ({:.1f} s): {}\n", name_of(check.status), check.name, check.seconds, text);
}

std::string line_of(const Benchmark& benchmark) {
  const Spread& seconds = benchmark.seconds;
  std::string text =
      fmt::format("measured  {}: {} {}/s; {:.4g} ms ({:.4g} .. {:.4g}), {} repetitions, {}\n", benchmark.name,
                  short_count(benchmark.work / seconds.median()), benchmark.unit, seconds.median() * 1e3,
                  seconds.least() * 1e3, seconds.most() * 1e3, seconds.repetitions(), benchmark.clock);
  for (const Figure& figure : benchmark.figures) text += text_of(figure);
  return text;
}

std::string heading(const Report& report) {
  std::string text =
      fmt::format("ravine {} (model {}, commit {}), {}\n", version, model_version, report.commit, report.date);
  text += fmt::format("cpu: {}, {} threads at {}\n", processor_model(), report.threads, report.simd);
  const auto known = [](const std::string& v) { return v.empty() ? std::string("none") : v; };
  text += fmt::format("cuda: built with {}, runtime {}, driver {}\n", known(report.cuda.built_with),
                      known(report.cuda.runtime_version), known(report.cuda.driver_version));
  for (const cuda::DeviceInfo& device : report.cuda.devices) {
    const bool used = std::find(report.devices.begin(), report.devices.end(), device.ordinal) != report.devices.end();
    text += fmt::format("device {}: {}, {}.{}, {}B, {}{}\n", device.ordinal, device.name, device.major, device.minor,
                        short_count(static_cast<double>(device.memory_total)), cuda::name_of(device.state),
                        used ? "" : ", not used");
  }
  if (report.size != "full") text += fmt::format("sizes: {}, so the figures mean nothing\n", report.size);
  if (!report.cuda.reason.empty()) {
    text += fmt::format("no usable GPU: {}\n  fix: {}\n", report.cuda.reason, report.cuda.fix);
  }
  return text;
}

std::string closing(const Report& report) {
  std::array<int, 3> counts{};
  for (const Check& check : report.checks) ++counts[static_cast<std::size_t>(check.status)];
  return fmt::format("outcome: {} ({} passed, {} failed, {} skipped)\n", name_of(outcome_of(report.checks)), counts[0],
                     counts[1], counts[2]);
}

std::string date_of_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

}  // namespace ravine::gpu_check
