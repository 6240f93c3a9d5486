#include "io/spec_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/data_files.hpp"
#include "io/files.hpp"
#include "io/messages.hpp"
#include "io/spec_section.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace detail {
namespace {

constexpr std::int64_t most_vertices = INT32_MAX;

/// The [problem] table, of which each form takes its own keys.
class ProblemTable {
 public:
  explicit ProblemTable(const SpecFile& spec_file)
      : file(spec_file),
        section_(spec_file, "problem",
                 {"matrix", "graph",     "rosenbrock", "regression",  "file",  "n",        "sides",
                  "parts",  "dimension", "degree",     "probability", "seed",  "operator", "distinguished",
                  "mask",   "kappa",     "x",          "y",           "steps", "b",        "w0"}) {}

  /// Rejects the keys that `form` does not have.
  void check_form(const char* form, std::vector<std::string> keys) const {
    keys.emplace_back(form);
    keys.emplace_back("w0");
    for (const auto& [key, value] : *file.root().get("problem")->as_table()) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      file.fail(key.source(), fmt::format("the key {} beside {}", in_quotes(key.str()), in_quotes(form)), one_of(keys));
    }
  }

  [[nodiscard]] const toml::node* get(const char* key) const { return section_.get(key); }
  [[nodiscard]] const toml::node& needed(const char* key, const std::string& use) const {
    return section_.needed(key, use);
  }
  [[nodiscard]] std::string text(const char* key, const std::string& use) const {
    std::string value = file.string_at(needed(key, use), section_.path_of(key));
    if (value.empty()) file.fail_at(needed(key, use), fmt::format("{} to be {}", section_.path_of(key), use));
    return value;
  }
  [[nodiscard]] std::string text_or(const char* key, const std::string& otherwise) const {
    return get(key) == nullptr ? otherwise : text(key, "a name");
  }
  [[nodiscard]] std::int64_t integer(const char* key, const std::string& use, std::int64_t least,
                                     std::int64_t most) const {
    return section_.integer(needed(key, use), key, least, most);
  }
  [[nodiscard]] double number(const char* key, const std::string& use, const Domain& domain) const {
    return number_in(file, needed(key, use), section_.path_of(key), domain);
  }
  [[nodiscard]] std::vector<std::int64_t> integers(const char* key, const std::string& use, std::int64_t least) const {
    std::vector<std::int64_t> values;
    for (const toml::node& element : file.array_at(needed(key, use), section_.path_of(key))) {
      const std::int64_t value = file.integer_at(element, fmt::format("every element of {}", section_.path_of(key)));
      if (value < least || value > most_vertices) {
        file.fail_at(element, fmt::format("integers from {} to {}", least, most_vertices));
      }
      values.push_back(value);
    }
    return values;
  }

  const SpecFile& file;

 private:
  Section section_;
};

/// A number for all weights, or `{ file = "...", column = "..." }`.
Weights read_weights(const ProblemTable& table, const char* key) {
  const toml::node* const node = table.get(key);
  if (node == nullptr) return 0.0;
  const std::string name = fmt::format("problem.{}", key);
  if (!node->is_table()) return table.file.number_at(*node, name);
  const toml::table& source = *node->as_table();
  table.file.check_keys(source, {name, {"file", "column"}, {}});
  if (!source.contains("file")) {
    table.file.fail(source.source(), fmt::format("{} without file", name), "a number, or { file = \"weights.npy\" }");
  }
  WeightsFile weights{table.file.string_at(*source.get("file"), name + ".file"), std::nullopt};
  if (const toml::node* const column = source.get("column")) {
    weights.column = table.file.string_at(*column, name + ".column");
  }
  return weights;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const GraphFamily family :
       {GraphFamily::path, GraphFamily::cycle, GraphFamily::grid, GraphFamily::torus, GraphFamily::complete,
        GraphFamily::star, GraphFamily::complete_bipartite, GraphFamily::hypercube, GraphFamily::small_world,
        GraphFamily::random_regular, GraphFamily::random}) {
    names.emplace_back(name_of(family));
  }
  return names;
}

