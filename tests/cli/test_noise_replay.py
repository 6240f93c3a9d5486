"""Replicates replayed one by one are those of the study, bit by bit: extremes, samples, counts, and their statistics."""

import csv
import io
import json
import math
import unittest

import numpy

from ravine_cli import DONE, USAGE, RavineTest, is_sanitized

QUANTITIES = ["mean_loss", "variance_loss", "min_loss", "max_loss", "mean_x", "min_x", "max_x", "diverged", "histogram",
              "sample_loss", "sample_x"]  # fmt: skip

# 3 x 2 cells, the last alpha of which diverges; replicate 123456789 is among the twenty.
SPEC = f"""\
[sweep]
kind = "noise"
method = "heavy-ball"
quantities = {json.dumps(QUANTITIES)}
[axes]
alpha = {{ values = [0.5, 1.5, 60.0] }}
beta = {{ values = [0.0, 0.9] }}
lambda = {{ values = [0.1, 1.0] }}
[reduce]
lambda = "sum"
[start]
x = [1.0, -2.0]
y = 0.25
[record]
steps = 403
at = {{ log = 12 }}
[noise]
variance = [0.5, 2.0]
replicates = 20
first_replicate = 123456780
seed = 20171
common_random_numbers = false
[histogram]
from = 1e-3
to = 1e3
bins_per_octave = 2
"""
FIRST, COUNT = 123456780, 20
VARIANTS = {
    "float64": SPEC,
    "float32": SPEC.replace("[axes]", 'precision = "float32"\n[axes]'),
    "common": SPEC.replace("numbers = false", "numbers = true"),
    "axis": SPEC.replace('[reduce]\nlambda = "sum"\n', "").replace("[1.0, -2.0]", "1.0").replace("[0.5, 2.0]", "2.0"),
}


