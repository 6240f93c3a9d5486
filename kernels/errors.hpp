// What can go wrong on a CUDA device, beside a BackendError of no further type.
#pragma once

#include "ravine/error.hpp"

namespace ravine::cuda {

/// Less memory is free than was asked for. Nothing was changed: a smaller piece of work may fit.
class OutOfDeviceMemory : public BackendError {
 public:
  using BackendError::BackendError;
};

/// The device, or this process's use of it, has failed for good: every later call fails too.
class DeviceLost : public BackendError {
 public:
  using BackendError::BackendError;
};

}  // namespace ravine::cuda
