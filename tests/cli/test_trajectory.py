"""Trajectories from outside: golden iterates, the same bytes however they are computed, and replay bit by bit."""

import csv
import io
import itertools
import json
import math
import os
import signal
import unittest
from pathlib import Path

import numpy

from ravine_cli import (BUSY, DONE, INTERRUPTED, USAGE, RavineTest, has_records, is_sanitized, tree_digest,
                        wait_until)  # fmt: skip

ORACLE = Path(__file__).resolve().parent.parent / "data" / "oracle" / "trajectories.json"

EVERYTHING = ["loss", "loss_parts", "x", "peak_loss", "peak_step", "first_above", "last_above", "steps_to_tolerance",
              "status"]  # fmt: skip
STATUS = ["not_computed", "running", "converged", "diverged"]

# 7 x 5 cells from slow ones to ones that overflow long before the last step.
SPEC = f"""\
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = {json.dumps(EVERYTHING)}
[axes]
alpha = {{ from = 0.0, to = 6.0, count = 7 }}
beta = {{ from = -0.5, to = 1.0, count = 5 }}
lambda = {{ values = [0.01, 0.1, 1.0] }}
[reduce]
lambda = "sum"
[start]
x = [1.0, -2.0, 0.5]
y = 0.25
[record]
steps = 1000
at = {{ every = 50 }}
"""
WITH_LAMBDA_AXIS = (
    SPEC.replace('"loss_parts", ', "").replace('[reduce]\nlambda = "sum"\n', "").replace("[1.0, -2.0, 0.5]", "0.5")
)


def in_float32(text):
    return text.replace("[axes]", 'precision = "float32"\n[axes]')


def numbers(values):
    return "[" + ", ".join(repr(float(value)) for value in values) + "]"


class TrajectoryTest(RavineTest):
    def arrays(self, store, output=None):
        """Every array of a store by its name."""
        output = self.folder / (output or f"arrays-of-{store}")
        if not output.exists():
            self.expect(DONE, "export", store, "--to", "npy", "--output", output)
        return {path.stem: numpy.load(path) for path in output.glob("*.npy")}

    def replayed(self, store, *extra):
        """The columns of the table that replay prints."""
        rows = list(csv.reader(io.StringIO(self.expect(DONE, "replay", store, *extra).stdout)))
        return {name: list(column) for name, column in zip(rows[0], zip(*rows[1:]))}


