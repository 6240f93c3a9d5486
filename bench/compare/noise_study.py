"""One noise study, by NumPy, by Numba and by ravine: first compared with theory and each other, then timed, in turns.

usage: noise_study.py RAVINE [--cells N] [--replicates N] [--steps N] [--repetitions N] [--folder DIR]

SGD with momentum on one eigenvalue, over momenta: mean and variance of the loss over the replicates at the recorded
steps. NumPy takes all replicates of a cell at once, its normal numbers step by step; Numba is a loop over replicates as
one would write it. ravine's is the whole program on one thread: its start, simulation, sums, theory, z-scores, files.
Times are CPU times on one processor, so that other programs on the machine count little.
"""

import argparse
import os
import resource
import shutil
import subprocess
import time

import numba
import numpy

import measure

ALPHA, LAMBDA, DEVIATION = 0.25, 1.0, 0.5
RECORDED = 4  # steps, evenly spaced up to the last
# Of a mean from theory, and of two means from each other, in standard errors: by chance once in 5e8.
MOST_DEVIATION = 6

SPEC = """[sweep]
kind       = "noise"
method     = "heavy-ball"
precision  = "{precision}"
quantities = ["mean_loss", "variance_loss", "standard_error_loss", "expected_loss", "z_mean_loss"]

[axes]
alpha  = {{ values = [{alpha}] }}
beta   = {{ from = 0.0, to = 0.95, count = {cells} }}
lambda = {{ values = [{lam}] }}

[record]
steps = {steps}
at    = {recorded}

[noise]
variance   = {variance}
replicates = {replicates}
"""


