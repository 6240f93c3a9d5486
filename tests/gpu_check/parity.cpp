#include "parity.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "ensemble_cases.hpp"
#include "io/data_files.hpp"
#include "ravine/error.hpp"

namespace ravine::gpu_check {
namespace {

using Clock = std::chrono::steady_clock;

const char* const prefix = "parity: ";

CellTable read_rows(const std::filesystem::path& csv) {
  CsvTable table = read_csv_table(csv, {"alpha", "beta", "lambda"});
  return {std::move(table.columns[0]), std::move(table.columns[1]), std::move(table.columns[2])};
}

Check check_adversarial(const ParityPlan& plan, const Backends& backends) {
  const CaseGroup no_rows = adversarial_maps(plan.sizes, {});
  if (plan.oracle.empty()) return skipped(prefix + no_rows.name, "no folder of oracle tables is given (--oracle)");
  try {
    const CellTable rows = read_rows(plan.oracle / "rate_map_adversarial.csv");
    return check_maps(adversarial_maps(plan.sizes, rows), backends);
  } catch (const Error& error) {
    return failed(prefix + no_rows.name, error.what());
  }
}

using Compare = Comparison (*)(const MapCase& map, const Backends& backends);

Check check_group(const CaseGroup& group, const Backends& backends, Compare compare) {
  const auto start = Clock::now();
  std::int64_t cells = 0;
  std::int64_t bytes = 0;
  std::string notes;
  std::string problems;
  for (const MapCase& map : group.maps) {
    try {
      const Comparison compared = compare(map, backends);
      cells += compared.cells;
      bytes += compared.bytes;
      for (const std::string& note : compared.notes) notes += fmt::format("; {}: {}", map.name, note);
      for (const std::string& difference : compared.differences) problems += difference + "\n";
    } catch (const Error& error) {
      problems += fmt::format("{}: {}\n", map.name, error.what());
    }
    if (!problems.empty()) break;
  }
  const std::string name = prefix + group.name;
  Check check = problems.empty() ? passed(name, fmt::format("{} maps, {} cells, {} bytes, all summaries{}",
                                                            group.maps.size(), short_count(static_cast<double>(cells)),
                                                            short_count(static_cast<double>(bytes)), notes))
                                 : failed(name, std::move(problems));
  check.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return check;
}

}  // namespace

Check check_maps(const CaseGroup& group, const Backends& backends) {
  return check_group(group, backends, compare_map);
}

Check check_studies(const CaseGroup& group, const Backends& backends) {
  return check_group(group, backends, compare_study);
}

void check_parity(const ParityPlan& plan, const Backends& backends, const std::function<void(Check)>& tell) {
  tell(check_maps(plain_maps(plan.sizes), backends));
  tell(check_maps(padded_maps(plan.sizes), backends));
  tell(check_maps(summarised_maps(plan.sizes), backends));
  tell(check_maps(counted_maps(plan.sizes), backends));
  tell(check_maps(gradient_descent_maps(plan.sizes), backends));
  tell(check_maps(extreme_maps(plan.sizes), backends));
  tell(check_maps(worst_case_maps(plan.sizes, cuda::WorstBy::ends), backends));
  tell(check_maps(worst_case_maps(plan.sizes, cuda::WorstBy::all), backends));
  tell(check_adversarial(plan, backends));
  tell(check_maps(large_maps(plan.sizes), backends));
  tell(check_studies(trajectory_studies(plan.sizes), backends));
  tell(check_studies(noise_studies(plan.sizes), backends));
}

}  // namespace ravine::gpu_check