class NoiseReplay(RavineTest):
    def arrays(self, store):
        output = self.folder / f"arrays-of-{store}"
        self.expect(DONE, "export", store, "--to", "npy", "--output", output)
        return {path.stem: numpy.load(path) for path in output.glob("*.npy")}

    def replicate(self, store, cell, *extra):
        """Steps, losses and x (step, component) of a replicate, in the precision of the store."""
        kind = numpy.float32 if store == "float32" else numpy.float64
        rows = list(csv.reader(io.StringIO(self.expect(DONE, "replay", store, "--cell", cell, *extra).stdout)))
        table = dict(zip(rows[0], zip(*rows[1:])))
        steps = [int(step) for step in table["step"]]
        columns = {name: numpy.array([float(text) for text in table[name]]).astype(kind) for name in table}
        x = [columns[name] for name in table if name.startswith("x_")]
        return steps, columns["loss"], numpy.array(x).T

    def test_every_replicate_is_in_its_study(self):
        for name, text in VARIANTS.items():
            if is_sanitized() and name in ("float64", "common"):
                continue
            with self.subTest(name):
                self.make_store(name, text, tile=2)
                arrays = self.arrays(name)
                shape = arrays["min_loss"].shape[:-1]
                # A sanitized process takes long to start.
                stride = 1 if len(shape) == 2 else 5
                for cell in range(0, math.prod(shape), 3 * stride if is_sanitized() else stride):
                    self.check_cell(name, arrays, cell, numpy.unravel_index(cell, shape))

    def check_cell(self, store, arrays, cell, index):
        found = [self.replicate(store, cell, "--replicate", FIRST + r) for r in range(COUNT)]
        self.assertEqual(found[0][0], arrays["step"].tolist())
        losses = numpy.array([loss for _, loss, _ in found], float)  # (replicate, step)
        xs = numpy.array([x for _, _, x in found], float)  # (replicate, step, component)
        finite = numpy.isfinite(losses)
        self.assertEqual((COUNT - finite.sum(axis=0)).tolist(), arrays["diverged"][index].tolist())
        for k in range(len(arrays["step"])):
            kept, of_x = losses[finite[:, k], k], xs[finite[:, k], k]
            if len(kept) == 0:
                continue

            def expect(name, values):
                stored = arrays[name][index][k]
                self.assertEqual(numpy.float64(values).tobytes(), numpy.float64(stored).tobytes(), f"{name} {cell} {k}")

            def expect_near(name, values):
                numpy.testing.assert_allclose(arrays[name][index][k], values, rtol=1e-12, atol=1e-15)

            expect("min_loss", kept.min())
            expect("max_loss", kept.max())
            expect("min_x", of_x.min(axis=0).reshape(arrays["min_x"][index][k].shape))
            expect("max_x", of_x.max(axis=0).reshape(arrays["max_x"][index][k].shape))
            if kept.max() < 1e150:  # squares beyond are infinite
                expect_near("mean_loss", kept.mean())
                numpy.testing.assert_allclose(arrays["variance_loss"][index][k], kept.var(ddof=1), rtol=1e-9, atol=1e-15)
            # Bin 0 is below the first edge; the edges are the bins' lower ends.
            places = numpy.searchsorted(arrays["bin"], kept, side="right") - 1
            counts = numpy.bincount(places, minlength=len(arrays["bin"]))
            self.assertEqual(arrays["histogram"][index][k].tolist(), counts.tolist())

    def test_the_first_replicate_is_the_sample(self):
        for name, text in VARIANTS.items():
            self.make_store(name, text)
            arrays = self.arrays(name)
            shape = arrays["sample_loss"].shape[:-1]
            for cell in range(math.prod(shape)):
                index = numpy.unravel_index(cell, shape)
                _, losses, xs = self.replicate(name, cell)
                stored_x = arrays["sample_x"][index]
                for stored, replayed in ((arrays["sample_loss"][index], losses), (stored_x, xs.reshape(stored_x.shape))):
                    self.assertEqual(stored.dtype, replayed.dtype)
                    self.assertEqual(stored.tobytes(), replayed.tobytes(), f"{name} {cell}")

    def test_a_study_of_one_replicate(self):
        for number in (0, 1, 123456789, 2**32 - 1):
            text = SPEC.replace("replicates = 20", "replicates = 1")
            text = text.replace(f"first_replicate = {FIRST}", f"first_replicate = {number}")
            store = f"only{number}"
            self.make_store(store, text)
            arrays = self.arrays(store)
            for cell in range(6):
                _, losses, _ = self.replicate(store, cell)
                kept = numpy.isfinite(losses)
                for name in ("min_loss", "max_loss"):
                    stored = arrays[name][numpy.unravel_index(cell, (3, 2))]
                    self.assertEqual(stored[kept].tobytes(), losses[kept].tobytes(), f"{name} {cell}")

    def test_a_replicate_does_not_depend_on_the_study(self):
        self.make_store("study", SPEC)
        self.make_store("other", SPEC.replace("replicates = 20", "replicates = 3").replace(str(FIRST), "5")
                        .replace("[0.5, 1.5, 60.0]", "[0.5, 1.5]").replace("log = 12", "every = 1"))  # fmt: skip
        # Cell 2 is (1.5, 0.0) in both; in either study this replicate is none of the replicates.
        steps, losses, xs = self.replicate("study", 2, "--replicate", 77)
        _, every_loss, every_x = self.replicate("other", 2, "--replicate", 77)
        self.assertEqual(losses.tolist(), every_loss[steps].tolist())
        self.assertEqual(xs.tolist(), every_x[steps].tolist())

    def test_common_random_numbers_are_those_of_cell_0(self):
        self.make_store("own", VARIANTS["float64"].replace("[0.5, 1.5, 60.0]", "[0.5, 0.5]"))
        self.make_store("common", VARIANTS["common"].replace("[0.5, 1.5, 60.0]", "[0.5, 0.5]"))
        own = [self.replicate("own", cell)[1].tolist() for cell in (0, 2)]
        common = [self.replicate("common", cell)[1].tolist() for cell in (0, 2)]
        self.assertEqual(common, [own[0], own[0]])
        self.assertNotEqual(own[0], own[1])

    def test_json(self):
        self.make_store("study", SPEC)
        report = self.json("replay", "study", "--at", "alpha=1.5,beta=0.9")
        self.assertEqual((report["replicate"], report["cell"]), (FIRST, 3))
        self.assertEqual(self.json("replay", "study", "--cell", 3, "--replicate", 5)["replicate"], 5)

    def test_wrong_usage(self):
        self.make_store("study", SPEC)
        for number in (-1, 2**32, "x"):
            self.refused(USAGE, "replay", "study", "--cell", 0, "--replicate", number,
                         says=["--replicate", f'"{number}"', "from 0 to 4294967295"])  # fmt: skip


if __name__ == "__main__":
    unittest.main()