class GoldenIterates(TrajectoryTest):
    """trajectories.json through the eigenbasis that NumPy finds.

    Expressible are those that move every eigenvalue by itself with constant alpha and beta: gradient descent, heavy
    ball, heavy ball with L2 decay (the problem A + wd I), and dampened momentum, whose first gradient is not dampened
    (alpha (1 - d), and the rest of the first gradient as y_0). Not expressible are decoupled decay, Nesterov, QHM,
    schedules, and landscapes other than the quadratic one.
    """

    def setUp(self):
        super().setUp()
        self.problems = json.loads(ORACLE.read_text())

    def iterates(self, name, problem, run):
        """w at the snapshots, computed by ravine."""
        parameters = {key: float(value) for key, value in run["params"].items()}
        alpha, beta = parameters["alpha"], parameters.get("beta", 0.0)
        matrix = problem["matrix"] + parameters.get("wd", 0.0) * numpy.eye(len(problem["w0"]))
        eigenvalues, basis = numpy.linalg.eigh(matrix)
        minimum = numpy.linalg.solve(matrix, problem["b"])
        x = basis.T @ (problem["w0"] - minimum)
        y = numpy.zeros_like(x)
        if run["method"] == "DAMPENED":
            kept = 1 - parameters["dampening"]
            alpha, y = alpha * kept, eigenvalues * x * (1 / kept - 1) / beta
        text = f"""\
[sweep]
kind = "trajectory"
method = "{'gradient-descent' if run['method'] == 'GD' else 'heavy-ball'}"
quantities = ["x"]
[axes]
alpha = {{ values = [{alpha!r}] }}
{'' if run['method'] == 'GD' else f'beta = {{ values = [{beta!r}] }}'}
lambda = {{ values = {numbers(eigenvalues)} }}
[reduce]
lambda = "sum"
[start]
x = {numbers(x)}
y = {numbers(y)}
[record]
steps = {run['snapshots'][-1]['k']}
at = {[snapshot['k'] for snapshot in run['snapshots']]}
"""
        self.make_store(name, text, tile=1)
        found = self.arrays(name)["x"].reshape(len(run["snapshots"]), len(x))
        return minimum + found @ basis.T

    def check(self, name, problem, run):
        found = self.iterates(name, problem, run)
        for snapshot, w in zip(run["snapshots"], found):
            golden = numpy.array(snapshot["w"], float)
            tolerance = 1e-11 * max(1.0, numpy.abs(golden).max())  # that of the golden values' page
            numpy.testing.assert_allclose(w, golden, rtol=0, atol=tolerance, err_msg=f"{name} step {snapshot['k']}")

    def test_quadratics(self):
        checked = 0
        for number, problem in enumerate(self.problems):
            if problem["kind"] != "quadratic":
                continue
            made = {"matrix": numpy.array(problem["A"], float), "b": numpy.array(problem["b"], float),
                    "w0": numpy.array(problem["w0"], float)}  # fmt: skip
            for place, run in enumerate(problem["runs"]):
                if run["method"] not in ("GD", "HB", "DAMPENED") or any("schedule" in key for key in run["params"]):
                    continue
                self.check(f"problem{number}-{place}", made, run)
                checked += 1
        self.assertEqual(checked, 5 * 4)

    def test_the_quadratic_landscape(self):
        (landscape,) = [problem for problem in self.problems if problem.get("name") == "ravine_100x2_y2"]
        made = {"matrix": numpy.diag([200.0, 2.0]), "b": numpy.zeros(2), "w0": numpy.array(landscape["w0"], float)}
        self.check("landscape", made, landscape["runs"][0])


class Theory(TrajectoryTest):
    def test_gradient_descent_is_its_closed_form(self):
        """f - f* = sum (1 - alpha lambda)^(2k) lambda x_0^2 / 2, also where it diverges."""
        alphas, eigenvalues, steps = [0.5, 1.0, 1.5, 2.0, 2.1], numpy.array([0.01, 0.1, 1.0]), 200
        self.make_store(text=f"""\
[sweep]
kind = "trajectory"
method = "gradient-descent"
quantities = ["loss", "loss_parts"]
[axes]
alpha = {{ values = {alphas} }}
lambda = {{ values = {list(eigenvalues)} }}
[reduce]
lambda = "sum"
[record]
steps = {steps}
""")  # fmt: skip
        k = numpy.arange(steps + 1)
        arrays = self.arrays("store")
        self.assertEqual(arrays["step"].tolist(), k.tolist())
        for alpha, losses, parts in zip(alphas, arrays["loss"], arrays["loss_parts"]):
            wanted = eigenvalues / 2 * ((1 - alpha * eigenvalues) ** 2) ** k[:, None]
            # An iterate that is all but annihilated keeps the rounding of x at each step, not of itself.
            numpy.testing.assert_allclose(parts, wanted, rtol=1e-12 * steps, atol=1e-30, err_msg=str(alpha))
            numpy.testing.assert_allclose(losses, wanted.sum(axis=1), rtol=1e-12 * steps, err_msg=str(alpha))

    def test_optimal_momentum_peaks_at_sqrt_kappa_over_e(self):
        """From rest, at the optimal alpha and beta: |x_k/x_0| = q^k (1 + k (1 + q)) at the largest eigenvalue."""
        for kappa, attained in ((1e2, 3.707), (1e4, 36.79), (1e6, 367.88)):
            root = math.sqrt(kappa)
            q = (root - 1) / (root + 1)
            alpha = (2 / (1 + root)) ** 2
            peak_at = -1 / math.log(q) - 1 / (1 + q)
            steps = int(4 * peak_at)
            name = f"kappa{kappa:.0f}"
            self.make_store(name, f"""\
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = ["x", "peak_loss", "peak_step"]
[axes]
alpha = {{ values = [{alpha!r}] }}
beta = {{ values = [{q * q!r}] }}
lambda = {{ values = [{kappa!r}] }}
[start]
x = {math.sqrt(2 / kappa)!r}
[record]
steps = {steps}
""")  # fmt: skip
            arrays = self.arrays(name)
            k = numpy.arange(steps + 1)
            x = numpy.abs(arrays["x"].ravel()) / math.sqrt(2 / kappa)
            # At a double root an error of one rounding in alpha, beta or lambda grows with the steps squared.
            numpy.testing.assert_allclose(x, q**k * (1 + k * (1 + q)), rtol=0, atol=1e-15 * root**2 * root)
            peak = math.sqrt(arrays["peak_loss"].item())
            self.assertAlmostEqual(peak, attained, delta=attained * 2e-4)
            self.assertLess(peak, 1.03 * root / math.e)
            self.assertLess(abs(arrays["peak_step"].item() - peak_at), 1)


