"""Noise studies from outside: golden values through a store, the same bytes however they are computed, bounded memory."""

import csv
import os
import pathlib
import signal
import subprocess
import unittest

import numpy

import ravine_cli
from ravine_cli import DONE, PROGRAM, RavineTest, has_records, is_sanitized, tree_digest, wait_until

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "data" / "oracle"

# Both are rounded once from more digits: of the program's value and of the golden one.
ROUNDINGS = 2**-52

THEORY = """\
[sweep]
kind = "noise"
method = "heavy-ball"
quantities = [{quantities}]
[axes]
alpha = {{ values = [{alpha}] }}
beta = {{ values = [{beta}] }}
lambda = {{ values = [{lam}] }}
[start]
x = {x0}
y = {y0}
[record]
steps = {steps}
at = {at}
[noise]
variance = {variance}
replicates = 1
"""

STUDY = """\
[sweep]
kind = "noise"
method = "heavy-ball"
quantities = ["mean_loss", "variance_loss", "min_loss", "max_loss", "mean_x", "variance_x", "diverged", "histogram",
              "quantiles", "sample_loss", "sample_x", "expected_loss", "z_mean_loss", "z_variance_x",
              "stationary_loss", "moments"]
order = ["beta", "alpha", "lambda"]
[axes]
alpha = { values = [0.1, 0.25, 1.7, 4.0] }
beta = { values = [0.0, 0.25, 0.9] }
lambda = { values = [0.5, 1.0] }
[record]
steps = 66
at = [0, 1, 7, 33, 66]
[noise]
variance = 0.25
replicates = 5000
seed = 11
"""


