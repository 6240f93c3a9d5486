// The numbers of the model with an exponent of their own, for the oracle.
#pragma once

#include "oracle.hpp"
#include "ravine/model/scaled.hpp"

namespace ravine {

inline mpf_class value_of(model::Scaled x) {
  return oracle::exactly(x.value.hi, x.value.lo, static_cast<long>(x.exponent));
}

}  // namespace ravine
