"""One grid, by NumPy, by Numba and by ravine: first compared value by value, then timed, interleaved.

usage: numpy_numba.py RAVINE [--alpha COUNT] [--beta COUNT] [--repetitions N] [--folder DIR]

NumPy and Numba evaluate the textbook's formula, sqrt(beta) or (|T| + sqrt(T^2 - 4 beta))/2, which cancels near the
critical curve T^2 = 4 beta. ravine's time is the `compute` of `ravine run`: evaluation, the fold of the partial results
and the first touch of the memory, as with the others' new arrays; files are not in it.
"""

import argparse
import decimal
import fractions
import math
import os
import shutil
import subprocess
import time

import numba
import numpy

import measure

# Away from the critical curve, |T^2 - 4 beta| > 1e-3 (T^2 + 4 beta), and with alpha <= 4 and beta <= 1, T is computed to
# within 10 u and the textbook's rate, by first-order error analysis, to within about 210 u = 2.4e-14 (the root divides the
# errors by sqrt(1e-3)); twice that is agreement.
AWAY = 1e-3
TOLERANCE = 5e-14
# From here on a value of the textbook's counts as wrong.
WRONG = 1e-10
# Of the wrong values, how many are checked in exact arithmetic at most.
CHECKED = 2000


def axes(alpha_count, beta_count):
    return numpy.linspace(0.0, 4.0, alpha_count), numpy.linspace(0.0, 1.0, beta_count)


def by_numpy(alpha, beta):
    trace = 1.0 + beta - alpha[:, None]
    discriminant = trace * trace - 4.0 * beta
    # One square root serves both branches.
    root = numpy.sqrt(numpy.where(discriminant < 0.0, beta, discriminant))
    return numpy.where(discriminant < 0.0, root, 0.5 * (numpy.abs(trace) + root))


@numba.njit(inline="always")
def textbook(alpha, beta):
    trace = 1.0 + beta - alpha
    discriminant = trace * trace - 4.0 * beta
    root = math.sqrt(beta if discriminant < 0.0 else discriminant)
    return root if discriminant < 0.0 else 0.5 * (abs(trace) + root)


@numba.njit
def by_numba(alpha, beta):
    rate = numpy.empty((alpha.size, beta.size))
    for i in range(alpha.size):
        for j in range(beta.size):
            rate[i, j] = textbook(alpha[i], beta[j])
    return rate


@numba.njit(parallel=True)
def by_numba_parallel(alpha, beta):
    rate = numpy.empty((alpha.size, beta.size))
    for i in numba.prange(alpha.size):
        for j in range(beta.size):
            rate[i, j] = textbook(alpha[i], beta[j])
    return rate