constexpr const char* vertex_count = "the number of vertices";

/// The keys of a family beside `graph`, and its members read from them.
GeneratedGraph read_family(const ProblemTable& table, GraphFamily family, std::vector<std::string>& keys) {
  GeneratedGraph graph;
  graph.family = family;
  const auto take = [&keys](const char* key) {
    keys.emplace_back(key);
    return key;
  };
  switch (family) {
    case GraphFamily::path:
    case GraphFamily::cycle:
    case GraphFamily::complete:
    case GraphFamily::star:
      graph.sizes = {table.integer(take("n"), vertex_count, 1, most_vertices)};
      break;
    case GraphFamily::grid:
    case GraphFamily::torus:
      take("sides");
      // A mask has sides of its own.
      if (table.get("sides") != nullptr || table.get("mask") == nullptr) {
        graph.sizes = table.integers("sides", "the vertices along each side, such as [28, 40]", 1);
      }
      break;
    case GraphFamily::complete_bipartite:
      graph.sizes = table.integers(take("parts"), "the vertices of each part, such as [3, 4]", 1);
      break;
    case GraphFamily::hypercube:
      graph.sizes = {table.integer(take("dimension"), "the number of dimensions", 1, 29)};
      break;
    case GraphFamily::small_world:
    case GraphFamily::random_regular:
    case GraphFamily::random:
      graph.sizes = {table.integer(take("n"), vertex_count, 1, most_vertices)};
      if (family != GraphFamily::random) {
        graph.degree = table.integer(take("degree"), "the neighbours of a vertex", 0, most_vertices);
      }
      if (family != GraphFamily::random_regular) {
        graph.probability = table.number(take("probability"), "that of an edge", from_0_to_1);
      }
      take("seed");
      if (table.get("seed") != nullptr) graph.seed = table.integer("seed", "a number", 0, INT64_MAX);
      break;
  }
  return graph;
}

Operator read_operator(const ProblemTable& table) {
  const std::string name = table.text_or("operator", "laplacian");
  for (const Operator kind : {Operator::laplacian, Operator::colorization}) {
    if (name == name_of(kind)) return kind;
  }
  const std::vector<std::string> known = {"laplacian", "colorization"};
  table.file.fail(table.get("operator")->source(), fmt::format("the unknown operator {}", in_quotes(name)),
                  one_of(known) + did_you_mean(name, known));
}

Distinguished read_distinguished(const ProblemTable& table) {
  const toml::node* const listed = table.get("distinguished");
  const toml::node* const mask = table.get("mask");
  if ((listed == nullptr) == (mask == nullptr)) {
    table.file.fail(table.file.root().get("problem")->source(),
                    listed == nullptr ? "colorization without distinguished vertices" : "both distinguished and mask",
                    "problem.distinguished = [vertices, from 0], or problem.mask = \"picture.pgm\"");
  }
  if (mask != nullptr) return std::filesystem::path(table.text("mask", "a PGM picture"));
  return table.integers("distinguished", "vertices, from 0", 0);
}

GraphProblem read_graph(const ProblemTable& table) {
  GraphProblem problem;
  std::vector<std::string> keys = {"operator"};
  const std::string name = table.text("graph", "a family, or \"file\"");
  if (name == "file") {
    keys.emplace_back("file");
    problem.graph = GraphFile{table.text("file", "a Matrix Market file or a list of edges")};
  } else if (const auto family = graph_family_named(name)) {
    problem.graph = read_family(table, *family, keys);
  } else {
    std::vector<std::string> known = family_names();
    known.emplace_back("file");
    table.file.fail(table.get("graph")->source(), fmt::format("the unknown graph {}", in_quotes(name)),
                    one_of(known) + did_you_mean(name, known));
  }
  problem.kind = read_operator(table);
  if (problem.kind == Operator::colorization) {
    keys.insert(keys.end(), {"distinguished", "mask"});
    problem.distinguished = read_distinguished(table);
  } else {
    keys.emplace_back("b");
    problem.b = read_weights(table, "b");
  }
  table.check_form("graph", keys);
  return problem;
}

