/// \file
/// The program's version and the model's.
#pragma once

namespace ravine {

inline constexpr const char* version = "0.1.0";

/// Changes whenever a bit of any exact-mode value would: part of every store's identity.
inline constexpr int model_version = 1;

}  // namespace ravine
