#include "limits.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "kernels/launch.cuh"
#include "kernels/runtime.hpp"
#include "ravine/error.hpp"
#include "ravine/model/arithmetic.hpp"

namespace ravine::gpu_check {

// The kernels' names are not those of a file alone: the tests that run their PTX look for them.

/// The value at an index: one that a copy to the wrong place would show.
__host__ __device__ double value_of(std::int64_t index) {
  return static_cast<double>(index);
}

__global__ void fill_values(double* out, std::int64_t count) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
    out[i] = value_of(i);
  }
}

/// So many chains that the latency of an operation does not show.
constexpr int chains = 8;

/// The same on the host: it decides what a thread must find. Loops of known length are unrolled.
template <class F, Operation operation>
__host__ __device__ F end_of_chains(int rounds, F one, F zero) {
  F values[chains];
  for (int k = 0; k < chains; ++k) values[k] = one + static_cast<F>(k);
  for (int round = 0; round < rounds; ++round) {
    for (int k = 0; k < chains; ++k) {
      if constexpr (operation == Operation::multiply_add) values[k] = model::fma(values[k], one, zero);
      if constexpr (operation == Operation::divide) values[k] = values[k] / one;
      if constexpr (operation == Operation::square_root) values[k] = model::sqrt(values[k]);
    }
  }
  F sum = zero;
  for (int k = 0; k < chains; ++k) sum = sum + values[k];
  return sum;
}

/// `one` and `zero` come from outside so that nothing is known when this is compiled.
template <class F, Operation operation>
__global__ void run_chains(F* out, int rounds, F one, F zero) {
  out[static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x] =
      end_of_chains<F, operation>(rounds, one, zero);
}

namespace {

using cuda::DeviceBuffer;
using cuda::Event;
using cuda::LaunchShape;
using cuda::PinnedBuffer;
using cuda::Stream;
using cuda::Timing;

constexpr int threads = 256;
constexpr int blocks_per_multiprocessor = 8;  // 2048 threads, as many as one holds
constexpr int warm_ups = 2;

LaunchShape full_device() {
  return {std::int64_t{cuda::multiprocessors()} * blocks_per_multiprocessor, threads};
}

/// The device's time of what `queue` puts on the stream, repeated.
Spread time_of(const Stream& stream, int repetitions, const std::function<void()>& queue) {
  const Event before(Timing::on);
  const Event after(Timing::on);
  std::vector<double> seconds;
  for (int repetition = -warm_ups; repetition < repetitions; ++repetition) {
    before.record(stream);
    queue();
    after.record(stream);
    after.wait();
    if (repetition >= 0) seconds.push_back(after.seconds_since(before));
  }
  return Spread(std::move(seconds));
}

void require(bool is_right, const char* what) {
  if (!is_right) throw Error(std::string(what) + " gave a wrong result, so it is not timed");
}

std::size_t elements_of(const Measurement& measurement) {
  return static_cast<std::size_t>(measurement.bytes) / sizeof(double);
}

void queue_fill(const DeviceBuffer<double>& buffer, const Stream& stream) {
  cuda::launch(fill_values, full_device(), stream, buffer.data(), static_cast<std::int64_t>(buffer.size()));
}

/// Whether the buffer has what fill_values writes.
bool is_filled(const DeviceBuffer<double>& buffer, const Stream& stream) {
  std::vector<double> values(buffer.size());
  cuda::copy_to_host_async(buffer.span(), std::span<double>(values), stream);
  stream.synchronize();
  std::int64_t index = 0;
  return std::all_of(values.begin(), values.end(), [&index](double value) { return value == value_of(index++); });
}

std::span<double> values_in(const PinnedBuffer& buffer) {
  return {reinterpret_cast<double*>(buffer.bytes().data()), buffer.bytes().size() / sizeof(double)};
}

template <class F, Operation operation>
OperationTime time_chains(const Measurement& measurement) {
  const cuda::CurrentDevice current(measurement.device);
  const Stream stream;
  const LaunchShape shape = full_device();
  const int rounds = measurement.rounds;
  const DeviceBuffer<F> buffer(static_cast<std::size_t>(shape.blocks * shape.threads));
  const auto queue = [&] { cuda::launch(run_chains<F, operation>, shape, stream, buffer.data(), rounds, F(1), F(0)); };
  queue();
  std::vector<F> ends(buffer.size());
  cuda::copy_to_host_async(buffer.span(), std::span<F>(ends), stream);
  stream.synchronize();
  const F wanted = end_of_chains<F, operation>(rounds, F(1), F(0));
  require(std::all_of(ends.begin(), ends.end(), [wanted](F end) { return end == wanted; }), name_of(operation));
  return {static_cast<double>(buffer.size()) * chains * rounds, time_of(stream, measurement.repetitions, queue)};
}

template <class F>
OperationTime time_operation_of(Operation operation, const Measurement& measurement) {
  switch (operation) {
    case Operation::multiply_add:
      return time_chains<F, Operation::multiply_add>(measurement);
    case Operation::divide:
      return time_chains<F, Operation::divide>(measurement);
    default:
      return time_chains<F, Operation::square_root>(measurement);
  }
}

}  // namespace