RosenbrockProblem read_rosenbrock(const ProblemTable& table) {
  table.check_form("rosenbrock", {"n", "kappa"});
  RosenbrockProblem problem;
  problem.size = table.integer("n", "the number of weights", 1, most_vertices);
  problem.kappa = table.number("kappa", "the condition number of the infinite problem",
                               {[](double value) { return value > 1; }, "above 1"});
  const std::string name = table.text("rosenbrock", "free, pinned or exact");
  for (const RosenbrockEnd end : {RosenbrockEnd::free, RosenbrockEnd::pinned, RosenbrockEnd::exact}) {
    if (name != name_of(end)) continue;
    problem.end = end;
    return problem;
  }
  const std::vector<std::string> known = {"free", "pinned", "exact"};
  table.file.fail(table.get("rosenbrock")->source(), fmt::format("the unknown end {}", in_quotes(name)),
                  one_of(known) + did_you_mean(name, known));
}

RegressionProblem read_regression(const ProblemTable& table) {
  table.check_form("regression", {"x", "y", "degree", "steps"});
  RegressionProblem problem;
  problem.path = table.text("regression", "a .csv file");
  problem.input = table.text_or("x", problem.input);
  problem.output = table.text_or("y", problem.output);
  problem.degree = table.integer("degree", "that of the polynomial", 0, 100);
  if (table.get("steps") != nullptr) problem.steps = table.integers("steps", "steps of gradient descent", 1);
  return problem;
}

Problem read_any(const ProblemTable& table) {
  std::vector<const char*> forms;
  for (const char* const form : {"matrix", "graph", "rosenbrock", "regression"}) {
    if (table.get(form) != nullptr) forms.push_back(form);
  }
  if (forms.size() != 1) {
    table.file.fail(table.file.root().get("problem")->source(),
                    forms.empty() ? "[problem] of no kind" : fmt::format("both {} and {}", forms[0], forms[1]),
                    R"(one of the keys "matrix", "graph", "rosenbrock" or "regression")");
  }
  const std::string_view form = forms.front();
  if (form == "graph") return read_graph(table);
  if (form == "rosenbrock") return read_rosenbrock(table);
  if (form == "regression") return read_regression(table);
  table.check_form("matrix", {"b"});
  return MatrixProblem{table.text("matrix", "a .mtx, .npy or .npz file"), read_weights(table, "b")};
}

std::optional<Extremes> read_values(const SpecFile& file, const Section& section) {
  const toml::node* const node = section.get("values");
  const std::string wanted = "spectrum.values to be \"all\" or a table such as { smallest = 10, largest = 1 }";
  if (node == nullptr || (node->is_string() && node->as_string()->get() == "all")) return std::nullopt;
  if (!node->is_table()) file.fail_at(*node, wanted);
  const toml::table& table = *node->as_table();
  file.check_keys(table, {"spectrum.values", {"smallest", "largest"}, {}});
  Extremes extremes{0, 0};
  if (const auto* count = table.get("smallest")) {
    extremes.smallest = section.integer(*count, "values.smallest", 0, most_vertices);
  }
  if (const auto* count = table.get("largest")) {
    extremes.largest = section.integer(*count, "values.largest", 0, most_vertices);
  }
  if (extremes.smallest + extremes.largest == 0) file.fail(node->source(), "no eigenvalue", wanted);
  return extremes;
}

SpectrumRequest read_request(const SpecFile& file) {
  const Section section(file, "spectrum", {"values", "vectors", "solver"});
  SpectrumRequest request;
  request.extremes = read_values(file, section);
  if (const auto* node = section.get("vectors")) {
    request.vectors = file.boolean_at(*node, "spectrum.vectors") ? Vectors::kept : Vectors::none;
  }
  const toml::node* const node = section.get("solver");
  if (node == nullptr) return request;
  const std::string name = file.string_at(*node, "spectrum.solver");
  std::vector<std::string> known;
  for (const Solver solver : {Solver::automatic, Solver::closed_form, Solver::dense, Solver::sparse}) {
    known.emplace_back(name_of(solver));
    request.solver = solver;
    if (name == name_of(solver)) return request;
  }
  file.fail(node->source(), fmt::format("the unknown solver {}", in_quotes(name)),
            one_of(known) + did_you_mean(name, known));
}

