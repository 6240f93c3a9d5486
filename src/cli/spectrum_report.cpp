#include "cli/spectrum_report.hpp"

#include <fmt/format.h>

#include <array>

#include "cli/text.hpp"
#include "ravine/version.hpp"

namespace ravine::cli {

namespace {

/// What the store says of itself.
Json attributes_of(const SpectrumReport& report) {
  return Json::parse(report.frozen.store.attributes());
}

/// As the table of optimal parameters names it.
std::string words_of(Method method) {
  return method == Method::heavy_ball ? "heavy ball" : "gradient descent";
}

std::string number_or(const std::optional<double>& value, const std::string& otherwise) {
  return value ? fmt::format("{}", *value) : otherwise;
}

Json number_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string row(const std::string& label, const std::string& value) {
  return fmt::format("  {:<18}{}\n", label, value);
}

std::string plural(std::int64_t count, const std::string& one, const std::string& many) {
  return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

std::string head_text(const SpectrumReport& report, const Json& attributes) {
  const auto n = attributes.at("n").get<std::int64_t>();
  const auto nonzeros = attributes.at("nonzeros").get<std::int64_t>();
  const auto components = attributes.at("components").get<std::int64_t>();
  std::string text = fmt::format("spectrum of {}\n", report.spec);
  text += row("problem", attributes.at("title").get<std::string>());
  text += row("matrix", fmt::format("{0} x {0}, {1}, {2}", grouped(n), plural(nonzeros, "nonzero", "nonzeros"),
                                    plural(components, "connected component", "connected components")));
  text += row("eigenvalues", fmt::format("{}{}", grouped(report.conditioning.computed),
                                         report.conditioning.computed == n ? ", all" : ", at the ends"));
  return text + row("solver", attributes.at("solver").get<std::string>());
}

std::string checks_text(const Json& attributes) {
  const Json& checks = attributes.at("checks");
  std::string figures;
  for (const char* const name : {"residual", "orthogonality", "trace", "frobenius"}) {
    if (checks.at(name).is_null()) continue;
    figures += fmt::format("{}{} {:.1e}", figures.empty() ? "" : ", ", name, checks.at(name).get<double>());
  }
  if (figures.empty()) return row("checks", "order");
  return row("checks", fmt::format("{}; each below {:.1e}", figures, checks.at("tolerance").get<double>()));
}

/// Of a condition number that is none.
std::string kappa_words(const Conditioning& found) {
  if (found.kernel > 0) return "infinite: A is singular";
  return found.zeros > 0 ? "infinite, for all that can be told: lambda_1 may be zero" : "not known";
}

std::string conditioning_text(const Conditioning& found) {
  std::string text = "conditioning\n";
  text += row("lambda_1", number_or(found.lambda_1, "not computed"));
  if (found.size > 1) text += row("lambda_2", number_or(found.lambda_2, "not computed"));
  text += row("lambda_n", number_or(found.lambda_n, "not computed"));
  if (found.smallest_nonzero && found.smallest_nonzero != found.lambda_1) {
    text += row("smallest nonzero", fmt::format("{}", *found.smallest_nonzero));
  }
  if (found.negatives > 0) {
    text += row("negative",
                fmt::format("{}: A is not positive semidefinite, every method with alpha > 0 diverges along them",
                            plural(found.negatives, "eigenvalue", "eigenvalues")));
    return text;
  }
  if (found.bound && *found.bound > 1e-12 * *found.smallest_nonzero) {
    text += row("", fmt::format("{} is known to within {:.1e}, {:.1e} of itself",
                                found.smallest_nonzero == found.lambda_1 ? "lambda_1" : "the smallest nonzero",
                                *found.bound, *found.bound / *found.smallest_nonzero));
  }
  text += row("kappa", number_or(found.kappa, kappa_words(found)));
  text += row("kappa_nonzero", number_or(found.kappa_nonzero, "not known"));
  if (found.zeros > 0) {
    text += row("zero", fmt::format("{}{}", plural(found.zeros, "eigenvalue", "eigenvalues"),
                                    found.zeros == found.kernel ? ", known to be" : ", or too close to tell"));
  }
  return text;
}

/// One line of the table of methods.
std::string method_row(const std::array<std::string, 7>& cells) {
  return fmt::format("  {:<18}{:<24}{:<24}{:<22}{:<22}{:<12}{}", cells[0], cells[1], cells[2], cells[3], cells[4],
                     cells[5], cells[6]);
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string optimal_text(const Conditioning& found) {
  if (found.optimal.empty()) return "";
  std::string text = fmt::format("optimal parameters on [{}, {}]\n", *found.smallest_nonzero, *found.lambda_n);
  text += trimmed(method_row({"method", "alpha", "beta", "gamma", "rate", "1 - rate", "steps to 1e-6"}));
  const auto cell = [](const std::optional<double>& value) { return number_or(value, "-"); };
  for (const OptimalMethod& best : found.optimal) {
    text += trimmed(
        method_row({std::string(best.name), fmt::format("{}", best.alpha), cell(best.beta), cell(best.gamma),
                    fmt::format("{}", best.rate), fmt::format("{:.5g}", best.gap), fmt::format("{}", best.steps)}));
  }
  text += fmt::format("  heavy ball from rest takes {} steps at worst; its error grows {:.4g}-fold before\n",
                      found.from_rest->steps, found.from_rest->peak);
  text += "best cell of a map over the spectrum\n";
  for (const BestOfMap& best : found.best) {
    const std::string beta = best.method == Method::heavy_ball ? fmt::format("{}", best.beta) : "-";
    text += trimmed(method_row({words_of(best.method), fmt::format("{}", best.alpha), beta, "-",
                                fmt::format("{}", best.rate), fmt::format("{:.5g}", best.gap), ""}));
  }
  return text;
}

std::string next_command(const SpectrumReport& report) {
  return "ravine plot " + shell_quoted(report.frozen.store.path().string());
}

Json optimal_json(const Conditioning& found) {
  Json list = Json::array();
  for (const OptimalMethod& best : found.optimal) {
    list.push_back({{"method", best.name},
                    {"alpha", best.alpha},
                    {"beta", number_json(best.beta)},
                    {"gamma", number_json(best.gamma)},
                    {"delta", number_json(best.delta)},
                    {"rate", best.rate},
                    {"gap", best.gap},
                    {"steps", best.steps}});
  }
  return list;
}

Json best_json(const Conditioning& found) {
  Json list = Json::array();
  for (const BestOfMap& best : found.best) {
    list.push_back({{"method", words_of(best.method)},
                    {"alpha", best.alpha},
                    {"beta", best.method == Method::heavy_ball ? Json(best.beta) : Json(nullptr)},
                    {"rate", best.rate},
                    {"gap", best.gap}});
  }
  return list;
}

}  // namespace

std::string spectrum_text(const SpectrumReport& report) {
  const Json attributes = attributes_of(report);
  std::string text = head_text(report, attributes) + checks_text(attributes);
  text += conditioning_text(report.conditioning) + optimal_text(report.conditioning);
  if (!attributes.at("notes").empty()) text += "notes\n";
  for (const Json& note : attributes.at("notes")) text += fmt::format("  {}\n", note.get<std::string>());
  return text + fmt::format("store: {}{}\nnext: {}\n", report.frozen.store.path().string(),
                            report.frozen.computed ? "" : " (frozen before)", next_command(report));
}

Json spectrum_json(const SpectrumReport& report) {
  const Json attributes = attributes_of(report);
  const Conditioning& found = report.conditioning;
  Json json = Json::object();
  json["command"] = "spectrum";
  json["version"] = version;
  json["spec"] = report.spec;
  json["store"] = report.frozen.store.path().string();
  json["identity"] = report.frozen.store.identity();
  json["computed"] = report.frozen.computed;
  for (const char* const key : {"title", "kind", "n", "nonzeros", "components", "kernel"})
    json[key] = attributes.at(key);
  json["eigenvalues"] = found.computed;
  json["lambda_1"] = number_json(found.lambda_1);
  json["lambda_2"] = number_json(found.lambda_2);
  json["lambda_n"] = number_json(found.lambda_n);
  json["smallest_nonzero"] = number_json(found.smallest_nonzero);
  json["bound"] = number_json(found.bound);
  json["zeros"] = found.zeros;
  json["negatives"] = found.negatives;
  json["zero_tolerance"] = attributes.at("zero_tolerance");
  json["kappa"] = number_json(found.kappa);
  json["kappa_nonzero"] = number_json(found.kappa_nonzero);
  json["residual"] = attributes.at("checks").at("residual");
  json["checks"] = attributes.at("checks");
  json["solver"] = attributes.at("solver");
  json["optimal"] = optimal_json(found);
  json["heavy_ball_from_rest"] =
      found.from_rest ? Json({{"steps", found.from_rest->steps}, {"peak", found.from_rest->peak}}) : Json(nullptr);
  json["best_of_map"] = best_json(found);
  json["notes"] = attributes.at("notes");
  json["next"] = next_command(report);
  return json;
}

}  // namespace ravine::cli
