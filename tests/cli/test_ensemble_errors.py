"""Bad specs of ensembles: each is refused before any work, with the place, what was found and what is wanted."""

import os
import unittest

from ravine_cli import USAGE, RavineTest

TRAJECTORY = """\
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = ["loss", "x", "status"]
precision = "float64"
[axes]
alpha = { from = 0.0, to = 4.0, count = 5 }
beta = { from = 0.0, to = 1.0, count = 3 }
lambda = { values = [0.1, 1.0] }
[reduce]
lambda = "sum"
[start]
x = 1.0
y = [0.0, 0.5]
[record]
steps = 10
at = { every = 2 }
tolerance = 1e-6
"""
KIND, QUANTITIES, PRECISION, REDUCE, X, Y, STEPS, AT, TOLERANCE = 2, 4, 5, 11, 13, 14, 16, 17, 18

NOISE = TRAJECTORY.replace('"trajectory"', '"noise"').replace('["loss", "x", "status"]', '["mean_loss", "min_loss"]') + """\
[noise]
variance = [1.0, 4.0]
replicates = 100
first_replicate = 7
seed = 42
common_random_numbers = true
[histogram]
from = 1e-6
to = 1e6
bins_per_octave = 8
quantiles = [0.1, 0.5]
"""  # fmt: skip
VARIANCE, REPLICATES, FIRST, SEED, COMMON, FROM, TO, BINS, QUANTILES = 20, 21, 22, 23, 24, 26, 27, 28, 29

# line to replace (or to leave out), by what, what the message says beside the line
BAD_TRAJECTORIES = {
    "unknown kind": (KIND, 'kind = "trajectry"', ['"trajectry"', 'did you mean "trajectory"?']),
    "kind of a wrong type": (KIND, "kind = 1", ["integer 1", "string"]),
    "quantity of rates": (QUANTITIES, 'quantities = ["rate"]', ['"rate"', 'kind = "rate"', '"loss"']),
    "quantity of noise": (QUANTITIES, 'quantities = ["loss", "mean_loss"]', ['"mean_loss"', 'kind = "noise"']),
    "unknown quantity": (QUANTITIES, 'quantities = ["lose"]', ['"lose"', 'did you mean "loss"?']),
    "no quantity": (QUANTITIES, "quantities = []", ["quantities"]),
    "reduction of rates": (REDUCE, 'lambda = "worst"', ['"worst"', '"sum"', "kind trajectory"]),
    "misspelt reduction": (REDUCE, 'lambda = "sun"', ['"sun"', 'did you mean "sum"?']),
    "reduction of a wrong type": (REDUCE, "lambda = true", ["reduce.lambda", "string"]),
    "start of a wrong type": (X, 'x = "1"', ["start.x", 'string "1"']),
    "start that is NaN": (X, "x = nan", ["start.x", "nan", "finite"]),
    "start that is infinite": (Y, "y = [0.0, inf]", ["start.y", "inf", "finite"]),
    "start with too few values": (Y, "y = [0.5]", ["1 values in start.y", "2 eigenvalues"]),
    "start with too many values": (X, "x = [1.0, 2.0, 3.0]", ["3 values in start.x", "2 eigenvalues"]),
    "start with no values": (X, "x = []", ["start.x"]),
    "start with text in a list": (Y, 'y = [0.0, "a"]', ["start.y", 'string "a"']),
    "unknown key in start": (X, "w = 1.0", ['"w"', '"x" or "y"', "[start]"]),
    "no steps": (STEPS, "", ["[record] without steps"]),
    "zero steps": (STEPS, "steps = 0", ["record.steps", "integer 0", "from 1 to 4294967296"]),
    "negative steps": (STEPS, "steps = -5", ["record.steps", "integer -5", "from 1 to 4294967296"]),
    "more than 2^32 steps": (STEPS, "steps = 4294967297", ["record.steps", "4294967297"]),
    "steps that are no integer": (STEPS, "steps = 10.0", ["record.steps", "10", "integer"]),
    "steps of a wrong type": (STEPS, 'steps = "10"', ["record.steps", 'string "10"', "integer"]),
    "unknown key in record": (STEPS, "setps = 10", ['"setps"', 'did you mean "steps"?', "[record]"]),
    "at an unknown word": (AT, 'at = "all"', ["record.at", 'string "all"', '"every"']),
    "at a number": (AT, "at = 2", ["record.at", "integer 2", "a list of steps"]),
    "at an empty table": (AT, "at = {}", ["record.at", "{ every = N }", "{ log = COUNT }"]),
    "at two ways": (AT, "at = { every = 2, log = 3 }", ["record.at", "{ every = N }"]),
    "at an unknown way": (AT, "at = { evry = 2 }", ['"evry"', 'did you mean "every"?']),
    "every 0th": (AT, "at = { every = 0 }", ["record.at.every", "integer 0", "from 1"]),
    "every -1st": (AT, "at = { every = -1 }", ["record.at.every", "-1"]),
    "every half": (AT, "at = { every = 0.5 }", ["record.at.every", "0.5", "integer"]),
    "no log-spaced steps": (AT, "at = { log = 0 }", ["record.at.log", "integer 0", "from 1 to 1048576"]),
    "too many log-spaced steps": (AT, "at = { log = 1048577 }", ["record.at.log", "1048577"]),
    "no listed steps": (AT, "at = []", ["record.at"]),
    "negative listed steps": (AT, "at = [-1, 5]", ["integer -1", "from 0 to record.steps = 10"]),
    "listed steps past the last": (AT, "at = [5, 11]", ["integer 11", "from 0 to record.steps = 10"]),
    "listed steps twice": (AT, "at = [5, 5]", ["integer 5", "ascending"]),
    "descending listed steps": (AT, "at = [5, 4]", ["integer 4", "ascending"]),
    "listed steps that are no integers": (AT, "at = [1.0]", ["record.at", "integer"]),
    "negative tolerance": (TOLERANCE, "tolerance = -1e-6", ["record.tolerance", "-1e-06", "at least 0"]),
    "tolerance that is NaN": (TOLERANCE, "tolerance = nan", ["record.tolerance", "nan", "finite"]),
    "tolerance of a wrong type": (TOLERANCE, 'tolerance = "small"', ["record.tolerance", '"small"']),
}  # fmt: skip

