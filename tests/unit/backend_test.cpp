// Which backend a run takes, on machines of every kind.
#include "engine/backend.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cpu/loops.hpp"
#include "ravine/error.hpp"

namespace ravine {
namespace {

cuda::DeviceInfo device_of(int ordinal, cuda::DeviceState state) {
  cuda::DeviceInfo device;
  device.ordinal = ordinal;
  device.name = "Card";
  device.state = state;
  return device;
}

cuda::CudaStatus without_device() {
  cuda::CudaStatus status;
  status.reason = "the reason";
  status.fix = "the fix";
  return status;
}

/// Devices 1 and 2 of three are usable.
cuda::CudaStatus with_devices() {
  cuda::CudaStatus status;
  status.devices = {device_of(0, cuda::DeviceState::too_old), device_of(1, cuda::DeviceState::usable),
                    device_of(2, cuda::DeviceState::usable)};
  return status;
}

std::string cpu_device() {
  return "cpu " + std::string(cpu::active_level().name);
}

TEST(Backend, names) {
  EXPECT_EQ(name_of(Backend::automatic), "auto");
  EXPECT_EQ(name_of(Backend::cpu), "cpu");
  EXPECT_EQ(name_of(Backend::cuda), "cuda");
}

TEST(Backend, automatic_takes_the_devices_that_can_be_used) {
  const BackendChoice choice = choose_backend(Backend::automatic, with_devices());
  EXPECT_EQ(choice.backend, Backend::cuda);
  EXPECT_EQ(choice.devices, (std::vector<int>{1, 2}));
  EXPECT_EQ(choice.device, "Card (device 1), Card (device 2)");
  EXPECT_EQ(choice.reason, "a CUDA device can be used");
}

TEST(Backend, automatic_takes_the_cpu_where_no_device_can_be_used_and_says_why) {
  const BackendChoice choice = choose_backend(Backend::automatic, without_device());
  EXPECT_EQ(choice.backend, Backend::cpu);
  EXPECT_TRUE(choice.devices.empty());
  EXPECT_EQ(choice.device, cpu_device());
  EXPECT_EQ(choice.reason, "no CUDA device can be used: the reason");
}

TEST(Backend, cpu_is_taken_where_it_is_asked_for) {
  for (const cuda::CudaStatus& status : {without_device(), with_devices()}) {
    const BackendChoice choice = choose_backend(Backend::cpu, status);
    EXPECT_EQ(choice.backend, Backend::cpu);
    EXPECT_TRUE(choice.devices.empty());
    EXPECT_EQ(choice.device, cpu_device());
    EXPECT_EQ(choice.reason, "asked for");
  }
}

TEST(Backend, cuda_is_taken_or_refused_but_never_replaced) {
  const BackendChoice choice = choose_backend(Backend::cuda, with_devices());
  EXPECT_EQ(choice.backend, Backend::cuda);
  EXPECT_EQ(choice.devices, (std::vector<int>{1, 2}));
  EXPECT_EQ(choice.reason, "asked for");
  try {
    static_cast<void>(choose_backend(Backend::cuda, without_device()));
    FAIL() << "not refused";
  } catch (const BackendError& error) {
    const std::string said = error.what();
    for (const char* part : {"the reason", "the fix", "--backend cpu"}) {
      EXPECT_NE(said.find(part), std::string::npos) << said;
    }
  }
}

TEST(Backend, this_machine_has_one) {
  const BackendChoice choice = choose_backend(Backend::automatic);
  EXPECT_EQ(choice.backend == Backend::cuda, !choice.devices.empty());
  EXPECT_EQ(choice.devices, cuda::usable_devices(cuda::cuda_status()));
  EXPECT_FALSE(choice.reason.empty());
}

}  // namespace
}  // namespace ravine
