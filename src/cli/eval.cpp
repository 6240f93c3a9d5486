// `ravine eval`: a table of cells in, the same rows with the values out.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "io/data_files.hpp"
#include "io/messages.hpp"
#include "ravine/engine.hpp"
#include "ravine/error.hpp"

namespace ravine::cli {

namespace {

struct EvalArguments {
  std::string method;
  std::string quantities;
  std::string precision = "float64";
  std::string points;
};

/// Those of a point: of rates.
std::vector<std::string> names_of_quantities() {
  std::vector<std::string> names;
  for (const QuantityInfo& info : all_quantities()) {
    if (info.kind == Kind::rate) names.emplace_back(info.name);
  }
  return names;
}

Quantity parse_quantity(const std::string& name) {
  const std::optional<Quantity> quantity = quantity_named(name);
  if (quantity && info_of(*quantity).kind == Kind::rate) return *quantity;
  const std::vector<std::string> known = names_of_quantities();
  throw UsageError(
      fmt::format("--quantities: found {}; wanted {}{}", in_quotes(name), one_of(known), did_you_mean(name, known)));
}

std::vector<Quantity> parse_quantities(const std::string& list) {
  std::vector<Quantity> quantities;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const Quantity quantity = parse_quantity(list.substr(begin, end - begin));
    if (std::find(quantities.begin(), quantities.end(), quantity) != quantities.end()) {
      throw UsageError(fmt::format("--quantities: found \"{}\" twice; wanted each once", name_of(quantity)));
    }
    quantities.push_back(quantity);
    begin = end + 1;
  }
  return quantities;
}

CsvTable read_table(const EvalArguments& arguments, const std::vector<std::string>& wanted) {
  if (arguments.points != "-") return read_csv_table(arguments.points, wanted);
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  return parse_csv_table(text, "<standard input>", wanted);
}

CellTable take_cells(CsvTable& table, const std::vector<std::string>& wanted) {
  CellTable cells;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    std::vector<double>& column = wanted[k] == "alpha" ? cells.alpha : wanted[k] == "beta" ? cells.beta : cells.lambda;
    column = std::move(table.columns[k]);
  }
  // Gradient descent is heavy ball without momentum.
  if (cells.beta.empty()) cells.beta.assign(cells.alpha.size(), 0.0);
  return cells;
}

/// Rounding to float32 must not make an infinity of a number.
void refuse_overflow(const std::vector<double>& column, const char* name) {
  constexpr double largest = std::numeric_limits<float>::max();
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (std::isfinite(static_cast<float>(column[row]))) continue;
    throw DataError(fmt::format("row {} of the points: found {} = {}; wanted at most {:.9g} in size for float32",
                                row + 1, name, column[row], largest));
  }
}

/// The new column's name: the quantity's, apart from any column that is there already.
std::string column_name(Quantity quantity, const std::vector<std::string>& taken) {
  std::string name(name_of(quantity));
  while (std::find(taken.begin(), taken.end(), name) != taken.end()) name = "ravine_" + name;
  return name;
}

std::string value_text(Quantity quantity, Precision precision, double value) {
  if (quantity == Quantity::regime) return std::string(code_names(quantity)[static_cast<std::size_t>(value)]);
  return precision == Precision::float32 ? fmt::format("{:.9g}", value) : fmt::format("{:.17g}", value);
}

std::string joined(const std::vector<std::string>& fields) {
  std::string text;
  for (std::size_t k = 0; k < fields.size(); ++k) text += (k == 0 ? "" : ",") + fields[k];
  return text;
}

/// Prints the table as read, with a column more per quantity.
void print_table(Console& console, const CsvTable& table, const std::vector<std::vector<std::string>>& results) {
  std::string header = joined(table.header);
  for (const std::vector<std::string>& column : results) header += "," + column.front();
  console.print(header + "\n");
  for (std::size_t row = 0; row < table.rows.size() && !console.output_closed(); ++row) {
    std::string line = joined(table.rows[row]);
    for (const std::vector<std::string>& column : results) line += "," + column[row + 1];
    console.print(line + "\n");
  }
}

ExitCode eval(const EvalArguments& arguments, Context& context) {
  const Precision precision = *precision_named(arguments.precision);
  const std::vector<Quantity> quantities = parse_quantities(arguments.quantities);
  std::vector<std::string> wanted = {"alpha", "beta", "lambda"};
  if (arguments.method == name_of(Method::gradient_descent)) wanted = {"alpha", "lambda"};
  CsvTable table = read_table(arguments, wanted);
  const CellTable cells = take_cells(table, wanted);
  if (precision == Precision::float32) {
    refuse_overflow(cells.alpha, "alpha");
    refuse_overflow(cells.beta, "beta");
    refuse_overflow(cells.lambda, "lambda");
  }
  std::vector<std::vector<std::string>> results;  // per quantity: the column's name, then its fields
  std::vector<std::string> taken = table.header;
  for (const Quantity quantity : quantities) {
    taken.push_back(column_name(quantity, taken));
    std::vector<std::string>& column = results.emplace_back(1, taken.back());
    for (const double value : evaluate(quantity, precision, cells)) {
      column.push_back(value_text(quantity, precision, value));
    }
  }
  print_table(context.console, table, results);
  return ExitCode::done;
}

}  // namespace

void add_eval_command(CLI::App& app, Action& action) {
  const auto command = add_command<EvalArguments>(app, action, "eval", eval);
  EvalArguments& arguments = *command.arguments;
  describe(
      *command.app, "evaluate a table of cells: the same rows come out, with the values in new columns",
      "POINTS is a CSV file whose header has alpha, lambda and, but for gradient-descent, beta; other columns are\n"
      "kept as they are. Numbers come out with 17 significant digits, 9 for float32; a regime by its name. Where the\n"
      "table has a column of a quantity's name already, the new column is called ravine_NAME, such as ravine_rate.");
  add_choice(*command.app, {"--method", "NAME", "heavy-ball or gradient-descent", required},
             {"heavy-ball", "gradient-descent"}, [&arguments](const std::string& name) { arguments.method = name; });
  add_text(
      *command.app,
      {"--quantities", "LIST", fmt::format("one or more, with commas: {}", joined(names_of_quantities())), required},
      [&arguments](const std::string& text) { arguments.quantities = text; });
  add_choice(*command.app,
             {"--precision", "NAME", "float64 or float32; inputs are rounded to it once (default: float64)"},
             {"float64", "float32"}, [&arguments](const std::string& name) { arguments.precision = name; });
  add_text(*command.app, {"POINTS", "FILE", "the table, a CSV file; - reads the standard input", required},
           [&arguments](const std::string& text) { arguments.points = text; });
}

}  // namespace ravine::cli