class SameBytes(TrajectoryTest):
    def test_threads_tiles_levels_and_shards_do_not_show(self):
        variants = {"sum64": SPEC, "axis32": in_float32(WITH_LAMBDA_AXIS), "sum32": in_float32(SPEC),
                    "axis64": WITH_LAMBDA_AXIS}  # fmt: skip
        shapes = list(itertools.product((1, 2, 7), (1, 3, 5, 35, 10**6)))
        if is_sanitized():  # a process takes much longer to start
            variants, shapes = dict(list(variants.items())[:2]), [(7, 3), (2, 5)]
        for name, text in variants.items():
            self.spec(text)
            digests = set()
            for threads, tile in shapes:
                store = f"{name}-{threads}-{tile}"
                self.make_store(store, text, tile, ["--threads", threads])
                digests.add(self.exported_digest(store))
            for level in ("x86-64", "x86-64-v3", "x86-64-v4"):
                environment = os.environ | {"RAVINE_SIMD": level}
                result = self.ravine("run", "spec.toml", "--store", f"{name}-{level}", "--tile", 5, env=environment)
                if result.returncode == USAGE and "RAVINE_SIMD" in result.stderr:
                    continue  # this processor does not have it
                self.assertEqual(result.returncode, DONE, result.stderr)
                digests.add(self.exported_digest(f"{name}-{level}"))
            for shard in ("3/3", "1/3", "2/3"):
                self.expect(DONE, "run", "spec.toml", "--store", f"{name}-shards", "--tile", 5, "--resume", "--shard",
                            shard)  # fmt: skip
            digests.add(self.exported_digest(f"{name}-shards"))
            self.assertEqual(len(digests), 1, name)
            self.assertEqual(tree_digest(self.folder / f"{name}-shards"), tree_digest(self.folder / f"{name}-2-5"))

    def test_verify_recomputes_every_cell(self):
        for name, text in (("sum", SPEC), ("axis", in_float32(WITH_LAMBDA_AXIS))):
            self.make_store(name, text, tile=10)
            report = self.json("verify", name, "--sample", 1)
            cells = 35 if name == "sum" else 105
            self.assertEqual((report["verdict"], report["cells_recomputed"]), ("right", cells))

    def test_a_diverging_cell_changes_no_other(self):
        # All cells of a tile go in lockstep; those that end in infinities are among them, or are not.
        tame = SPEC.replace("to = 6.0, count = 7", "to = 1.5, count = 4")
        mixed = tame.replace("{ from = 0.0, to = 1.5, count = 4 }", "{ values = [0.0, 0.5, 1e3, 1.0, 1e300, 1.5] }")
        self.make_store("tame", tame, tile=10**6)
        self.make_store("mixed", mixed, tile=10**6)
        tame, mixed = self.arrays("tame"), self.arrays("mixed")
        self.assertEqual(set(mixed["status"][[2, 4]].ravel()), {STATUS.index("diverged")})
        self.assertNotIn(STATUS.index("diverged"), tame["status"])
        for name in EVERYTHING:
            self.assertEqual(tame[name].tobytes(), mixed[name][[0, 1, 3, 5]].tobytes(), name)

    def test_killed_and_resumed(self):
        long = SPEC.replace("count = 7", "count = 21" if is_sanitized() else "count = 61")  # tiles enough to be in their midst
        whole = tree_digest(self.make_store("whole", long, tile=1))
        for sent in (signal.SIGKILL, signal.SIGTERM):
            store = sent.name
            process = self.start("run", "spec.toml", "--store", store, "--tile", 1)
            wait_until(lambda: has_records(self.folder / store), "the first tile")
            process.send_signal(sent)
            process.communicate()
            self.assertEqual(process.returncode, -sent if sent == signal.SIGKILL else INTERRUPTED)
            self.expect(DONE, "run", "spec.toml", "--store", store, "--tile", 1, "--resume", "--threads", 7)
            self.assertEqual(tree_digest(self.folder / store), whole)


