// Eigenvectors: pixels of a grid, the vertices of a drawn graph, or components against their index.

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "plot/chart.hpp"
#include "plot/graph_layout.hpp"
#include "plot/spectrum_figure.hpp"
#include "plot/words.hpp"
#include "ravine/error.hpp"

namespace ravine::detail {
namespace {

constexpr std::int64_t most_vertices = 2000;  ///< of a graph that is drawn with its edges
constexpr std::size_t modes_of_one = 6;
constexpr std::int64_t most_shades = 33;
constexpr double second_line = 20;  ///< above a panel, in pixels
constexpr Rgb edge_color = {0xa0, 0xa0, 0xa0};
constexpr Rgb outline_color = {0x40, 0x40, 0x40};
constexpr Rgb mark_color = {0, 0, 0};

enum class PanelForm { pixels, graph, components };

/// An eigenvector and the panel that it gets.
struct ModePanel {
  std::size_t spectrum;
  std::size_t mode;  ///< number among those stored
  PanelForm form;
};

PanelForm form_of(const DrawnSpectrum& spectrum) {
  const SpectrumStore& store = spectrum.store();
  if (store.has("side") && store.shape("side")[0] == 2) return PanelForm::pixels;
  if (store.has("edge") && spectrum.size() <= most_vertices) return PanelForm::graph;
  return PanelForm::components;
}

std::size_t stored_mode(const DrawnSpectrum& spectrum, std::int64_t position) {
  for (std::size_t k = 0; k < spectrum.count(); ++k) {
    if (spectrum.position(k) == position) return k;
  }
  throw UsageError(fmt::format("--mode: found {}; {} has the eigenvalues {} to {} of the ascending spectrum{}",
                               position, spectrum.store().path().string(), spectrum.position(0),
                               spectrum.position(spectrum.count() - 1),
                               spectrum.whole() ? "" : ", not all of those between"));
}

std::vector<ModePanel> panels_of(const std::vector<DrawnSpectrum>& spectra, std::optional<std::int64_t> mode) {
  std::vector<ModePanel> panels;
  for (std::size_t s = 0; s < spectra.size(); ++s) {
    const PanelForm form = form_of(spectra[s]);
    // Of a spectrum that is zero throughout, the first.
    const std::size_t first = mode ? stored_mode(spectra[s], *mode) : spectra[s].first_above_zero().value_or(0);
    const std::size_t wanted = mode || spectra.size() > 1 ? 1 : modes_of_one;
    for (std::size_t k = first; k < std::min(first + wanted, spectra[s].count()); ++k) {
      panels.push_back({s, k, form});
    }
  }
  return panels;
}

DrawnGraph graph_of(const DrawnSpectrum& spectrum) {
  DrawnGraph graph;
  graph.vertices = spectrum.size();
  const std::vector<std::int64_t> ends = spectrum.store().integers("edge");
  for (std::size_t k = 0; k + 1 < ends.size(); k += 2) graph.edges.push_back({ends[k], ends[k + 1]});
  if (spectrum.store().has("side")) graph.sides = spectrum.store().integers("side");
  return graph;
}

/// The first two eigenvectors above zero, where they are stored and the plane they span is determined.
std::vector<Point> spectral_coordinates(DrawnSpectrum& spectrum) {
  const auto first = spectrum.first_above_zero();
  if (!first || *first + 2 >= spectrum.count() || spectrum.multiplicity(*first + 1) > 2) return {};
  if (spectrum.multiplicity(*first + 1) == 2 && spectrum.multiplicity(*first) == 1) return {};
  if (spectrum.position(*first + 2) != spectrum.position(*first) + 2) return {};
  const std::vector<double> x = spectrum.eigenvector(*first);
  const std::vector<double> y = spectrum.eigenvector(*first + 1);
  std::vector<Point> coordinates;
  for (std::size_t k = 0; k < x.size(); ++k) coordinates.push_back({x[k], y[k]});
  return coordinates;
}

double greatest_size(const std::vector<double>& values) {
  double greatest = 0;
  for (const double value : values) greatest = std::max(greatest, std::abs(value));
  return greatest;
}

/// Blue for −greatest, red for greatest.
double shade_of(double value, double greatest) {
  return greatest > 0 ? (value / greatest + 1) / 2 : 0.5;
}

/// The least and the greatest component of each run of them: peaks stay, however many there are.
std::vector<Point> envelope(const std::vector<double>& vector) {
  constexpr std::size_t most_runs = 1000;
  const std::size_t run = (vector.size() + most_runs - 1) / most_runs;
  std::vector<Point> points;
  for (std::size_t first = 0; first < vector.size(); first += run) {
    const auto begin = vector.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = vector.begin() + static_cast<std::ptrdiff_t>(std::min(first + run, vector.size()));
    auto [low, high] = std::minmax_element(begin, end);
    if (high < low) std::swap(low, high);
    const auto add = [&](auto at) { points.push_back({static_cast<double>(at - vector.begin() + 1), *at}); };
    add(low);
    if (high != low) add(high);
  }
  return points;
}

/// The largest box of `width` to `height` within `room`, in its middle.
Box inside(const Box& room, double width, double height) {
  const double scale = std::min(room.width() / width, room.height() / height);
  const Point middle = {(room.left + room.right) / 2, (room.bottom + room.top) / 2};
  return {std::round(middle.x - width * scale / 2), std::round(middle.y - height * scale / 2),
          std::round(middle.x + width * scale / 2), std::round(middle.y + height * scale / 2)};
}

class EigenvectorFigure {
 public:
  EigenvectorFigure(std::vector<DrawnSpectrum>& spectra, std::optional<std::int64_t> mode)
      : spectra_(spectra), panels_(panels_of(spectra, mode)) {}