def stored_rate(program, folder, shape):
    """ravine's map, as a user gets it."""
    spec, store, arrays = (os.path.join(folder, name) for name in ("spec.toml", "checked", "arrays"))
    measure.run_ravine(program, spec, store)
    subprocess.run([program, "export", store, "--to", "npy", "--output", arrays], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return numpy.load(os.path.join(arrays, "rate.npy")).reshape(shape)


def exact_rate(alpha, beta):
    """The true value at these two doubles, rounded to a double: rational arithmetic, and a square root of 60 digits."""
    alpha, beta = fractions.Fraction(alpha), fractions.Fraction(beta)
    trace = 1 + beta - alpha
    discriminant = trace * trace - 4 * beta
    with decimal.localcontext(decimal.Context(prec=60)):
        def digits(x):
            return decimal.Decimal(x.numerator) / decimal.Decimal(x.denominator)
        if discriminant < 0:
            return float(digits(beta).sqrt())
        return float((digits(abs(trace)) + digits(discriminant).sqrt()) / 2)


def check(alpha, beta, stored, others):
    """Everyone agrees away from the critical curve, or there is nothing to time."""
    trace = 1.0 + beta - alpha[:, None]
    away = numpy.abs(trace * trace - 4.0 * beta) > AWAY * (trace * trace + 4.0 * beta)
    for name, rate in others.items():
        error = numpy.abs(rate - stored)
        if not (error[away] <= TOLERANCE).all():
            raise SystemExit(f"{name} and ravine differ away from the critical curve: nothing is timed")
    print(f"Checked: NumPy, Numba and ravine agree to {TOLERANCE:g} in the {away.sum()} cells of {away.size} "
          f"that are away from the critical curve (|T² - 4β| > {AWAY:g} (T² + 4β)).")


def report_wrong(alpha, beta, stored, rate):
    error = numpy.abs(rate - stored)
    wrong = numpy.argwhere(error > WRONG * stored)
    relative = error[tuple(wrong.T)] / stored[tuple(wrong.T)]
    print(f"NumPy's textbook formula is off by more than {WRONG:g} relative in {len(wrong)} cells"
          + (f", by {relative.max():.2g} at most." if len(wrong) else "."))
    some = wrong[numpy.linspace(0, len(wrong) - 1, min(len(wrong), CHECKED)).astype(int)] if len(wrong) else wrong
    differing = sum(stored[i, j] != exact_rate(alpha[i], beta[j]) for i, j in some)
    print(f"Of these, {len(some)} were recomputed in exact arithmetic: ravine's value is not the correctly rounded one "
          f"in {differing}.")
    if differing:
        raise SystemExit("ravine's values are wrong: nothing is timed")


def seconds_of(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def compute_seconds(arguments, folder, threads):
    store = os.path.join(folder, "timed")
    spec = os.path.join(folder, "spec.toml")
    report, _ = measure.run_ravine(arguments.ravine, spec, store, "--threads", str(threads))
    shutil.rmtree(store)
    return report["seconds"]["compute"]


def time_all(arguments, folder, alpha, beta):
    """One repetition of everything after the other, so that all of them meet the same disturbances."""
    processors = len(os.sched_getaffinity(0))
    single = {"NumPy": lambda: seconds_of(by_numpy, alpha, beta),
              "Numba": lambda: seconds_of(by_numba, alpha, beta),
              "ravine, 1 thread": lambda: compute_seconds(arguments, folder, 1)}
    numba_parallel = f"Numba, parallel, {numba.get_num_threads()} threads"
    parallel = {numba_parallel: lambda: seconds_of(by_numba_parallel, alpha, beta),
                f"ravine, {processors} threads": lambda: compute_seconds(arguments, folder, processors)}
    samples = {name: measure.Sample() for name in (*single, *parallel)}
    for _ in range(arguments.repetitions):
        with measure.one_processor():
            for name, seconds in single.items():
                samples[name].add(seconds())
        for name, seconds in parallel.items():
            samples[name].add(seconds())
    return samples


def print_times(samples, cells):
    reference = samples["NumPy"]
    rows = [[name, sample.text(1e-3, 3), f"{sample.median / cells * 1e9:.2f}", f"{cells / sample.median / 1e6:.0f}",
             f"{reference.median / sample.median:.2f}", f"{reference.least / sample.least:.2f}"] for name, sample in samples.items()]
    head = ["who", "ms: median (min .. max)", "ns/cell", "million cells/s", "NumPy's time / its time",
            "the same of the fastest repetitions"]
    measure.print_table("The same grid by NumPy, Numba and ravine", head, rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ravine", type=os.path.abspath, help="the program")
    parser.add_argument("--alpha", type=int, default=2001)
    parser.add_argument("--beta", type=int, default=1001)
    parser.add_argument("--repetitions", type=int, default=41)
    parser.add_argument("--folder", default=".", help="where the stores go, and are removed again")
    return parser.parse_args()


def main():
    arguments = parse()
    alpha, beta = axes(arguments.alpha, arguments.beta)
    # Compiled, and the threads started, before anything is kept to one processor.
    others = {"NumPy": by_numpy(alpha, beta), "Numba": by_numba(alpha, beta),
              "Numba, parallel": by_numba_parallel(alpha, beta)}
    with measure.work_folder(arguments.folder) as folder:
        measure.write_spec(os.path.join(folder, "spec.toml"), arguments.alpha, arguments.beta)
        stored = stored_rate(arguments.ravine, folder, (alpha.size, beta.size))
        print(f"\nGrid: {arguments.alpha} x {arguments.beta}, rate, float64. NumPy {numpy.__version__}, "
              f"Numba {numba.__version__}; {arguments.repetitions} repetitions.\n")
        check(alpha, beta, stored, others)
        report_wrong(alpha, beta, stored, others["NumPy"])
        print_times(time_all(arguments, folder, alpha, beta), alpha.size * beta.size)


if __name__ == "__main__":
    main()