def golden(name):
    with open(GOLDEN / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Noise(RavineTest):
    def load(self, store, name):
        output = self.folder / f"arrays-of-{store}"
        if not output.exists():
            self.expect(DONE, "export", store, "--to", "npy", "--output", output)
        return numpy.load(output / f"{name}.npy")

    def test_golden_moments_after_some_steps(self):
        cases = {}
        for row in golden("finite_k_objective.csv"):
            cases.setdefault(row["case"], []).append(row)
        checked = 0
        columns = {"expected_x": "mean_x", "expected_variance_x": "var_x", "expected_loss": "Ef_total",
                   "expected_loss_deterministic": "Ef_deterministic", "expected_loss_stochastic": "Ef_stochastic"}
        for case, rows in cases.items():
            if is_sanitized() and int(case) > 5:
                break
            first = rows[0]
            steps = [int(row["k"]) for row in rows]
            text = THEORY.format(quantities=", ".join(f'"{name}"' for name in columns), alpha=first["alpha"],
                                 beta=first["beta"], lam=first["lambda"], x0=float(first["x0"]), y0=float(first["y0"]),
                                 steps=steps[-1], at=steps, variance=first["noise_var"])
            self.make_store(f"s{case}", text)
            for name, column in columns.items():
                wanted = numpy.array([float(row[column]) for row in rows])
                # A sum of two parts is rounded once more.
                numpy.testing.assert_allclose(self.load(f"s{case}", name).ravel(), wanted, rtol=3 * ROUNDINGS, atol=0)
                checked += len(rows)
        if not is_sanitized():
            self.assertEqual(checked, len(columns) * 315)

    def test_golden_stationary_moments(self):
        rows = [row for row in golden("stationary_moments.csv") if row["method"] == "HB"]
        self.assertEqual(len(rows), 85)
        columns = {"stationary_x2": "E_x2", "stationary_y2": "E_y2", "stationary_xy": "E_xy_or_E_xk_xkm1",
                   "stationary_loss": "E_f"}
        for number, row in enumerate(rows[:: 10 if is_sanitized() else 1]):
            text = THEORY.format(quantities=", ".join(f'"{name}"' for name in [*columns, "moments"]),
                                 alpha=row["alpha"], beta=row["beta"], lam=row["lambda"], x0=1.0, y0=0.0, steps=1,
                                 at=[1], variance=row["noise_var"])
            self.make_store(f"s{number}", text)
            for name, column in columns.items():
                numpy.testing.assert_allclose(self.load(f"s{number}", name).item(), float(row[column]),
                                              rtol=ROUNDINGS, atol=0)
            self.assertEqual(self.load(f"s{number}", "moments").item(), 1)

    def test_threads_tiles_and_levels_do_not_show_in_the_values(self):
        for precision in ("float64", "float32"):
            text = STUDY.replace("[axes]", f'precision = "{precision}"\n[axes]')
            digests = set()
            for threads, tile, level in [(1, 1, None), (2, 5, None), (7, 1000, None), (2, 1000, "x86-64"),
                                         (2, 1000, "x86-64-v3"), (2, 7, "x86-64-v4")]:
                if level and not self.has_level(level):
                    continue
                environment = os.environ | ({"RAVINE_SIMD": level} if level else {})
                store = f"{precision}-{threads}-{tile}-{level}"
                self.expect(DONE, "run", self.spec(text), "--store", store, "--tile", tile, "--threads", threads,
                            "--backend", "cpu", env=environment)
                digests.add(self.exported_digest(store))
            self.assertEqual(len(digests), 1, precision)

    def has_level(self, level):
        return self.ravine("doctor", env=os.environ | {"RAVINE_SIMD": level}).returncode == DONE

    def test_shards_together_are_the_whole(self):
        whole = self.make_store("whole", STUDY, 5)
        for shard in ("2/3", "1/3", "3/3"):
            self.expect(DONE, "run", "spec.toml", "--store", "s", "--tile", 5, "--resume", "--shard", shard)
        self.assertEqual(tree_digest(self.folder / "s"), tree_digest(whole))

    def test_killed_and_resumed_is_the_whole(self):
        whole = self.make_store("whole", STUDY, 1)
        for sent in (signal.SIGKILL, signal.SIGINT):
            process = self.start("run", "spec.toml", "--store", f"s{sent}", "--tile", 1, "--resume")
            wait_until(lambda: has_records(self.folder / f"s{sent}"), "the first tile")
            process.send_signal(sent)
            process.communicate(timeout=ravine_cli.TIMEOUT)
            self.expect(DONE, "run", "spec.toml", "--store", f"s{sent}", "--tile", 1, "--resume")
            self.assertEqual(tree_digest(self.folder / f"s{sent}"), tree_digest(whole))

    def test_verify_recomputes_the_same(self):
        self.make_store("s", STUDY, 7)
        result = self.json("verify", "s", "--sample", 1)
        self.assertEqual(result["cells_different"], 0)
        self.assertEqual(result["cells_recomputed"], 24)

    def memory_of(self, replicates, store):
        """The most memory that a run of one cell with so many replicates takes, in bytes."""
        text = STUDY.replace("[0.1, 0.25, 1.7, 4.0]", "[0.25]").replace("[0.0, 0.25, 0.9]", "[0.9]")
        text = text.replace("[0.5, 1.0]", "[1.0]").replace("steps = 66", "steps = 1").replace("[0, 1, 7, 33, 66]", "[1]")
        spec = self.spec(text.replace("replicates = 5000", f"replicates = {replicates}"), f"{store}.toml")
        process = subprocess.Popen([PROGRAM, "run", spec, "--store", store, "--threads", "2", "--backend", "cpu"],
                                   cwd=self.folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, DONE)
        return usage.ru_maxrss * 1024

    def test_memory_does_not_grow_with_the_replicates(self):
        many = 400_000 if is_sanitized() else 4_000_000
        few = self.memory_of(100_000, "few")
        # Not 8 bytes a replicate, which would be 32 MB.
        self.assertLess(self.memory_of(many, "many") - few, (8 << 20) if not is_sanitized() else (64 << 20))
        self.assertEqual(self.load("many", "histogram").sum(), many)


if __name__ == "__main__":
    unittest.main()