  Figure draw() {
    const std::vector<Box> rooms = rooms_in(best_grid());
    for (std::size_t k = 0; k < panels_.size(); ++k) draw_panel(panels_[k], rooms[k]);
    draw_notes();
    return std::move(figure_);
  }

 private:
  [[nodiscard]] bool several_spectra() const { return spectra_.size() > 1; }
  [[nodiscard]] bool has(PanelForm form) const {
    return std::any_of(panels_.begin(), panels_.end(), [form](const ModePanel& panel) { return panel.form == form; });
  }
  [[nodiscard]] bool has_colors() const { return has(PanelForm::pixels) || has(PanelForm::graph); }

  [[nodiscard]] std::vector<std::int64_t> distinguished(const ModePanel& panel) const {
    const SpectrumStore& store = spectra_[panel.spectrum].store();
    return store.has("distinguished") ? store.integers("distinguished") : std::vector<std::int64_t>{};
  }

  [[nodiscard]] std::string mode_words(const ModePanel& panel) const {
    const DrawnSpectrum& spectrum = spectra_[panel.spectrum];
    std::string words =
        fmt::format("mode {}: λ = {}", spectrum.position(panel.mode),
                    spectrum.may_be_zero(panel.mode) ? "0" : number(spectrum.eigenvalue(panel.mode), 4));
    if (spectrum.multiplicity(panel.mode) > 1) words += fmt::format(" ({}-fold)", spectrum.multiplicity(panel.mode));
    if (several_spectra() && spectrum.kappa()) words += fmt::format(", κ = {}", number(*spectrum.kappa(), 4));
    return words;
  }

  /// Of each panel, below its title.
  [[nodiscard]] std::vector<Box> rooms_in(Pixels grid) const {
    std::vector<Box> rooms;
    for (const PanelPlace& place : panel_places(static_cast<int>(panels_.size()), grid)) {
      rooms.push_back(place.box);
      if (several_spectra()) rooms.back().top -= second_line;
    }
    return rooms;
  }

  [[nodiscard]] Box box_of(const ModePanel& panel, const Box& room) const {
    if (panel.form == PanelForm::components) return room;
    if (panel.form == PanelForm::graph) return inside(room, 1, 1);
    const std::vector<std::int64_t> sides = spectra_[panel.spectrum].store().integers("side");
    return inside(room, static_cast<double>(sides[1]), static_cast<double>(sides[0]));
  }

  /// Rows and columns of the panels: where all have a shape of their own, those in which they are largest.
  [[nodiscard]] Pixels best_grid() const {
    const int count = static_cast<int>(panels_.size());
    Pixels best = panel_grid(count);
    if (has(PanelForm::components)) return best;
    double largest = 0;
    for (int columns = count; columns >= 1; --columns) {
      const Pixels grid = {columns, (count + columns - 1) / columns};
      const std::vector<Box> rooms = rooms_in(grid);
      double area = 0;
      for (std::size_t k = 0; k < panels_.size(); ++k) {
        const Box box = box_of(panels_[k], rooms[k]);
        area += box.width() * box.height();
      }
      if (area > largest) best = grid;
      largest = std::max(largest, area);
    }
    return best;
  }