const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::multiply_add:
      return "fma";
    case Operation::divide:
      return "division";
    case Operation::square_root:
      return "square root";
  }
  return "";
}

Spread time_fill(const Measurement& measurement) {
  const cuda::CurrentDevice current(measurement.device);
  const Stream stream;
  const DeviceBuffer<double> buffer(elements_of(measurement));
  queue_fill(buffer, stream);
  require(is_filled(buffer, stream), "a fill");
  return time_of(stream, measurement.repetitions, [&] { queue_fill(buffer, stream); });
}

Spread time_device_copy(const Measurement& measurement) {
  const cuda::CurrentDevice current(measurement.device);
  const Stream stream;
  const DeviceBuffer<double> from(elements_of(measurement));
  const DeviceBuffer<double> to(from.size());
  const auto queue = [&] {
    cuda::check(
        cudaMemcpyAsync(to.data(), from.data(), from.size() * sizeof(double), cudaMemcpyDeviceToDevice, stream.get()),
        "copying on the device");
  };
  queue_fill(from, stream);
  queue();
  require(is_filled(to, stream), "a copy on the device");
  return time_of(stream, measurement.repetitions, queue);
}

Spread time_copy_to_host(const Measurement& measurement) {
  const cuda::CurrentDevice current(measurement.device);
  const Stream stream;
  const DeviceBuffer<double> from(elements_of(measurement));
  const PinnedBuffer to(from.size() * sizeof(double));
  const auto queue = [&] { cuda::copy_to_host_async(from.span(), values_in(to), stream); };
  queue_fill(from, stream);
  queue();
  stream.synchronize();
  std::int64_t index = 0;
  const std::span<double> values = values_in(to);
  require(std::all_of(values.begin(), values.end(), [&index](double value) { return value == value_of(index++); }),
          "a copy to the host");
  return time_of(stream, measurement.repetitions, queue);
}

Spread time_copy_to_device(const Measurement& measurement) {
  const cuda::CurrentDevice current(measurement.device);
  const Stream stream;
  const DeviceBuffer<double> to(elements_of(measurement));
  const PinnedBuffer from(to.size() * sizeof(double));
  const std::span<double> values = values_in(from);
  std::int64_t index = 0;
  std::generate(values.begin(), values.end(), [&index] { return value_of(index++); });
  const auto queue = [&] { cuda::copy_to_device_async(values, to.span(), stream); };
  queue();
  require(is_filled(to, stream), "a copy to the device");
  return time_of(stream, measurement.repetitions, queue);
}

OperationTime time_operation(Operation operation, Precision precision, const Measurement& measurement) {
  if (precision == Precision::float64) return time_operation_of<double>(operation, measurement);
  return time_operation_of<float>(operation, measurement);
}

std::int64_t affordable_bytes(int device, std::int64_t wanted) {
  const cuda::CurrentDevice current(device);
  constexpr std::int64_t page = 4096;
  return std::min(wanted, cuda::free_memory().free / 4 / page * page);
}

}  // namespace ravine::gpu_check
