/// \file
/// The message that something fails with.
#pragma once

#include <exception>
#include <string>

#include "ravine/error.hpp"

namespace ravine {

/// The message of the DataError that `action` ends with; of any other ending, that it is another.
template <class Action>
std::string data_error_of(Action action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

}  // namespace ravine
