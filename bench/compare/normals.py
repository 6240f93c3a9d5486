"""Standard normal numbers by NumPy, by Numba and by ravine, in turns, each turn on one processor.

usage: normals.py NORMALS_BENCH [--numbers N] [--repetitions N]

NumPy: Generator(PCG64 or Philox).standard_normal into an array that is there already. Numba: numpy.random.standard_normal
in a compiled loop, and Philox with Box and Muller's transformation written as one would, in a loop that Numba compiles.
ravine: the program normals_bench, which first proves its numbers; its best SIMD level here.
"""

import argparse
import json
import math
import os
import subprocess
import time

import numba
import numpy

import measure

# Of the mean and of the variance, in standard deviations: by chance once in 5e8.
MOST_DEVIATION = 6
# Filled in a turn: some 30 ms.
ARRAYS = 200


def by_numpy(generator):
    def fill(out):
        generator.standard_normal(out=out, dtype=out.dtype.type)
    return fill


@numba.njit
def by_numba(out):
    for i in range(out.size):
        out[i] = numpy.random.standard_normal()


@numba.njit(inline="always")
def philox(x0, x1, x2, x3, seed):
    k0, k1 = numpy.uint32(seed), numpy.uint32(seed >> 32)
    for _ in range(10):
        product0 = numpy.uint64(0xD2511F53) * numpy.uint64(x0)
        product1 = numpy.uint64(0xCD9E8D57) * numpy.uint64(x2)
        x0, x1 = numpy.uint32(product1 >> numpy.uint64(32)) ^ x1 ^ k0, numpy.uint32(product1)
        x2, x3 = numpy.uint32(product0 >> numpy.uint64(32)) ^ x3 ^ k1, numpy.uint32(product0)
        k0, k1 = numpy.uint32(k0 + numpy.uint32(0x9E3779B9)), numpy.uint32(k1 + numpy.uint32(0xBB67AE85))
    return x0, x1, x2, x3


@numba.njit(error_model="numpy", fastmath=True)
def by_numba_philox(out):
    """Two numbers of each counter (float64)."""
    half = out.size // 2
    for i in range(half):
        x0, x1, x2, x3 = philox(numpy.uint32(0), numpy.uint32(i), numpy.uint32(0), numpy.uint32(0), numpy.uint64(1))
        distance = (numpy.uint64(x1) << numpy.uint64(32)) | numpy.uint64(x0)
        angle = (numpy.uint64(x3) << numpy.uint64(32)) | numpy.uint64(x2)
        u = 1.0 - float(numpy.int64(distance >> numpy.uint64(12))) * 2.0**-52
        turn = float(numpy.int64(angle >> numpy.uint64(12))) * 2.0**-52
        r = math.sqrt(-2.0 * math.log(u))
        out[i] = r * math.cos(2.0 * math.pi * turn)
        out[half + i] = r * math.sin(2.0 * math.pi * turn)


def require_standard_normal(name, fill, out):
    fill(out)
    numbers = out.astype(numpy.float64)
    root = math.sqrt(numbers.size)
    mean = numbers.sum() / root
    variance = ((numbers**2).sum() - numbers.size) / (math.sqrt(2) * root)
    if max(abs(mean), abs(variance)) > MOST_DEVIATION:
        raise SystemExit(f"{name}: not standard normal, so it is not timed")


def seconds_of(fill, out):
    """Wall time a number, over many arrays; the first warms caches up."""
    fill(out)
    start = time.perf_counter()
    for _ in range(ARRAYS):
        fill(out)
    return (time.perf_counter() - start) / (ARRAYS * out.size)


def ravine_seconds(program, precision):
    """Wall time a number, at the best level."""
    run = subprocess.run([program, f"--benchmark_filter=normals/{precision}/.*/ravine", "--benchmark_format=json",
                          "--benchmark_min_time=0.05"], check=True, capture_output=True, text=True)
    entries = json.loads(run.stdout)["benchmarks"]
    return min(entry["number"] * entry["real_time"] / entry["cpu_time"] for entry in entries)


def others(precision):
    found = {"NumPy, PCG64": by_numpy(numpy.random.Generator(numpy.random.PCG64(1))),
             "NumPy, Philox": by_numpy(numpy.random.Generator(numpy.random.Philox(1)))}
    if precision == "float64":
        found |= {"Numba, numpy.random.standard_normal": by_numba, "Numba, Philox and Box-Muller": by_numba_philox}
    return found


def time_all(arguments, precision):
    out = numpy.empty(arguments.numbers, dtype=precision)
    fills = others(precision)
    for name, fill in fills.items():  # compiled now
        require_standard_normal(name, fill, numpy.empty(1_000_000, dtype=precision))
    samples = {name: measure.Sample() for name in (*fills, "ravine")}
    with measure.one_processor():
        for _ in range(arguments.repetitions):
            for name, fill in fills.items():
                samples[name].add(seconds_of(fill, out))
            samples["ravine"].add(ravine_seconds(arguments.bench, precision))
    return samples


def rows_of(precision, samples):
    ravine = samples["ravine"]
    return [[precision, name, sample.text(1e-9, 3), f"{1e-6 / sample.median:.0f}",
             f"{sample.median / ravine.median:.1f}"] for name, sample in samples.items()]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=os.path.abspath, help="the program normals_bench")
    parser.add_argument("--numbers", type=int, default=1 << 13, help="in an array, in cache as ravine's are")
    parser.add_argument("--repetitions", type=int, default=21)
    return parser.parse_args()


def main():
    arguments = parse()
    rows = [row for precision in ("float64", "float32") for row in rows_of(precision, time_all(arguments, precision))]
    print(f"\nNumPy {numpy.__version__}, Numba {numba.__version__}; {arguments.repetitions} repetitions.")
    measure.print_table("Normal numbers by NumPy, Numba and ravine",
                        ["precision", "who", "ns/number: median (min .. max)", "million numbers/s",
                         "its time / ravine's"], rows)


if __name__ == "__main__":
    main()