class Replay(TrajectoryTest):
    def check_cell(self, store, arrays, cell, index, kind):
        """Every value of the cell against the table, and what is one value a cell against the JSON."""
        table = self.replayed(store, "--cell", cell)
        self.assertEqual([int(step) for step in table["step"]], arrays["step"].tolist())

        def expect(name, column):
            values = numpy.array([kind(text) for text in column], arrays[name].dtype)
            self.assertEqual(values.tobytes(), arrays[name][index].tobytes(), f"{name} of cell {cell}")

        parts = [name for name in table if name.startswith("loss_part_")]
        xs = [name for name in table if name.startswith("x_")]
        self.assertEqual(len(parts), len(xs))
        expect("loss", table["loss"])
        expect("x", [text for row in zip(*(table[name] for name in xs)) for text in row])
        if "loss_parts" in arrays:
            expect("loss_parts", [text for row in zip(*(table[name] for name in parts)) for text in row])
        report = self.json("replay", store, "--cell", cell)
        for name in EVERYTHING[3:]:
            value = STATUS.index(report[name]) if name == "status" else report[name]
            self.assertEqual(float(value), float(arrays[name][index]), f"{name} of cell {cell}")

    def test_every_cell_is_that_of_the_store(self):
        for name, text, shape in (("sum", SPEC, (7, 5)), ("axis", WITH_LAMBDA_AXIS, (3, 7, 5))):
            for precision, kind in (("64", numpy.float64), ("32", numpy.float32)):
                store = name + precision
                self.make_store(store, text if precision == "64" else in_float32(text))
                arrays = self.arrays(store)
                cells = range(0, math.prod(shape), (1 if name == "sum" else 4) * (9 if is_sanitized() else 1))
                for cell in cells:
                    self.check_cell(store, arrays, cell, numpy.unravel_index(cell, shape), kind)
                self.assertGreater(len(set(arrays["status"].ravel())), 2)  # running, converged and diverged ones

    def test_every_form_of_recorded_steps(self):
        for number, at in enumerate(('"every"', "{ every = 7 }", "{ every = 1001 }", "{ log = 9 }", "[0]", "[1, 1000]",
                                     "[999]")):  # fmt: skip
            store = f"s{number}"
            self.make_store(store, SPEC.replace("{ every = 50 }", at))
            self.check_cell(store, self.arrays(store), 9, (1, 4), numpy.float64)

    def test_every_step(self):
        self.make_store(text=SPEC)
        self.make_store("dense", SPEC.replace("at = { every = 50 }\n", ""))
        every = self.replayed("store", "--cell", 8, "--every-step")
        self.assertEqual(every, self.replayed("dense", "--cell", 8))
        self.assertEqual([int(step) for step in every["step"]], list(range(1001)))
        recorded = self.replayed("store", "--cell", 8)
        self.assertEqual([every["loss"][int(step)] for step in recorded["step"]], recorded["loss"])

    def test_a_cell_by_its_values(self):
        self.make_store(text=WITH_LAMBDA_AXIS)
        by_number = self.replayed("store", "--cell", 35 + 3 * 5 + 2)
        self.assertEqual(self.replayed("store", "--at", "alpha=3,beta=0.25,lambda=0.1"), by_number)
        self.make_store("single", in_float32(WITH_LAMBDA_AXIS.replace("[0.01, 0.1, 1.0]", "[0.1]")))
        # A float32 axis holds 0.1 rounded; an axis of one value need not be said.
        self.assertEqual(self.replayed("single", "--at", "lambda=0.1,beta=0.25,alpha=3"),
                         self.replayed("single", "--at", "alpha=3,beta=0.25"))  # fmt: skip
        report = self.json("replay", "single", "--at", "alpha=3,beta=0.25")
        self.assertEqual(report["at"], {"lambda": float(numpy.float32(0.1)), "alpha": 3, "beta": 0.25})
        self.assertIsNone(report["replicate"])

    def test_needs_no_tile(self):
        self.make_store(text=SPEC, tile=1)
        table = self.replayed("store", "--cell", 20)
        for path in (self.folder / "store" / "loss").rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                path.unlink()
        self.assertEqual(self.replayed("store", "--cell", 20), table)

    def test_wrong_usage(self):
        self.make_store(text=SPEC)
        for extra, says in (
            ((), ["neither --cell nor --at", "35 cells"]),
            (("--cell", 35), ["the cell 35", "from 0 to 34"]),
            (("--cell", -1), ["--cell", '"-1"', "at least 0"]),
            (("--cell", "x"), ["--cell", '"x"']),
            (("--cell", 1, "--at", "alpha=0,beta=1"), ["--cell and --at"]),
            (("--at", "alpha=0"), ["no value of beta"]),
            (("--at", "alpha=0,beta"), ["--at", '"beta"', "AXIS=NUMBER"]),
            (("--at", "alpha=nan,beta=1"), ["--at", '"alpha=nan"', "AXIS=NUMBER"]),
            (("--at", "alpha=0,beat=1"), ['"beat"', 'did you mean "beta"?']),
            (("--at", "alpha=0,lambda=1,beta=1"), ['"lambda"', '"alpha" or "beta"']),
            (("--at", "alpha=0,alpha=0,beta=1"), ["alpha twice"]),
            (("--at", "alpha=3.5,beta=1"), ["alpha = 3.5", "7 values", "3 or 4"]),
            (("--at", "alpha=0,beta=-0.6"), ["beta = -0.6", "such as -0.5"]),
            (("--at", "alpha=0,beta=7"), ["beta = 7", "such as 1"]),
            (("--cell", 1, "--replicate", 3), ["replicate 3", "kind noise"]),
        ):
            with self.subTest(extra):
                self.refused(USAGE, "replay", "store", *extra, says=says)
        rates = SPEC[: SPEC.index("[start]")].replace('"trajectory"', '"rate"').replace(json.dumps(EVERYTHING), '["rate"]')
        self.make_store("rates", rates.replace('"sum"', '"worst"'))
        self.refused(USAGE, "replay", "rates", "--cell", 1, says=["rates", "kind rate"])

    def test_a_closed_pipe_ends_it(self):
        self.spec(SPEC.replace("steps = 1000", "steps = 4294967296").replace("{ every = 50 }", "[1]"))
        self.expect(INTERRUPTED, "run", "spec.toml", "--store", "store", "--max-time", 0)
        process = self.start("replay", "store", "--cell", 0, "--every-step")
        self.assertEqual(process.stdout.readline()[:9], "step,loss")
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), DONE)
        self.assertEqual(process.stderr.read(), "")


