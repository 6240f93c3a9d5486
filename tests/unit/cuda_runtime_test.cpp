// What the layer over the CUDA runtime makes of failures. No test needs a device; those of one run where it is.
#include "kernels/runtime.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels/devices.hpp"

namespace ravine::cuda {
namespace {

/// The message of the failure that check makes of a status; empty if it is no `Expected`.
template <class Expected>
std::string said_of(cudaError_t status) {
  try {
    check(status, "counting sheep");
  } catch (const BackendError& error) {
    return dynamic_cast<const Expected*>(&error) != nullptr ? error.what() : "";
  }
  return {};
}

TEST(CudaRuntime, success_is_silent) {
  EXPECT_NO_THROW(check(cudaSuccess, "counting sheep"));
}

TEST(CudaRuntime, each_failure_has_its_type) {
  EXPECT_NE(said_of<OutOfDeviceMemory>(cudaErrorMemoryAllocation), "");
  for (const cudaError_t sticky : {cudaErrorIllegalAddress, cudaErrorLaunchFailure, cudaErrorECCUncorrectable,
                                   cudaErrorMisalignedAddress, cudaErrorHardwareStackError, cudaErrorLaunchTimeout}) {
    EXPECT_NE(said_of<DeviceLost>(sticky), "") << cudaGetErrorName(sticky);
  }
  EXPECT_EQ(said_of<DeviceLost>(cudaErrorInvalidValue), "");
  EXPECT_NE(said_of<BackendError>(cudaErrorInvalidValue), "");
}

TEST(CudaRuntime, messages_say_what_was_done_what_failed_and_what_to_do) {
  const std::string invalid = said_of<BackendError>(cudaErrorInvalidValue);
  EXPECT_NE(invalid.find("counting sheep"), std::string::npos) << invalid;
  EXPECT_NE(invalid.find("cudaErrorInvalidValue"), std::string::npos) << invalid;
  const std::string lost = said_of<DeviceLost>(cudaErrorIllegalAddress);
  for (const char* part : {"counting sheep", "cudaErrorIllegalAddress", "--resume", "compute-sanitizer"}) {
    EXPECT_NE(lost.find(part), std::string::npos) << lost;
  }
  const std::string hardware = said_of<DeviceLost>(cudaErrorECCUncorrectable);
  EXPECT_NE(hardware.find("nvidia-smi"), std::string::npos) << hardware;
}

TEST(CudaRuntime, sizes_that_wrap_around_are_refused) {
  EXPECT_THROW(DeviceBuffer<double>(std::numeric_limits<std::size_t>::max() / 4), OutOfDeviceMemory);
}

TEST(CudaRuntime, without_a_device_every_resource_is_refused) {
  if (!usable_devices(cuda_status()).empty()) GTEST_SKIP() << "there is a device";
  EXPECT_THROW(Stream(), BackendError);
  EXPECT_THROW(Event(), BackendError);
  EXPECT_THROW(DeviceBuffer<double>(1), BackendError);
  EXPECT_THROW(PinnedBuffer(1), BackendError);
  EXPECT_THROW(CurrentDevice(0), BackendError);
  EXPECT_THROW(static_cast<void>(free_memory()), BackendError);
}

TEST(CudaRuntime, copies_keep_their_bytes_and_order) {
  const std::vector<int> ordinals = usable_devices(cuda_status());
  if (ordinals.empty()) GTEST_SKIP() << "no usable device";
  const CurrentDevice current(ordinals.front());
  const std::array<double, 3> sent = {1, -0.0, 3};
  std::array<double, 3> received = {};
  const Stream stream;
  const Event before(Timing::on);
  const Event after(Timing::on);
  const DeviceBuffer<double> buffer(sent.size());
  before.record(stream);
  copy_to_device_async(sent, buffer.span(), stream);
  copy_to_host_async(buffer.span(), received, stream);
  after.record(stream);
  after.wait();
  EXPECT_TRUE(after.done());
  EXPECT_GT(after.seconds_since(before), 0);
  EXPECT_EQ(std::memcmp(sent.data(), received.data(), sizeof(sent)), 0);
}

}  // namespace
}  // namespace ravine::cuda