BAD_NOISE = {
    "quantity of trajectories": (QUANTITIES, 'quantities = ["loss"]', ['"loss"', 'kind = "trajectory"']),
    "no variance": (VARIANCE, "", ["[noise] without variance", "noise.variance"]),
    "negative variance": (VARIANCE, "variance = -1.0", ["noise.variance", "-1", "at least 0"]),
    "negative variance in a list": (VARIANCE, "variance = [1.0, -1e-300]", ["noise.variance", "-1e-300", "at least 0"]),
    "variance that is NaN": (VARIANCE, "variance = nan", ["noise.variance", "nan", "finite"]),
    "variances of another number": (VARIANCE, "variance = [1.0]", ["1 values in noise.variance", "2 eigenvalues"]),
    "variance of a wrong type": (VARIANCE, "variance = true", ["noise.variance"]),
    "no replicates": (REPLICATES, "", ["[noise] without replicates", "noise.replicates"]),
    "zero replicates": (REPLICATES, "replicates = 0", ["noise.replicates", "integer 0", "from 1 to 4294967296"]),
    "negative replicates": (REPLICATES, "replicates = -1", ["noise.replicates", "integer -1"]),
    "more than 2^32 replicates": (REPLICATES, "replicates = 4294967297", ["noise.replicates", "4294967297"]),
    "replicates beyond the counter": (REPLICATES, "replicates = 4294967290", ["first_replicate + replicates", "2^32"]),
    "replicates that are no integer": (REPLICATES, "replicates = 1e3", ["noise.replicates", "integer"]),
    "negative first replicate": (FIRST, "first_replicate = -1", ["noise.first_replicate", "-1", "from 0 to 4294967295"]),
    "first replicate beyond the counter": (FIRST, "first_replicate = 4294967296", ["noise.first_replicate"]),
    "negative seed": (SEED, "seed = -1", ["noise.seed", "integer -1", "from 0 to 9223372036854775807"]),
    "seed of a wrong type": (SEED, "seed = 4.2", ["noise.seed", "4.2", "integer"]),
    "common random numbers of a wrong type": (COMMON, "common_random_numbers = 1",
                                              ["noise.common_random_numbers", "true or false"]),
    "unknown key in noise": (SEED, "sed = 1", ['"sed"', 'did you mean "seed"?', "[noise]"]),
    "histogram from 0": (FROM, "from = 0.0", ["histogram.from", "positive"]),
    "histogram from a negative": (FROM, "from = -1.0", ["histogram.from", "positive"]),
    "histogram from a subnormal": (FROM, "from = 1e-310", ["histogram.from", "normal"]),
    "histogram to infinity": (TO, "to = inf", ["histogram.to", "finite"]),
    "histogram beyond the last octave": (TO, "to = 1.7e308", ["histogram.to"]),
    "histogram of a wrong type": (FROM, 'from = "low"', ["histogram.from", '"low"']),
    "histogram from above to": (TO, "to = 1e-7", ["a histogram from 2^-20 to 2^-23", "below"]),
    "no bins": (BINS, "bins_per_octave = 0", ["histogram.bins_per_octave", "from 1 to 4096"]),
    "bins no power of two": (BINS, "bins_per_octave = 6", ["histogram.bins_per_octave", "integer 6", "power of two"]),
    "too many bins": (BINS, "bins_per_octave = 8192", ["histogram.bins_per_octave", "8192"]),
    "quantile of probability 0": (QUANTILES, "quantiles = [0.0]", ["histogram.quantiles", "above 0 and below 1"]),
    "quantile of probability 1": (QUANTILES, "quantiles = [0.5, 1.0]", ["histogram.quantiles", "above 0 and below 1"]),
    "quantiles twice": (QUANTILES, "quantiles = [0.5, 0.5]", ["ascending"]),
    "no quantiles": (QUANTILES, "quantiles = []", ["histogram.quantiles"]),
    "unknown key in histogram": (BINS, "bins = 6", ['"bins"', "[histogram]"]),
}  # fmt: skip


