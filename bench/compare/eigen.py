"""Eigenvalues of dense random matrices by SciPy and by ravine, in turns, on one processor and one thread.

usage: eigen.py DENSE_SPECTRUM_BENCH [--sizes N,N,...] [--repetitions N]

SciPy: scipy.linalg.eigh with driver="evd", which is LAPACK's dsyevd too, unchecked. ravine: the program
dense_spectrum_bench, whose spectra have passed their checks. Matrices are of the same kind, normal numbers in both
triangles, not the same one. CPU time.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read as NumPy loads the library

import argparse
import json
import subprocess
import time

import numpy
import scipy
import scipy.linalg

import measure

# Of the residual of SciPy's pairs and of its trace, relative to the norm and the size: rounding.
TOLERANCE = 2.0**-50


def libraries():
    """The files of the BLAS that this process has loaded."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        return sorted({line.split()[-1] for line in maps if "openblas" in line or "libblas" in line})


def random_matrix(size, generator):
    lower = numpy.tril(generator.standard_normal((size, size)))
    return lower + numpy.tril(lower, -1).T


def scipy_seconds(matrix, vectors):
    start = time.process_time()
    found = scipy.linalg.eigh(matrix, eigvals_only=not vectors, driver="evd")
    seconds = time.process_time() - start
    values = found[0] if vectors else found
    wrong = abs(values.sum() - matrix.trace())
    if vectors:
        wrong = max(wrong, numpy.abs(matrix @ found[1] - found[1] * values).max())
    if not wrong < TOLERANCE * len(values) * numpy.linalg.norm(matrix):
        raise SystemExit("SciPy's eigenvalues are wrong, so they are not timed")
    return seconds


def ravine_seconds(program, size, what):
    run = subprocess.run([program, f"--benchmark_filter=^dense/{size}/{what}/", "--benchmark_format=json"], check=True,
                         capture_output=True, text=True)
    return json.loads(run.stdout)["benchmarks"][0]["ravine"]


def rows_of(arguments, generator):
    for size in arguments.sizes:
        matrix = random_matrix(size, generator)
        for what in ("values", "vectors"):
            by_scipy, by_ravine = measure.Sample(), measure.Sample()
            for _ in range(arguments.repetitions):
                by_scipy.add(scipy_seconds(matrix, what == "vectors"))
                by_ravine.add(ravine_seconds(arguments.bench, size, what))
            yield [size, what, by_scipy.text(1e-3), by_ravine.text(1e-3), f"{by_scipy.median / by_ravine.median:.2f}"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=os.path.abspath, help="the program dense_spectrum_bench")
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[500, 1000, 2000],
                        help="of those that the program has")
    parser.add_argument("--repetitions", type=int, default=7)
    return parser.parse_args()


def main():
    arguments = parse()
    with measure.one_processor():
        rows = list(rows_of(arguments, numpy.random.default_rng(1)))
    print(f"\nSciPy {scipy.__version__} with {', '.join(libraries())}; {arguments.repetitions} repetitions.")
    measure.print_table("Dense spectra by SciPy and by ravine",
                        ["size", "what", "SciPy, ms: median (min .. max)", "ravine with checks, ms",
                         "SciPy's time / ravine's"], rows)


if __name__ == "__main__":
    main()