  void draw_panel(const ModePanel& panel, const Box& box) {
    DrawnSpectrum& spectrum = spectra_[panel.spectrum];
    const std::vector<double> vector = spectrum.eigenvector(panel.mode);
    const double greatest = greatest_size(vector);
    Frame frame;
    std::vector<std::string> elements;
    switch (panel.form) {
      case PanelForm::pixels:
        elements = pixel_elements(panel, vector, frame, box);
        break;
      case PanelForm::graph:
        elements = graph_elements(panel, vector, frame, box);
        break;
      case PanelForm::components:
        elements = component_elements(vector, frame, box);
        break;
    }
    const double letter = 8.5;
    const auto room = static_cast<std::size_t>(box.width() / letter);
    const auto above = [&](double pixels, const std::string& text) {
      frame.commands.push_back(label_command(text, {0.5, 1 + pixels / frame.box.height()},
                                             {.size = several_spectra() ? 13 : 14, .align = Align::centre}));
    };
    if (panels_.size() > 1) {
      above(12, mode_words(panel));
      if (several_spectra()) above(12 + second_line, shortened(spectrum.title(), room));
    }
    greatest_ = std::max(greatest_, greatest);
    figure_.add_plot(frame, elements);
  }

  std::vector<std::string> pixel_elements(const ModePanel& panel, const std::vector<double>& vector, Frame& frame,
                                          const Box& box) {
    const std::vector<std::int64_t> sides = spectra_[panel.spectrum].store().integers("side");
    const auto rows = static_cast<std::size_t>(sides[0]);
    const auto columns = static_cast<std::size_t>(sides[1]);
    const double greatest = greatest_size(vector);
    frame.box = box_of(panel, box);
    std::vector<Rgb> pixels;
    for (std::size_t row = rows; row-- > 0;) {  // an image begins below, a grid above
      for (std::size_t column = 0; column < columns; ++column) {
        pixels.push_back(red_blue_color(shade_of(vector[row * columns + column], greatest)));
      }
    }
    std::vector<Point> marks;
    for (const std::int64_t vertex : distinguished(panel)) {
      const auto number = static_cast<std::size_t>(vertex);
      const std::size_t row = number / columns;
      marks.push_back({(static_cast<double>(number % columns) + 0.5) / static_cast<double>(columns),
                       1 - (static_cast<double>(row) + 0.5) / static_cast<double>(rows)});
    }
    std::vector<std::string> elements = {figure_.image({static_cast<int>(columns), static_cast<int>(rows)}, pixels)};
    const double pixel = frame.box.width() / static_cast<double>(columns);
    if (!marks.empty()) elements.push_back(figure_.dots(marks, hex(mark_color), std::clamp(pixel / 40, 0.15, 1.0)));
    return elements;
  }

  std::vector<std::string> graph_elements(const ModePanel& panel, const std::vector<double>& vector, Frame& frame,
                                          const Box& box) {
    frame.box = box_of(panel, box);
    const DrawnGraph graph = graph_of(spectra_[panel.spectrum]);
    GraphLayout layout = lay_out(graph, spectral_coordinates(spectra_[panel.spectrum]));
    layouts_.insert(words_of(layout.layout));
    constexpr double margin = 0.06;
    for (Point& place : layout.places) {
      place = {margin + (1 - 2 * margin) * place.x, margin + (1 - 2 * margin) * place.y};
    }
    std::vector<Polyline> edges;
    for (const auto& [a, b] : graph.edges) {
      edges.push_back({layout.places[static_cast<std::size_t>(a)], layout.places[static_cast<std::size_t>(b)]});
    }
    const double size = std::clamp(frame.box.width() / 26 / std::sqrt(static_cast<double>(graph.vertices)), 0.35, 2.4);
    std::vector<std::string> elements = {figure_.lines(edges, hex(edge_color), 0.8)};
    std::vector<Point> marks;
    for (const std::int64_t vertex : distinguished(panel)) {
      marks.push_back(layout.places[static_cast<std::size_t>(vertex)]);
    }
    if (!marks.empty()) elements.push_back(figure_.dots(marks, hex(mark_color), size + 0.9));
    elements.push_back(figure_.dots(layout.places, hex(outline_color), size + 0.2));
    add_shades(layout.places, vector, size, elements);
    return elements;
  }

  /// Vertices of one colour are one element.
  void add_shades(const std::vector<Point>& places, const std::vector<double>& vector, double size,
                  std::vector<std::string>& elements) {
    std::vector<std::vector<Point>> shades(most_shades);
    const double greatest = greatest_size(vector);
    for (std::size_t k = 0; k < vector.size(); ++k) {
      const double shade = shade_of(vector[k], greatest) * static_cast<double>(most_shades - 1);
      shades[static_cast<std::size_t>(std::lround(shade))].push_back(places[k]);
    }
    for (std::size_t shade = 0; shade < shades.size(); ++shade) {
      if (shades[shade].empty()) continue;
      const Rgb color = red_blue_color(static_cast<double>(shade) / static_cast<double>(most_shades - 1));
      elements.push_back(figure_.dots(shades[shade], hex(color), size));
    }
  }

