/// \file
/// The words of a picture: names, units and numbers as a reader wants them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/spec.hpp"

namespace ravine::detail {

/// The Greek letter of an axis, or its name if it has none.
[[nodiscard]] std::string symbol_of(std::string_view axis);
/// "step size α (1/curvature)", ...
[[nodiscard]] std::string axis_label(std::string_view axis);
/// "heavy ball", ...
[[nodiscard]] std::string words_of(Method method);
/// "convergence rate max|σ|", ...
[[nodiscard]] std::string words_of(Quantity quantity);
/// The quantity where it stands for a number: "rate", "Re σ₁", ...
[[nodiscard]] std::string short_words_of(Quantity quantity);
/// What a colour bar is headed by: "rate max|σ|", ...
[[nodiscard]] std::string bar_words_of(Quantity quantity);
/// "one step", ... Precondition: regime < regime_count.
[[nodiscard]] std::string regime_words(std::uint8_t regime);
/// A code's name as words: "do not exist", ...
[[nodiscard]] std::string code_words(std::string_view name);
/// At most `digits` significant digits, with a typographic minus and power of ten: −2.5, 3×10⁻⁵.
[[nodiscard]] std::string number(double value, int digits = 6);
/// In lines of at most `letters` letters, broken at spaces; a longer word has a line of its own.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t letters);
/// At most `letters` letters: of a longer text the end is left out, with a sign of it.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t letters);
/// The letters of a UTF-8 text.
[[nodiscard]] std::size_t letters_in(std::string_view text);
/// A signed power of ten: 10⁻².
[[nodiscard]] std::string power_of_ten(int exponent);

}  // namespace ravine::detail