class Study:
    def __init__(self, arguments, precision):
        self.type = numpy.dtype(precision)
        self.beta = numpy.linspace(0.0, 0.95, arguments.cells).astype(self.type)
        self.replicates = arguments.replicates
        self.steps = arguments.steps
        self.recorded = [self.steps * (k + 1) // RECORDED for k in range(RECORDED)]

    @property
    def replicate_steps(self):
        return self.beta.size * self.replicates * self.steps

    def spec(self):
        return SPEC.format(precision=self.type.name, alpha=ALPHA, lam=LAMBDA, cells=self.beta.size, steps=self.steps,
                           recorded=self.recorded, variance=DEVIATION**2, replicates=self.replicates)


def by_numpy(study):
    generator = numpy.random.default_rng(1)
    alpha, lam, deviation = (study.type.type(number) for number in (ALPHA, LAMBDA, DEVIATION))
    mean, variance = (numpy.empty((study.beta.size, RECORDED)) for _ in range(2))
    noise, gradient = (numpy.empty(study.replicates, study.type) for _ in range(2))
    for i, beta in enumerate(study.beta):
        y = numpy.zeros(study.replicates, study.type)
        x = numpy.ones(study.replicates, study.type)
        k = 0
        for step in range(1, study.steps + 1):
            generator.standard_normal(out=noise, dtype=study.type.type)
            numpy.multiply(noise, deviation, out=noise)
            numpy.multiply(x, lam, out=gradient)
            y *= beta
            y += gradient
            y += noise
            numpy.multiply(y, alpha, out=gradient)
            x -= gradient
            if step == study.recorded[k]:
                loss = (x * x).astype(numpy.float64) * (LAMBDA / 2)
                mean[i, k], variance[i, k] = loss.mean(), loss.var(ddof=1)
                k += 1
    return mean, variance


@numba.njit(error_model="numpy", fastmath=True)
def numba_loop(betas, replicates, recorded, alpha, lam, deviation, losses, mean, variance):
    for i in range(betas.size):
        beta = betas[i]
        for r in range(replicates):
            y = beta * 0
            x = y + 1
            step = 0
            for k in range(recorded.size):
                while step < recorded[k]:
                    y = beta * y + lam * x + deviation * type(deviation)(numpy.random.standard_normal())
                    x -= alpha * y
                    step += 1
                losses[k, r] = lam * x * x / 2
        for k in range(recorded.size):
            mean[i, k] = losses[k].mean()
            variance[i, k] = ((losses[k] - mean[i, k]) ** 2).sum() / (replicates - 1)


def by_numba(study):
    alpha, lam, deviation = (study.type.type(number) for number in (ALPHA, LAMBDA, DEVIATION))
    mean, variance = (numpy.empty((study.beta.size, RECORDED)) for _ in range(2))
    losses = numpy.empty((RECORDED, study.replicates))
    numba_loop(study.beta, study.replicates, numpy.array(study.recorded), alpha, lam, deviation, losses, mean, variance)
    return mean, variance


def run_ravine(arguments, folder, study):
    """(CPU seconds, the store)"""
    spec, store = os.path.join(folder, "spec.toml"), os.path.join(folder, "store")
    with open(spec, "w", encoding="utf-8") as file:
        file.write(study.spec())
    shutil.rmtree(store, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    measure.run_ravine(arguments.ravine, spec, store, "--threads", "1", "--backend", "cpu")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, store


def stored(arguments, folder, store):
    arrays = os.path.join(folder, "arrays")
    shutil.rmtree(arrays, ignore_errors=True)
    subprocess.run([arguments.ravine, "export", store, "--to", "npy", "--output", arrays], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    names = ("mean_loss", "variance_loss", "expected_loss", "z_mean_loss")
    return {name: numpy.load(os.path.join(arrays, name + ".npy")).reshape(-1, RECORDED) for name in names}


def check(study, values, others):
    """Everybody's means are those of theory, and so one another's."""
    def require(who, deviation):
        print(f"{study.type.name}, {who}: means at most {numpy.abs(deviation).max():.1f} standard errors from theory.")
        if not numpy.abs(deviation).max() < MOST_DEVIATION:
            raise SystemExit(f"{who}: not the study, so it is not timed")
    require("ravine", values["z_mean_loss"])
    for who, (mean, variance) in others.items():
        require(who, (mean - values["expected_loss"]) / numpy.sqrt(variance / study.replicates))


def seconds_of(function, study):
    start = time.process_time()
    function(study)
    return time.process_time() - start


def measure_precision(arguments, folder, precision):
    study = Study(arguments, precision)
    small = Study(arguments, precision)
    small.replicates = 2
    by_numba(small)  # compiled now
    _, store = run_ravine(arguments, folder, study)
    check(study, stored(arguments, folder, store), {"NumPy": by_numpy(study), "Numba": by_numba(study)})
    samples = {who: measure.Sample() for who in ("NumPy", "Numba", "ravine")}
    with measure.one_processor():
        for _ in range(arguments.repetitions):
            samples["NumPy"].add(seconds_of(by_numpy, study))
            samples["Numba"].add(seconds_of(by_numba, study))
            samples["ravine"].add(run_ravine(arguments, folder, study)[0])
    ravine = samples["ravine"]
    return [[precision, who, sample.text(1e-3, 3), f"{sample.median / study.replicate_steps * 1e9:.2f}",
             f"{study.replicate_steps / sample.median / 1e6:.0f}", f"{sample.median / ravine.median:.1f}",
             f"{sample.least / ravine.least:.1f}"] for who, sample in samples.items()]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ravine", type=os.path.abspath, help="the program")
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--folder", default=".", help="where the stores go, and are removed again")
    return parser.parse_args()


def main():
    arguments = parse()
    with measure.work_folder(arguments.folder) as folder:
        rows = [row for precision in ("float64", "float32") for row in measure_precision(arguments, folder, precision)]
    print(f"\n{arguments.cells} cells x {arguments.replicates} replicates x {arguments.steps} steps, {RECORDED} of them "
          f"recorded. NumPy {numpy.__version__}, Numba {numba.__version__}; {arguments.repetitions} repetitions.")
    measure.print_table("A noise study by NumPy, Numba and ravine, one processor",
                        ["precision", "who", "CPU time, ms: median (min .. max)", "ns/step of a replicate", "million steps/s",
                         "its time / ravine's", "the same of the fastest repetitions"], rows)


if __name__ == "__main__":
    main()
