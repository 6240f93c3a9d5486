"""The smallest eigenvalues of a grid's colorization matrix by SciPy's eigsh and by ravine, in turns, on one processor.

usage: eigsh.py RAVINE [--sides N,N,...] [--eigenvalues K] [--repetitions N] [--folder DIR]

SciPy: scipy.sparse.linalg.eigsh with sigma = 0 (ARPACK, the inverse by SuperLU), unchecked, of a matrix that is made
already. ravine: the whole command `ravine spectrum`, which makes the graph, counts multiplicities, checks residuals and
writes the store. Wall time.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read as NumPy loads the library

import argparse
import json
import pathlib
import shutil
import subprocess
import time

import numpy
import scipy
import scipy.sparse
import scipy.sparse.linalg

import measure

SPEC = """\
[problem]
graph = "grid"
sides = [{side}, {side}]
operator = "colorization"
distinguished = [{centre}]
[spectrum]
solver = "sparse"
values = {{ smallest = {count} }}
"""


def grid_matrix(side, centre):
    """L + e e' of the distinguished vertex."""
    path = scipy.sparse.diags([[-1.0] * (side - 1), [1.0] + [2.0] * (side - 2) + [1.0], [-1.0] * (side - 1)], [-1, 0, 1])
    unit = scipy.sparse.identity(side)
    matrix = (scipy.sparse.kron(path, unit) + scipy.sparse.kron(unit, path)).tolil()
    matrix[centre, centre] += 1
    return matrix.tocsc()


def scipy_run(matrix, count):
    start = time.perf_counter()
    values = scipy.sparse.linalg.eigsh(matrix, k=count, sigma=0, return_eigenvectors=False)
    return time.perf_counter() - start, numpy.sort(values)


def ravine_run(program, folder, case):
    spec = folder / "grid.toml"
    spec.write_text(SPEC.format(**case))
    store = folder / "spectrum"
    shutil.rmtree(store, ignore_errors=True)
    start = time.perf_counter()
    subprocess.run([program, "spectrum", spec, "--store", store, "--threads", "1", "--json"], check=True,
                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    return seconds, numpy.fromfile(store / "eigenvalue" / "0")


def row_of(arguments, side):
    case = {"side": side, "centre": side // 2 * (side + 1), "count": arguments.eigenvalues}
    matrix = grid_matrix(side, case["centre"])
    by_scipy, by_ravine = measure.Sample(), measure.Sample()
    for _ in range(arguments.repetitions):
        seconds, theirs = scipy_run(matrix, case["count"])
        by_scipy.add(seconds)
        seconds, ours = ravine_run(arguments.ravine, arguments.folder, case)
        by_ravine.add(seconds)
        if not numpy.allclose(ours, theirs, rtol=1e-8):
            raise SystemExit(f"they differ, so they are not timed:\n{json.dumps([list(ours), list(theirs)])}")
    return [f"{side} x {side}", by_scipy.text(), by_ravine.text(), f"{by_scipy.median / by_ravine.median:.2f}"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ravine", type=os.path.abspath)
    parser.add_argument("--sides", type=lambda text: [int(part) for part in text.split(",")], default=[100, 300, 600])
    parser.add_argument("--eigenvalues", type=int, default=10)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("."))
    return parser.parse_args()


def main():
    arguments = parse()
    with measure.one_processor():
        rows = [row_of(arguments, side) for side in arguments.sides]
    print(f"\nSciPy {scipy.__version__}; {arguments.eigenvalues} eigenvalues; {arguments.repetitions} repetitions.")
    measure.print_table("Ends of sparse spectra by SciPy and by ravine",
                        ["grid", "SciPy, s: median (min .. max)", "ravine, s", "SciPy's time / ravine's"], rows)


if __name__ == "__main__":
    main()