def with_line(text, number, line):
    lines = text.splitlines(keepends=True)
    lines[number - 1] = line + "\n"
    return "".join(lines)


class BadEnsembles(RavineTest):
    def refuse(self, text, says):
        self.refused(USAGE, "run", self.spec(text), "--store", "s", says=says)
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def refuse_each(self, good, bad):
        for name, (line, text, says) in bad.items():
            with self.subTest(name):
                # What is not there has the place of its table, or of the file.
                place = f"spec.toml:{line}:" if text else "spec.toml:"
                self.refuse(with_line(good, line, text), [place, *says])

    def test_trajectories(self):
        self.expect(0, "plan", self.spec(TRAJECTORY))
        self.refuse_each(TRAJECTORY, BAD_TRAJECTORIES)

    def test_noise(self):
        self.refuse_each(NOISE, BAD_NOISE)

    def test_a_seed_of_more_than_63_bits(self):
        self.refuse(with_line(NOISE, SEED, "seed = 9223372036854775808"), ["spec.toml:23:"])

    def test_tables_that_are_missing(self):
        self.refuse(TRAJECTORY[: TRAJECTORY.index("[record]")], ["no [record]", "record.steps"])
        self.refuse(NOISE[: NOISE.index("[noise]")], ["no [noise]", "noise.variance"])

    def test_tables_of_a_wrong_type(self):
        for table in ("start", "record", "noise", "histogram"):
            with self.subTest(table):
                text = NOISE[: NOISE.index(f"[{table}]")]
                self.refuse(f"{table} = 3\n" + text, ["spec.toml:1:", table, "table"])

    def test_tables_of_another_kind(self):
        rates = TRAJECTORY[: TRAJECTORY.index("[start]")].replace('"trajectory"', '"rate"')
        rates = rates.replace('["loss", "x", "status"]', '["rate"]').replace('"sum"', '"worst"')
        for table, text in (("start", "x = 1.0"), ("record", "steps = 10"), ("noise", "seed = 1"), ("histogram", "")):
            with self.subTest(table):
                wanted = "noise" if table in ("noise", "histogram") else "trajectory"
                self.refuse(rates + f"[{table}]\n{text}\n",
                            ["spec.toml:12:", f"[{table}] in a sweep of kind rate", f'"{wanted}"'])  # fmt: skip
        self.refuse(TRAJECTORY + "[noise]\nseed = 1\n", ["spec.toml:19:", "[noise] in a sweep of kind trajectory"])
        self.refuse(TRAJECTORY + "[histogram]\nto = 1.0\n", ["[histogram] in a sweep of kind trajectory"])
        self.refuse(TRAJECTORY + "[summary]\npercentiles = []\n",
                    ["spec.toml:19:", "[summary] in a sweep of kind trajectory"])  # fmt: skip
        self.refuse(rates.replace('"worst"', '"sum"'), ["spec.toml:11:", '"sum"', '"worst"'])

    def test_lists_need_a_shared_spectrum(self):
        alone = TRAJECTORY.replace('[reduce]\nlambda = "sum"\n', "")
        self.refuse(alone, ["spec.toml:12:", "a list as start.y", 'lambda = "sum"'])
        alone = NOISE.replace('[reduce]\nlambda = "sum"\n', "").replace("y = [0.0, 0.5]", "y = 0.5")
        self.refuse(alone, ["spec.toml:18:", "a list as noise.variance", 'lambda = "sum"'])

    def test_parts_need_a_shared_spectrum(self):
        alone = TRAJECTORY.replace('[reduce]\nlambda = "sum"\n', "").replace("[0.0, 0.5]", "0.5")
        alone = alone.replace('"loss", "x"', '"loss", "loss_parts"')
        self.refuse(alone, ["spec.toml:4:23: ", "loss_parts of one eigenvalue", 'lambda = "sum"'])

    def test_values_beyond_float32(self):
        narrow = NOISE.replace('"float64"', '"float32"')
        for line, text, name in ((X, "x = 3.5e38", "start.x"), (Y, "y = [0.0, -1e39]", "start.y"),
                                 (TOLERANCE, "tolerance = 1e39", "record.tolerance"),
                                 (VARIANCE, "variance = 1e39", "noise.variance")):  # fmt: skip
            with self.subTest(name):
                self.refuse(with_line(narrow, line, text), [f"spec.toml:{line}:", name, "3.4028236e+38", "float32"])

    def test_too_many_cells_for_numbers_of_their_own(self):
        vast = NOISE.replace("count = 5", "count = 2000000").replace("count = 3", "count = 2000000")
        vast = with_line(vast, COMMON, "common_random_numbers = false")
        self.refuse(vast, ["4000000000000 cells", "2^40", "common_random_numbers = true"])


if __name__ == "__main__":
    unittest.main()
