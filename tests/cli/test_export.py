"""ravine export: .npy arrays and CSV tables."""

import csv
import os
import re
import resource
import signal
import unittest
from pathlib import Path

import numpy

from ravine_cli import (BAD_DATA, BUSY, DONE, INTERRUPTED, IO_ERROR, LONG_SPEC, SPEC, USAGE, RavineTest, is_sanitized,
                        limit, tree_digest)  # fmt: skip

REGIMES = ["not_computed", "monotone", "ripples", "one_step", "oscillation", "mixed_sign", "marginal", "divergent"]

STATUS = ["not_computed", "running", "converged", "diverged"]
TRAJECTORY = """\
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = ["loss", "x", "last_above", "status"]
[axes]
alpha = { from = 0.0, to = 2.0, count = 5 }
beta = { from = 0.0, to = 1.0, count = 3 }
lambda = { values = [0.1, 1.0] }
[reduce]
lambda = "sum"
[record]
steps = 30
at = [1, 3, 30]
"""


class Export(RavineTest):
    def export(self, kind, *extra, store="store", output="out"):
        self.expect(DONE, "export", store, "--to", kind, "--output", output, *extra)
        return self.folder / output

    def chunks(self, store, name, dtype, tile_shape, shape):
        """The array put together from the store's files, independent of the program."""
        whole = numpy.empty(shape, dtype)
        for position in numpy.ndindex(*(-(-n // t) for n, t in zip(shape, tile_shape))):
            tile = numpy.fromfile(store.joinpath(name, *map(str, position)), dtype).reshape(tile_shape)
            box = tuple(slice(p * t, min((p + 1) * t, n)) for p, t, n in zip(position, tile_shape, shape))
            whole[box] = tile[tuple(slice(0, b.stop - b.start) for b in box)]
        return whole

    def test_npy_is_the_store(self):
        for tile, tile_shape in ((5, (1, 1, 5)), (100, (1, 4, 21)), (10**6, (2, 41, 21))):
            with self.subTest(tile):
                store = self.make_store(f"s{tile}", tile=tile)
                out = self.export("npy", store=f"s{tile}", output=f"o{tile}")
                self.assertEqual(sorted(os.listdir(out)),
                                 sorted(f"{n}.npy" for n in ("alpha", "beta", "lambda", "rate", "gap", "regime")))  # fmt: skip
                for name, dtype in (("rate", "<f8"), ("gap", "<f8"), ("regime", "|u1")):
                    array = numpy.load(out / f"{name}.npy")
                    self.assertEqual(array.dtype.str, dtype)
                    self.assertEqual(array.tobytes(),
                                     self.chunks(store, name, dtype, tile_shape, (2, 41, 21)).tobytes())  # fmt: skip
                self.assertEqual(numpy.load(out / "alpha.npy").tobytes(), numpy.linspace(0, 4, 41).tobytes())
                self.assertEqual(numpy.load(out / "lambda.npy").tolist(), [1.0, 2.5])

    def test_csv_is_the_npy(self):
        for precision, kind in (("float64", numpy.float64), ("float32", numpy.float32)):
            with self.subTest(precision):
                self.make_store(precision, SPEC.replace("[axes]", f'precision = "{precision}"\n[axes]'), tile=5)
                arrays = self.export("npy", store=precision, output=f"npy-{precision}")
                tables = self.export("csv", store=precision, output=f"csv-{precision}")
                self.assertEqual(sorted(os.listdir(tables)), ["gap.csv", "rate.csv", "regime.csv"])
                axes = [numpy.load(arrays / f"{name}.npy") for name in ("lambda", "alpha", "beta")]
                self.assertEqual(axes[0].dtype, kind)
                places = [grid.ravel() for grid in numpy.meshgrid(*axes, indexing="ij")]
                for name in ("rate", "gap", "regime"):
                    with open(tables / f"{name}.csv", newline="") as file:
                        rows = list(csv.reader(file))
                    self.assertEqual(rows[0], ["lambda", "alpha", "beta", name])
                    columns = list(zip(*rows[1:]))
                    for place, column in zip(places, columns):
                        self.assertEqual(place.tobytes(), numpy.array([kind(t) for t in column]).tobytes())
                    values = numpy.load(arrays / f"{name}.npy").ravel()
                    if name == "regime":
                        self.assertEqual([REGIMES[k] for k in values], list(columns[3]))
                    else:
                        self.assertEqual(values.tobytes(), numpy.array([kind(t) for t in columns[3]]).tobytes())

    def test_reduced_map(self):
        self.make_store(text=SPEC + '[reduce]\nlambda = "worst"\n')
        out = self.export("npy")
        self.assertEqual(sorted(os.listdir(out)),
                         ["alpha.npy", "beta.npy", "gap.npy", "rate.npy", "regime.npy"])  # fmt: skip
        self.assertEqual(numpy.load(out / "rate.npy").shape, (41, 21))

    def test_map_of_one_axis(self):
        text = SPEC.replace("heavy-ball", "gradient-descent").replace('order = ["lambda", "alpha", "beta"]', "")
        text = "\n".join(line for line in text.splitlines() if not line.startswith("beta"))
        self.make_store(text=text + '\n[reduce]\nlambda = "worst"\n', tile=7)
        self.assertEqual(numpy.load(self.export("npy") / "rate.npy").shape, (41,))

    def test_trajectories(self):
        store = self.make_store(text=TRAJECTORY, tile=6)
        out = self.export("npy")
        self.assertEqual(sorted(os.listdir(out)), sorted(f"{name}.npy" for name in (
            "alpha", "beta", "step", "lambda", "loss", "x", "last_above", "status")))  # fmt: skip
        arrays = {path.stem: numpy.load(path) for path in out.iterdir()}
        self.assertEqual((arrays["step"].dtype.str, arrays["step"].tolist()), ("<i8", [1, 3, 30]))
        # A chunk's name has a 0 more for each dimension inside the cell, which is never cut.
        for name, dtype, inner in (("loss", "<f8", (3,)), ("x", "<f8", (3, 2)), ("last_above", "<i8", ()),
                                   ("status", "|u1", ())):  # fmt: skip
            wanted = self.chunks(store, name, dtype, (2, 3, *inner), (5, 3, *inner))
            self.assertEqual((arrays[name].dtype.str, arrays[name].shape), (dtype, wanted.shape))
            self.assertEqual(arrays[name].tobytes(), wanted.tobytes())

        tables = self.export("csv", output="tables")
        for name, columns in (("loss", ["alpha", "beta", "step"]), ("x", ["alpha", "beta", "step", "lambda"]),
                              ("last_above", ["alpha", "beta"]), ("status", ["alpha", "beta"])):  # fmt: skip
            with open(tables / f"{name}.csv", newline="") as file:
                rows = list(csv.reader(file))
            self.assertEqual(rows[0], [*columns, name])
            self.assertEqual(len(rows) - 1, arrays[name].size)
            places = [grid.ravel() for grid in numpy.meshgrid(*(arrays[c] for c in columns), indexing="ij")]
            for place, column in zip(places, list(zip(*rows[1:]))):
                self.assertEqual([float(text) for text in column], place.tolist())
            found = [row[-1] for row in rows[1:]]
            if name == "status":
                found = [STATUS.index(word) for word in found]
            self.assertEqual([float(text) for text in found], arrays[name].ravel().tolist())

        (store / ".ravine" / "tiles" / "0" / "1").unlink()
        filled = self.export("npy", "--incomplete", "fill", output="filled")
        self.assertTrue((numpy.load(filled / "last_above.npy")[2:4] == -(2**63)).all())
        self.assertTrue(numpy.isnan(numpy.load(filled / "x.npy")[2:4]).all())
        self.assertTrue((numpy.load(filled / "status.npy")[2:4] == 0).all())
        self.assertEqual(numpy.load(filled / "x.npy")[:2].tobytes(), arrays["x"][:2].tobytes())

    def test_incomplete_store(self):
        store = self.make_store()
        (store / ".ravine" / "tiles" / "0" / "0").unlink()
        self.refused(INTERRUPTED, "export", "store", "--to", "npy", "--output", "out",
                     says=["1 of 22 tiles", "--resume", "--incomplete fill"])  # fmt: skip
        self.assertFalse((self.folder / "out").exists())
        result = self.expect(DONE, "export", "store", "--to", "npy", "--output", "out", "--incomplete", "fill")
        self.assertIn("warning: 1 missing tiles were filled with NaN", result.stderr)
        rate = numpy.load(self.folder / "out" / "rate.npy")
        regime = numpy.load(self.folder / "out" / "regime.npy")
        self.assertTrue(numpy.isnan(rate[0, :4]).all())
        self.assertFalse(numpy.isnan(rate[0, 4:]).any() or numpy.isnan(rate[1]).any())
        self.assertTrue((regime[0, :4] == 0).all() and (regime[0, 4:] != 0).all())
        self.export("csv", "--incomplete", "fill")
        self.assertEqual((self.folder / "out" / "rate.csv").read_text().splitlines()[1], "1,0,0,nan")
        self.assertEqual((self.folder / "out" / "regime.csv").read_text().splitlines()[1], "1,0,0,not_computed")

    def test_corrupt_tile_is_never_exported(self):
        store = self.make_store()
        chunk = store / "gap" / "1" / "3" / "0"
        chunk.write_bytes(bytes(len(chunk.read_bytes())))
        for extra in ([], ["--incomplete", "fill"]):
            self.refused(BAD_DATA, "export", "store", "--to", "npy", "--output", "out", *extra, says="gap/1/3/0")
            self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_files_are_kept_without_force(self):
        self.make_store()
        out = self.export("npy")
        before = tree_digest(out)
        (out / "rate.npy").write_text("mine")
        self.refused(BUSY, "export", "store", "--to", "npy", "--output", "out", says=["exists already", "--force"])
        self.assertEqual((out / "rate.npy").read_text(), "mine")
        self.export("npy", "--force")
        self.assertEqual(tree_digest(out), before)

    def test_full_disk_leaves_nothing(self):
        self.make_store()
        self.refused(IO_ERROR, "export", "store", "--to", "npy", "--output", "out", says=["rate.npy", "ulimit -f"],
                     preexec_fn=limit(resource.RLIMIT_FSIZE, 4096))  # fmt: skip
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def least_memory(self):
        """The address space, in bytes, of a program whose output nobody reads: libraries take some for each processor."""
        points = self.write("points.csv", "alpha,beta,lambda\n" + "1,0.5,1\n" * 200000)
        process = self.start("eval", "--method", "heavy-ball", "--quantities", "rate", points)
        process.stdout.readline()
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.search(r"VmPeak:\s+(\d+) kB", status)[1]) << 10

    @unittest.skipIf(is_sanitized(), "a sanitizer needs more memory than the limit")
    def test_memory_does_not_grow_with_the_map(self):
        text = LONG_SPEC.replace("count = 121", "count = 2001").replace("count = 21", "count = 2001")
        self.make_store(text=text, tile=20000)
        self.expect(DONE, "export", "store", "--to", "npy", "--output", "out",
                    preexec_fn=limit(resource.RLIMIT_AS, self.least_memory() + (32 << 20)))  # fmt: skip
        self.assertGreater((self.folder / "out" / "rate.npy").stat().st_size, 60 << 20)

    def test_interrupted_export_leaves_nothing(self):
        self.make_store(text=LONG_SPEC, tile=1)
        process = self.start("export", "store", "--to", "csv", "--output", "out")
        while not (self.folder / "out").exists():
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()
        self.assertEqual(process.returncode, INTERRUPTED, errors)
        self.assertIn("nothing was exported", errors)
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_json(self):
        self.make_store()
        report = self.json("export", "store", "--to", "csv", "--output", "out")
        self.assertEqual(list(report), ["command", "store", "format", "tiles_filled", "files"])
        self.assertEqual(report["files"], ["out/rate.csv", "out/gap.csv", "out/regime.csv"])

    def test_wrong_usage(self):
        self.make_store()
        self.refused(USAGE, "export", "store", "--output", "out", says="--to is required")
        self.refused(USAGE, "export", "store", "--to", "npz", "--output", "out", says=['"npz"', '"npy"'])
        self.refused(USAGE, "export", "store", "--to", "npy", says="--output is required")
        self.refused(USAGE, "export", "store", "--to", "npy", "--output", "o", "--incomplete", "no", says='"fill"')


if __name__ == "__main__":
    unittest.main()