std::filesystem::path read_spectrum_folder(const SpecFile& file) {
  const toml::node* const output = file.root().get("output");
  if (output != nullptr) {
    file.check_keys(file.table_at(*output, "[output]"), {"[output]", {"store", "spectrum"}, {}});
  }
  const toml::node* const node = output == nullptr ? nullptr : output->as_table()->get("spectrum");
  if (node == nullptr) return std::filesystem::path("out") / (file.path().stem().string() + ".spectrum");
  const std::string folder = file.string_at(*node, "output.spectrum");
  if (folder.empty()) file.fail_at(*node, "output.spectrum to name a directory");
  return folder;
}

void add_weights_file(const Weights& weights, std::vector<std::string>& files) {
  if (const auto* const file = std::get_if<WeightsFile>(&weights)) files.push_back(file->path);
}

/// Every file that the spectrum depends on.
std::vector<std::string> input_files(const SpectrumSpec& spec) {
  std::vector<std::string> files;
  if (const auto* const matrix = std::get_if<MatrixProblem>(&spec.problem)) {
    files.push_back(matrix->path);
    add_weights_file(matrix->b, files);
  }
  if (const auto* const graph = std::get_if<GraphProblem>(&spec.problem)) {
    if (const auto* const file = std::get_if<GraphFile>(&graph->graph)) files.push_back(file->path);
    if (const auto* const mask = std::get_if<std::filesystem::path>(&graph->distinguished)) {
      files.push_back(mask->string());
    }
    add_weights_file(graph->b, files);
  }
  if (const auto* const regression = std::get_if<RegressionProblem>(&spec.problem)) files.push_back(regression->path);
  add_weights_file(spec.start, files);
  return files;
}

/// The table's place beside what went wrong with one of its files.
std::vector<InputFile> hashed_inputs(const SpecFile& file, const SpectrumSpec& spec) {
  std::vector<InputFile> inputs;
  for (const std::string& name : input_files(spec)) {
    try {
      inputs.push_back({name, checksum_of(read_data_file(spec.folder / name))});
    } catch (const IoError& error) {
      throw IoError(fmt::format("{}: {}", file.place(file.root().get("problem")->source()), error.what()));
    }
  }
  return inputs;
}

}  // namespace

SpectrumSpec read_problem(const SpecFile& file) {
  if (file.root().get("problem") == nullptr) {
    file.fail(file.root().source(), "no [problem]", "a table [problem] with a matrix, a graph or a data set");
  }
  const ProblemTable table(file);
  SpectrumSpec spec;
  spec.problem = read_any(table);
  spec.start = read_weights(table, "w0");
  spec.request = read_request(file);
  spec.folder = file.path().parent_path();
  spec.store = read_spectrum_folder(file);
  spec.inputs = hashed_inputs(file, spec);
  const toml::node* const request = file.root().get("spectrum");
  spec.problem_place = file.place(file.root().get("problem")->source());
  spec.request_place = request == nullptr ? spec.problem_place : file.place(request->source());
  return spec;
}

}  // namespace detail

SpectrumSpec read_spectrum_spec(const std::filesystem::path& path) {
  return detail::read_problem(detail::SpecFile(path));
}

void require_unchanged(const SpectrumSpec& spec) {
  for (const InputFile& input : spec.inputs) {
    const std::filesystem::path path = spec.folder / input.path;
    if (detail::checksum_of_file(path) == input.hash) continue;
    throw DataError(
        fmt::format("{}: found another content than when the spec was read; wanted a file that does not "
                    "change while its spectrum is computed: try again",
                    path.string()));
  }
}

}  // namespace ravine
