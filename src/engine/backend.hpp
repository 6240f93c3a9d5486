// Which backend a run takes, and why.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/tile_computer.hpp"
#include "kernels/devices.hpp"
#include "kernels/map_sweep.hpp"
#include "ravine/engine.hpp"

namespace ravine {

struct BackendChoice {
  Backend backend = Backend::cpu;  ///< cpu or cuda
  std::string reason;              ///< why that one
  std::string device;              ///< for people: "cpu x86-64-v4", "NVIDIA H100 80GB HBM3 (device 0)"
  std::vector<int> devices;        ///< the ordinals of cuda's devices
};

/// Asks for devices unless the cpu is wanted. Without a device it takes milliseconds.
/// \throws BackendError if cuda is wanted and no device can be used, with the reason and the fix.
[[nodiscard]] BackendChoice choose_backend(Backend wanted);

/// The choice on a machine of that status.
[[nodiscard]] BackendChoice choose_backend(Backend wanted, const cuda::CudaStatus& status);

/// What computes the map's tiles. `threads` are the host's, for the cpu backend and for the folds of noise studies;
/// `keep` says what cuda copies to the host.
/// \throws BackendError where a device can't be used after all.
[[nodiscard]] std::unique_ptr<TileComputer> make_tile_computer(const Spec& spec, const Grid& grid,
                                                               const BackendChoice& choice, int threads,
                                                               cuda::Keep keep = cuda::Keep::chunks);

/// A backend that is chosen and ready.
struct ReadyBackend {
  BackendChoice choice;
  std::unique_ptr<TileComputer> computer;
};
/// The backend that is wanted, with what computes. Automatic takes the cpu after all where no device has the memory
/// that the map takes. \throws BackendError as choose_backend and make_tile_computer do.
[[nodiscard]] ReadyBackend make_ready(Backend wanted, const Spec& spec, const Grid& grid, int threads);

}  // namespace ravine
