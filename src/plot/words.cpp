#include "plot/words.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include <fmt/format.h>

#include "ravine/summary.hpp"

namespace ravine::detail {
namespace {

std::string superscript(int value) {
  constexpr std::array<std::string_view, 10> digits = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text;
  for (const char c : std::to_string(value)) {
    text += c == '-' ? std::string_view("⁻") : digits[static_cast<std::size_t>(c - '0')];
  }
  return text;
}

/// The hyphen that numbers are printed with, as the minus sign they mean.
std::string with_minus(std::string text) {
  if (!text.empty() && text.front() == '-') text.replace(0, 1, "−");
  return text;
}

/// A long name without what it says of the value that stands for none.
std::string without_code(std::string_view long_name) {
  return std::string(long_name.substr(0, long_name.find(", -1")));
}

}  // namespace

std::string symbol_of(std::string_view axis) {
  if (axis == "alpha") return "α";
  if (axis == "beta") return "β";
  if (axis == "lambda") return "λ";
  return std::string(axis);
}

std::string axis_label(std::string_view axis) {
  if (axis == "alpha") return "step size α (1/curvature)";
  if (axis == "beta") return "momentum β (dimensionless)";
  if (axis == "lambda") return "eigenvalue λ (curvature)";
  return std::string(axis);
}

std::string words_of(Method method) {
  switch (method) {
    case Method::heavy_ball:
      return "heavy ball";
    case Method::gradient_descent:
      return "gradient descent";
  }
  return std::string(name_of(method));
}

std::string words_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::rate:
      return "convergence rate max|σ|";
    case Quantity::gap:
      return "spectral gap 1 − max|σ|";
    case Quantity::regime:
      return "regimes of convergence";
    case Quantity::loss:
      return "loss f − f*";
    case Quantity::loss_parts:
      return "loss f − f* by eigenvalue, λx²/2 each";
    case Quantity::x:
      return "error x along each eigenvector";
    case Quantity::quantiles:
      return "quantiles of the loss f − f* under noise";
    case Quantity::mean_loss:
    case Quantity::expected_loss:
    case Quantity::sample_loss:
    case Quantity::expected_loss_deterministic:
    case Quantity::expected_loss_stochastic:
      return "loss f − f* under noise";
    case Quantity::steps_to_tolerance:
      return "steps until the loss stays within the tolerance";
    default:
      if (info_of(quantity).kind != Kind::rate) return without_code(info_of(quantity).long_name);
      return "eigenvalue of the step matrix, " + short_words_of(quantity);
  }
}

std::string short_words_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::sigma1_re:
      return "Re σ₁";
    case Quantity::sigma1_im:
      return "Im σ₁";
    case Quantity::sigma2_re:
      return "Re σ₂";
    case Quantity::sigma2_im:
      return "Im σ₂";
    default:
      return code_words(name_of(quantity));
  }
}

std::string bar_words_of(Quantity quantity) {
  if (quantity == Quantity::rate) return "rate max|σ|";
  return quantity == Quantity::gap ? "gap 1 − max|σ|" : short_words_of(quantity);
}

std::string regime_words(std::uint8_t regime) {
  constexpr std::array<std::string_view, regime_count> words = {"not computed", "monotone",   "ripples",  "one step",
                                                                "oscillation",  "mixed sign", "marginal", "divergent"};
  assert(regime < words.size());
  return std::string(words[regime]);
}

std::string code_words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string number(double value, int digits) {
  const std::string text = fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return with_minus(text);
  const std::string mantissa = text.substr(0, e);
  std::string power = "10" + superscript(std::stoi(text.substr(e + 1)));
  if (mantissa == "1") return power;
  return mantissa == "-1" ? "−" + power : with_minus(mantissa) + "×" + power;
}

std::size_t letters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t letters) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (lines.empty() || letters_in(lines.back()) + 1 + letters_in(word) > letters) {
      lines.emplace_back(word);
    } else {
      lines.back() += ' ';
      lines.back() += word;
    }
  }
  return lines;
}

std::string shortened(std::string_view text, std::size_t letters) {
  if (letters_in(text) <= letters) return std::string(text);
  std::size_t end = text.size();
  while (end > 0 && letters_in(text.substr(0, end)) >= letters) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string power_of_ten(int exponent) {
  if (exponent == 0) return "1";
  return exponent == 1 ? "10" : "10" + superscript(exponent);
}

}  // namespace ravine::detail
