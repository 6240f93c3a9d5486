#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernels/devices.hpp"
#include "ravine/error.hpp"

namespace ravine::cuda {
namespace {

DeviceInfo device_of(int ordinal, DeviceState state) {
  DeviceInfo device;
  device.ordinal = ordinal;
  device.state = state;
  return device;
}

TEST(CudaDevices, a_reason_and_a_fix_stand_exactly_where_nothing_is_usable) {
  const CudaStatus status = cuda_status();
  EXPECT_EQ(status.reason.empty(), !usable_devices(status).empty());
  EXPECT_EQ(status.fix.empty(), status.reason.empty());
  for (const DeviceInfo& device : status.devices) {
    EXPECT_EQ(device.reason.empty(), device.state == DeviceState::usable) << device.reason;
    EXPECT_EQ(device.fix.empty(), device.reason.empty());
  }
}

TEST(CudaDevices, only_usable_devices_are_used) {
  CudaStatus status;
  status.devices = {device_of(0, DeviceState::too_old), device_of(1, DeviceState::usable),
                    device_of(2, DeviceState::failed), device_of(3, DeviceState::usable)};
  EXPECT_EQ(usable_devices(status), (std::vector<int>{1, 3}));
  EXPECT_NO_THROW(require_usable_device(status));
}

TEST(CudaDevices, the_refusal_has_the_reason_and_the_fix) {
  CudaStatus status;
  status.devices = {device_of(0, DeviceState::prohibited)};
  status.reason = "the reason";
  status.fix = "the fix";
  try {
    require_usable_device(status);
    FAIL() << "not refused";
  } catch (const BackendError& error) {
    const std::string said = error.what();
    EXPECT_NE(said.find("the reason"), std::string::npos) << said;
    EXPECT_NE(said.find("the fix"), std::string::npos) << said;
    EXPECT_NE(said.find("--backend cpu"), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace ravine::cuda