  std::vector<std::string> component_elements(const std::vector<double>& vector, Frame& frame, const Box& box) {
    constexpr double air = 1.05;
    const double greatest = std::max(greatest_size(vector), 1e-300);
    const Scale x(Scale::Kind::linear, 0, static_cast<double>(vector.size()) + 1);
    const Scale y(Scale::Kind::linear, -air * greatest, air * greatest);
    frame.box = box;
    if (panels_.size() > 1) frame.box.left += 34;  // each has numbers of its own
    if (panels_.size() > 1) frame.box.bottom += 32;
    frame.x_ticks = whole_ticks(x, static_cast<int>(frame.box.width() / 75));
    frame.y_ticks = y.ticks(static_cast<int>(frame.box.height() / 50));
    Polyline line;
    for (const Point& point : envelope(vector)) line.push_back({x.place(point.x), y.place(point.y)});
    const double zero = y.place(0);
    std::vector<std::string> elements = {figure_.lines({{{0, zero}, {1, zero}}}, hex(edge_color), 1)};
    const Rgb color = series_color(0, 1);
    elements.push_back(figure_.lines({line}, hex(color), 1.2));
    if (vector.size() <= 100) elements.push_back(figure_.dots(line, hex(color), 0.55));
    return elements;
  }

  void draw_bar() {
    constexpr int steps = 512;
    std::vector<Rgb> bar;
    for (int k = 0; k < steps; ++k) bar.insert(bar.end(), 2, red_blue_color((k + 0.5) / steps));
    Frame frame;
    frame.box = bar_box;
    frame.y_side = Frame::TickLabels::right;
    const bool alone = panels_.size() == 1;
    const std::string most = alone ? number(greatest_, 3) : "largest";
    frame.y_ticks = {{0, "−" + most}, {0.5, "0"}, {1, most}};
    const std::vector<std::string> elements = {figure_.image({2, steps}, bar)};
    figure_.add_plot(frame, elements);
  }

  void draw_notes() {
    if (has_colors()) draw_bar();
    Legend legend(has_colors() ? bar_box.bottom - 40 : map_box.top - 12);
    if (has_colors() && panels_.size() > 1) add_paragraph(legend, "each panel to the largest size of its components");
    add_paragraph(legend, "the sign of an eigenvector is arbitrary");
    const bool has_multiple = std::any_of(panels_.begin(), panels_.end(), [this](const ModePanel& panel) {
      return spectra_[panel.spectrum].multiplicity(panel.mode) > 1;
    });
    if (has_multiple) add_paragraph(legend, "of a multiple eigenvalue: one of many eigenvectors");
    if (has(PanelForm::pixels)) add_paragraph(legend, "a grid of two sides: a pixel for each vertex");
    for (const std::string_view words : layouts_) add_paragraph(legend, words);
    if (has(PanelForm::components)) add_paragraph(legend, "component against its index");
    const bool has_marks = std::any_of(panels_.begin(), panels_.end(), [this](const ModePanel& panel) {
      return panel.form != PanelForm::components && !distinguished(panel).empty();
    });
    if (has_marks) legend.add_dot(mark_color, "distinguished vertex");
    std::vector<std::string> commands = title_lines(shortened(title(), title_letters), remarks());
    if (has_colors()) commands.push_back(label_command("component", {side_left, bar_box.top + 20}, {.size = 15}));
    legend.draw(figure_, std::move(commands));
  }

  [[nodiscard]] std::string title() const {
    if (several_spectra()) return fmt::format("one eigenvector of each of {} problems", spectra_.size());
    return (panels_.size() > 1 ? "eigenvectors: " : "eigenvector: ") + spectra_.front().title();
  }

  [[nodiscard]] std::vector<std::string> remarks() const {
    if (several_spectra()) return {"κ = λₙ / (smallest λ > 0)"};
    std::vector<std::string> remarks = spectrum_remarks(spectra_.front());
    if (panels_.size() == 1) remarks.insert(remarks.begin(), mode_words(panels_.front()));
    return remarks;
  }

  std::vector<DrawnSpectrum>& spectra_;
  std::vector<ModePanel> panels_;
  Figure figure_;
  std::set<std::string_view> layouts_;
  double greatest_ = 0;
};

}  // namespace

Figure eigenvector_figure(std::vector<DrawnSpectrum>& spectra, std::optional<std::int64_t> mode) {
  return EigenvectorFigure(spectra, mode).draw();
}

}  // namespace ravine::detail
