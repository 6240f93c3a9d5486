/// \file
/// Numbers as people write them in text files.
#pragma once

#include <string_view>

namespace ravine {

/// How reading a number went.
enum class NumberError { none, not_a_number, not_finite, out_of_range };

struct Number {
  double value = 0.0;
  NumberError error = NumberError::none;
};

/// The whole text as a decimal number, correctly rounded, with or without a sign.
[[nodiscard]] Number number_in(std::string_view text);

/// What was wanted where a number is none: "a finite number", ...
[[nodiscard]] std::string_view wanted_instead_of(NumberError error);

}  // namespace ravine
