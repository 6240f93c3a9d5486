"""ravine run: the values, the report, the store it makes."""

import itertools
import json
import os
import unittest

import numpy

from ravine_cli import BUSY, DONE, INTERRUPTED, SPEC, RavineTest, is_sanitized, tree_digest


def rates(alpha, beta, lam):
    """The textbook formula, good to about 1e-8 near the critical curve."""
    trace = 1 + beta - alpha * lam
    root = numpy.sqrt((trace * trace - 4 * beta).astype(complex))
    return numpy.maximum(abs((trace + root) / 2), abs((trace - root) / 2))


class Run(RavineTest):
    def load(self, store, name):
        output = self.folder / f"arrays-of-{store}"
        if not output.exists():
            self.expect(DONE, "export", store, "--to", "npy", "--output", output)
        return numpy.load(output / f"{name}.npy")

    def test_values_are_those_of_the_formula(self):
        self.make_store()
        lam, alpha, beta = numpy.meshgrid([1.0, 2.5], numpy.linspace(0, 4, 41), numpy.linspace(0, 1, 21), indexing="ij")
        near_critical = 1e-7  # error of a square root of a rounding error, as the textbook formula makes it
        numpy.testing.assert_allclose(self.load("store", "rate"), rates(alpha, beta, lam), rtol=0, atol=near_critical)

    def test_order_of_the_spec_is_the_order_of_the_map(self):
        self.make_store("a")
        self.make_store("b", SPEC.replace('"lambda", "alpha", "beta"', '"beta", "lambda", "alpha"'))
        moved = numpy.moveaxis(self.load("b", "rate"), (1, 2, 0), (0, 1, 2))
        self.assertEqual(self.load("a", "rate").tobytes(), numpy.ascontiguousarray(moved).tobytes())

    def test_threads_and_tiles_do_not_show_in_the_values(self):
        variants = {
            "float64": SPEC,
            "float32": SPEC.replace("[axes]", 'precision = "float32"\n[axes]'),
            "worst": SPEC + '[reduce]\nlambda = "worst"\n',
            "log": SPEC.replace("from = 0.0, to = 4.0,", 'from = 0.001, to = 4.0, scale = "log",'),
        }
        threads_and_tiles = list(itertools.product([1, 2, 7], [1, 7, 21, 100, 861, 10**6]))
        if is_sanitized():  # it has tiles of one cell in test_resume
            threads_and_tiles = [(1, 861), (2, 100), (7, 21)]
        for name, text in variants.items():
            digests = set()
            for threads, tile in threads_and_tiles:
                store = f"{name}-{threads}-{tile}"
                self.make_store(store, text, tile, ["--threads", threads])
                digests.add(self.exported_digest(store))
            self.assertEqual(len(digests), 1, name)

    def test_threads_do_not_show_in_the_store(self):
        digests = {tree_digest(self.make_store(f"s{n}", extra=["--threads", n])) for n in (1, 2, 7)}
        self.assertEqual(len(digests), 1)

    def test_shards_together_are_the_whole(self):
        whole = self.make_store("whole")
        for shard in ("2/3", "3/3"):
            result = self.expect(DONE, "run", "spec.toml", "--store", "s", "--tile", 100, "--resume", "--shard", shard)
            self.assertIn("next: ravine status s", result.stdout)
        result = self.expect(DONE, "run", "spec.toml", "--store", "s", "--tile", 100, "--resume", "--shard", "1/3")
        self.assertIn("next: ravine plot s", result.stdout)
        self.assertEqual(tree_digest(self.folder / "s"), tree_digest(whole))

    def test_report_names_the_best_cell_the_region_and_the_next_command(self):
        self.spec(SPEC.replace("[1.0, 2.5]", "[1.0]"))
        output = self.expect(DONE, "run", "spec.toml", "--store", "my store").stdout
        self.assertIn("best rate   0 at lambda = 1, alpha = 1, beta = 0", output)
        self.assertRegex(output, r"convergent +\d+ cells +\d\d\.\d %  area about \d\.\d+ \(alpha x beta\)")
        self.assertRegex(output, r"one_step +1 cells")
        for row in ("check", "compute", "write", "wait", "total"):
            self.assertRegex(output, rf"(?m)^  {row} +\d+\.\d+ s")
        self.assertIn("store: my store\nnext: ravine plot 'my store'\n", output)

    def test_area_is_that_of_the_stable_band(self):
        # 0 < alpha lambda < 2 + 2 beta for beta in (0, 1): an area of 3, which the cells approach.
        text = SPEC.replace("[1.0, 2.5]", "[1.0]").replace("count = 41", "count = 801").replace("count = 21", "count = 401")
        result = self.json("run", self.spec(text), "--store", "s")
        self.assertAlmostEqual(result["summary"]["area"], 3.0, delta=0.02)

    def test_area_needs_the_whole_map(self):
        result = self.json("run", self.spec(), "--store", "part", "--tile", 100, "--shard", "1/2")
        self.assertLess(result["summary"]["tiles_done"], result["summary"]["tiles_total"])
        self.assertIsNone(result["summary"]["area"])

    def test_area_needs_linear_axes(self):
        result = self.json("run", self.spec(), "--store", "s")
        self.assertIsNone(result["summary"]["area"])

    def test_json_is_stable_and_alone(self):
        result = self.expect(DONE, "run", self.spec(), "--store", "s", "--json")
        self.assertEqual(
            list(json.loads(result.stdout)),
            ["command", "version", "model_version", "outcome", "spec", "store", "identity", "spectrum", "shape",
             "tile_shape", "backend", "backend_reason", "device", "simd", "threads", "shard", "tiles_computed", "tiles_kept",
             "tiles_repaired", "coordinates_repaired", "cells_computed", "seconds", "notes", "summary", "next"],
        )  # fmt: skip
        summary = json.loads(result.stdout)["summary"]
        self.assertEqual(
            list(summary),
            ["tiles_done", "tiles_total", "cells", "convergent", "convergent_fraction", "area", "best_rate",
             "best_gap", "regimes"],
        )  # fmt: skip
        self.assertEqual(summary["best_rate"], {"value": 0.0, "cell": 210, "index": [0, 10, 0],
                                                "at": {"lambda": 1.0, "alpha": 1.0, "beta": 0.0}})  # fmt: skip
        self.assertEqual(sum(summary["regimes"].values()), 2 * 41 * 21)

    def test_store_of_the_spec_is_used(self):
        self.expect(DONE, "run", self.spec(SPEC + '[output]\nstore = "deep/down"\n'))
        self.assertTrue((self.folder / "deep/down/.zgroup").exists())
        self.expect(DONE, "run", self.spec(name="named.toml"))
        self.assertTrue((self.folder / "out/named/.zgroup").exists())

    def test_existing_store_is_refused_without_resume(self):
        store = self.make_store()
        before = tree_digest(store)
        self.refused(BUSY, "run", "spec.toml", "--store", "store", says=["store", "--resume", "--store"])
        self.assertEqual(tree_digest(store), before)

    def test_folder_of_other_things_is_left_alone(self):
        (self.folder / "mine").mkdir()
        self.write("mine/notes.txt", "precious")
        for extra in ([], ["--resume"]):
            self.refused(BUSY, "run", self.spec(), "--store", "mine", *extra, says="mine")
        self.assertEqual(os.listdir(self.folder / "mine"), ["notes.txt"])

    def test_max_time_ends_resumable(self):
        result = self.expect(INTERRUPTED, "run", self.spec(), "--store", "s", "--tile", "100", "--max-time", "0")
        self.assertIn("stopped at --max-time", result.stderr)
        self.assertIn("ravine run spec.toml --store s --resume", result.stderr)
        self.expect(DONE, "run", "spec.toml", "--store", "s", "--resume", "--max-time", "1000")
        self.assertEqual(tree_digest(self.folder / "s"), tree_digest(self.make_store("whole")))

    def test_gradient_descent_is_heavy_ball_without_momentum(self):
        text = SPEC.replace("heavy-ball", "gradient-descent").replace(', "beta"]', "]")
        text = "\n".join(line for line in text.splitlines() if not line.startswith("beta"))
        self.make_store("gd", text)
        self.make_store("hb", SPEC)
        self.assertEqual(self.load("gd", "rate").tobytes(), self.load("hb", "rate")[:, :, 0].tobytes())


if __name__ == "__main__":
    unittest.main()