class Commands(TrajectoryTest):
    def test_summary_is_of_rates(self):
        self.refused(USAGE, "summary", self.spec(SPEC), says=["kind trajectory", "kind rate"])

    def test_plan_says_the_bytes(self):
        plan = self.json("plan", self.spec(SPEC), "--tile", 5)
        per_cell = 21 * (1 + 3 + 3) * 8 + 8 + 4 * 8 + 1
        self.assertEqual((plan["shape"], plan["tile_shape"], plan["cells"]), ([7, 5], [1, 5], 35))
        self.assertEqual((plan["bytes"], plan["memory"]), (35 * per_cell, 2 * 5 * per_cell))
        store = self.make_store("store", SPEC, tile=5)
        chunks = sum(path.stat().st_size for name in EVERYTHING for path in (store / name).rglob("*")
                     if path.is_file() and not path.name.startswith("."))  # fmt: skip
        self.assertEqual(chunks, plan["bytes"])

    def test_plan_is_quick_however_long_the_trajectories(self):
        text = SPEC.replace("steps = 1000", "steps = 4294967296").replace("{ every = 50 }", "[4294967296]")
        plan = self.json("plan", self.spec(text), timeout=60)
        self.assertGreater(plan["seconds"], 1)

    def test_a_default_tile_follows_what_is_recorded(self):
        text = SPEC.replace("count = 7", "count = 70000")
        plan = self.json("plan", self.spec(text))
        values = 21 * (1 + 3 + 3) + 6
        self.assertEqual(plan["tile_shape"], [2**22 // values // 5, 5])

    def test_a_recording_without_room_is_refused(self):
        vast = SPEC.replace("steps = 1000", "steps = 4294967296").replace("{ every = 50 }", '"every"')
        result = self.expect(DONE, "plan", self.spec(vast), "--json")
        self.assertEqual(json.loads(result.stdout)["memory"], 2 * ((2**32 + 1) * 7 * 8 + 8 + 4 * 8 + 1))
        self.assertRegex(result.stderr, r"ravine: warning: .*448.0 GiB in memory")
        for command in ("run", "bench"):
            store = ["--store", "s"] if command == "run" else []
            self.refused(USAGE, command, "spec.toml", *store,
                         says=["448.0 GiB in memory", "1 cell", "record fewer steps"])  # fmt: skip
        self.refused(USAGE, "run", "spec.toml", "--store", "s", "--tile", 5, "--resume", says=["5 cells", "--tile"])
        many = SPEC.replace("count = 7", "count = 900000000").replace("{ every = 50 }", '"every"')
        self.refused(USAGE, "run", self.spec(many), "--store", "s", says=["to store", "are free", "record fewer steps"])
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def test_status_counts_the_converged(self):
        self.make_store(text=SPEC, tile=5)
        converged = int((self.arrays("store")["status"] == STATUS.index("converged")).sum())
        summary = self.json("status", "store")["summary"]
        self.assertEqual((summary["cells"], summary["convergent"]), (35, converged))
        for name in ("area", "best_rate", "best_gap", "regimes"):
            self.assertIsNone(summary[name])
        self.assertRegex(self.expect(DONE, "status", "store").stdout, rf"converged +{converged} cells")

    def test_an_existing_store_is_kept(self):
        store = self.make_store(text=SPEC)
        before = tree_digest(store)
        self.refused(BUSY, "run", "spec.toml", "--store", "store", says="exists already")
        other = self.spec(SPEC.replace("y = 0.25", "y = 0.5"), "other.toml")
        self.refused(BUSY, "run", other, "--store", "store", "--resume", says=["/start/y", "0.5", "0.25"])
        self.assertEqual(tree_digest(store), before)

    def test_bench(self):
        report = self.json("bench", self.spec(SPEC), "--repeat", 1)
        self.assertEqual(report["outcome"], "complete")


if __name__ == "__main__":
    unittest.main()
