"""A store opens in xarray and zarr as it is, and no cell that was not computed passes for a value."""

import os
import pathlib
import subprocess
import tempfile
import unittest
import warnings

import numpy
import xarray
import zarr

import read_store

SPEC = """
[sweep]
method = "heavy-ball"
quantities = ["rate", "regime", "gap"]
precision = "{precision}"

[axes]
alpha = {{ from = 0.0, to = 4.0, count = 21 }}
beta = {{ from = 0.0, to = 1.0, count = 11 }}
lambda = {{ values = [0.1, 1.0] }}
{more}
[output]
store = "{store}"
"""
WORST_CASE = '[reduce]\nlambda = "worst"\n'
TRAJECTORY = """
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = ["loss", "x", "peak_loss", "last_above", "status"]
precision = "float32"
[axes]
alpha = { from = 0.0, to = 2.0, count = 5 }
beta = { from = 0.0, to = 1.0, count = 3 }
lambda = { values = [0.1, 1.0] }
[reduce]
lambda = "sum"
[start]
x = [1, -2]
[record]
steps = 30
at = { every = 10 }
"""
TRAJECTORY_TILE_CELLS = 6  # two rows of alpha: three tiles, the last of them cut by the edge
NO_INTEGER = -(2**63)
# Two rows of alpha to a tile: 11 tiles along alpha for each lambda, the last of them cut by the edge.
TILE_CELLS = 22
EDGE_TILE = (1, 10, 0)
EDGE_TILE_NUMBER = 21
MEANINGS = "not_computed monotone ripples one_step oscillation mixed_sign marginal divergent"
DIVERGENT = 7
# The textbook formula loses half the digits where the two eigenvalues meet.
TEXTBOOK_TOLERANCE = 1e-7


def textbook_rate(alpha, beta, lambda_):
    """The larger root, in magnitude, of s^2 - (1 + beta - alpha lambda) s + beta."""
    trace = 1 + beta - alpha * lambda_
    root = numpy.sqrt((trace**2 - 4 * beta).astype(complex))
    return numpy.maximum(abs(trace + root), abs(trace - root)) / 2


class StoreReaders(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ravine-readers-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_spec(self, precision="float64", more=""):
        return self.run_text(SPEC.format(precision=precision, more=more, store=self.folder / "map"), TILE_CELLS)

    def run_text(self, text, tile_cells=TRAJECTORY_TILE_CELLS):
        store = self.folder / "map"
        spec = self.folder / "spec.toml"
        spec.write_text(text)
        command = [os.environ["RAVINE_BIN"], "run", str(spec), "--store", str(store), "--tile", str(tile_cells)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return store

    def check_values(self, dataset, tolerance):
        wanted = textbook_rate(dataset.alpha.astype(float), dataset.beta.astype(float), dataset["lambda"].astype(float))
        difference = abs(dataset.rate - wanted.transpose(*dataset.rate.dims))
        self.assertLess(float(difference.max()), tolerance)
        self.assertFalse(numpy.isnan(dataset.rate.values).any())
        numpy.testing.assert_array_equal(dataset.regime.values == DIVERGENT, dataset.rate.values > 1)
        self.assertTrue((dataset.regime.values != 0).all())

    def test_xarray_sees_dimensions_coordinates_and_attributes(self):
        store = self.run_spec()
        for consolidated in (True, False):
            dataset = xarray.open_zarr(store, consolidated=consolidated, mask_and_scale=False)
            self.assertEqual(dict(dataset.sizes), {"lambda": 2, "alpha": 21, "beta": 11})
            self.assertEqual(dataset.rate.dims, ("lambda", "alpha", "beta"))
            numpy.testing.assert_array_equal(dataset.alpha.values, numpy.linspace(0, 4, 21))
            numpy.testing.assert_array_equal(dataset.beta.values, numpy.linspace(0, 1, 11))
            numpy.testing.assert_array_equal(dataset["lambda"].values, [0.1, 1.0])
            self.assertEqual(dataset.alpha.attrs["long_name"], "step size alpha")
            self.assertEqual(dataset.beta.attrs["long_name"], "momentum beta")
            self.assertEqual(dataset["lambda"].attrs["long_name"], "eigenvalue lambda")
            for variable in dataset.variables.values():
                self.assertEqual(variable.attrs["units"], "1")
            self.assertEqual(dataset.rate.attrs["long_name"], "convergence rate max|sigma|")
            self.assertEqual(dataset.rate.dtype, numpy.float64)
            self.assertEqual(dataset.regime.dtype, numpy.uint8)
            self.assertEqual(dataset.regime.attrs["flag_values"], list(range(8)))
            self.assertEqual(dataset.regime.attrs["flag_meanings"], MEANINGS)
            self.assertEqual(dataset.attrs["Conventions"], "CF-1.10")
            self.assertRegex(dataset.attrs["ravine_identity"], "^[0-9a-f]{32}$")
            self.check_values(dataset, TEXTBOOK_TOLERANCE)

    def test_zarr_sees_the_same_arrays(self):
        store = self.run_spec()
        dataset = read_store.open_store(store)
        for group in (zarr.open_group(str(store), "r"), zarr.open_consolidated(str(store), mode="r")):
            self.assertEqual(sorted(group.array_keys()), ["alpha", "beta", "gap", "lambda", "rate", "regime"])
            for name in ("rate", "regime", "gap", "alpha"):
                numpy.testing.assert_array_equal(group[name][...], dataset[name].values)
            self.assertEqual(group["rate"].chunks, (1, 2, 11))
            self.assertIsNone(group["rate"].compressor)
            self.assertTrue(numpy.isnan(group["rate"].fill_value))
            self.assertEqual(group["regime"].fill_value, 0)

    def test_float32_and_a_reduced_axis(self):
        store = self.run_spec("float32", WORST_CASE)
        dataset = read_store.open_store(store)
        self.assertEqual(dataset.rate.dims, ("alpha", "beta"))
        self.assertEqual(dataset.rate.dtype, numpy.float32)
        numpy.testing.assert_array_equal(dataset.alpha.values, numpy.linspace(0, 4, 21).astype(numpy.float32))
        self.assertTrue(dataset.attrs["ravine_reduction"].startswith("lambda: worst of 2 values"))
        self.assertTrue(dataset.rate.attrs["long_name"].endswith("worst over lambda"))

    def test_a_missing_tile_is_nan_and_regime_0(self):
        store = self.run_spec()
        whole = read_store.open_store(store).load()
        (store / ".ravine/tiles/0" / str(EDGE_TILE_NUMBER)).unlink()
        # The chunks are there still, as after a kill just before the record: the reader must not take them for done.
        self.check_edge_tile_missing(store, whole)
        for name in ("rate", "regime", "gap"):
            store.joinpath(name, *map(str, EDGE_TILE)).unlink()
        self.check_edge_tile_missing(store, whole)

        plain = xarray.open_zarr(store, mask_and_scale=False)
        self.assertTrue(numpy.isnan(plain.rate.values[1, 20]).all())
        self.assertTrue((plain.regime.values[1, 20] == 0).all())
        decoded = xarray.open_zarr(store)  # xarray's default: the regime becomes floats, 0 becomes NaN
        self.assertTrue(numpy.isnan(decoded.regime.values[1, 20]).all())

    def check_edge_tile_missing(self, store, whole):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            dataset = read_store.open_store(store)
        self.assertTrue(any("1 of the tiles are not done" in str(warning.message) for warning in caught))
        self.assertEqual(read_store.missing_tiles(store, dataset), [EDGE_TILE])
        missing = numpy.zeros(dataset.rate.shape, bool)
        missing[1, 20] = True
        numpy.testing.assert_array_equal(numpy.isnan(dataset.rate.values), missing)
        numpy.testing.assert_array_equal(dataset.regime.values == 0, missing)
        numpy.testing.assert_array_equal(dataset.rate.values[~missing], whole.rate.values[~missing])

    def test_trajectories_have_dimensions_inside_the_cell(self):
        store = self.run_text(TRAJECTORY)
        dataset = read_store.open_store(store)
        self.assertEqual(dict(dataset.sizes), {"alpha": 5, "beta": 3, "step": 4, "lambda": 2})
        for name, dims, kind in (
            ("loss", ("alpha", "beta", "step"), numpy.float32),
            ("x", ("alpha", "beta", "step", "lambda"), numpy.float32),
            ("peak_loss", ("alpha", "beta"), numpy.float32),
            ("last_above", ("alpha", "beta"), numpy.int64),
            ("status", ("alpha", "beta"), numpy.uint8),
            ("step", ("step",), numpy.int64),
            ("lambda", ("lambda",), numpy.float32),
            ("alpha", ("alpha",), numpy.float32),
        ):
            self.assertEqual((dataset[name].dims, dataset[name].dtype), (dims, kind), name)
            self.assertEqual(dataset[name].attrs["units"], "1")
        numpy.testing.assert_array_equal(dataset.step.values, [0, 10, 20, 30])
        numpy.testing.assert_array_equal(dataset["lambda"].values, numpy.float32([0.1, 1.0]))
        self.assertEqual(dataset.step.attrs["long_name"], "step k")
        self.assertEqual(dataset.loss.attrs["long_name"], "loss f - f*")
        self.assertEqual(dataset.status.attrs["flag_values"], list(range(4)))
        self.assertEqual(dataset.status.attrs["flag_meanings"], "not_computed running converged diverged")
        self.assertEqual(dataset.attrs["ravine_reduction"], "lambda: sum over 2 values (one problem with all of them)")
        # At step 0 x is the start, and the loss is that of the start.
        numpy.testing.assert_array_equal(dataset.x.sel(step=0), numpy.broadcast_to(numpy.float32([1, -2]), (5, 3, 2)))
        wanted = 0.5 * (0.1 * 1.0 + 1.0 * 4.0)
        numpy.testing.assert_allclose(dataset.loss.sel(step=0), wanted, rtol=1e-6)
        # Without momentum, at alpha = 1, the eigenvalue 1 is done after one step.
        self.assertEqual(float(dataset.x.sel(alpha=1, beta=0, step=10).values[1]), 0)

    def test_zarr_sees_chunks_that_inner_dimensions_do_not_cut(self):
        store = self.run_text(TRAJECTORY)
        group = zarr.open_group(str(store), "r")
        self.assertEqual(sorted(group.array_keys()), ["alpha", "beta", "lambda", "last_above", "loss", "peak_loss",
                                                      "status", "step", "x"])  # fmt: skip
        self.assertEqual((group["x"].shape, group["x"].chunks), ((5, 3, 4, 2), (2, 3, 4, 2)))
        self.assertEqual((group["loss"].shape, group["loss"].chunks), ((5, 3, 4), (2, 3, 4)))
        self.assertEqual((group["last_above"].chunks, group["last_above"].fill_value), ((2, 3), NO_INTEGER))
        self.assertEqual((group["status"].chunks, group["status"].fill_value), ((2, 3), 0))
        # The last tile is cut by the edge: what it holds beyond is the fill value.
        self.assertTrue((numpy.fromfile(store / "last_above/2/0", "<i8").reshape(2, 3)[1] == NO_INTEGER).all())
        self.assertTrue(numpy.isnan(numpy.fromfile(store / "x/2/0/0/0", "<f4").reshape(2, 3, 4, 2)[1]).all())
        self.assertTrue((numpy.fromfile(store / "status/2/0", "u1").reshape(2, 3)[1] == 0).all())

    def test_a_missing_tile_of_trajectories_passes_for_no_value(self):
        store = self.run_text(TRAJECTORY)
        whole = read_store.open_store(store).load()
        (store / ".ravine/tiles/0/1").unlink()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            dataset = read_store.open_store(store)
        self.assertTrue(any("1 of the tiles are not done" in str(warning.message) for warning in caught))
        self.assertEqual(read_store.missing_tiles(store, dataset), [(1, 0)])
        self.assertTrue(numpy.isnan(dataset.x.values[2:4]).all() and numpy.isnan(dataset.loss.values[2:4]).all())
        self.assertTrue((dataset.last_above.values[2:4] == NO_INTEGER).all())
        self.assertTrue((dataset.status.values[2:4] == 0).all())
        for name in ("x", "loss", "last_above", "status"):
            for part in (slice(0, 2), slice(4, 5)):
                numpy.testing.assert_array_equal(dataset[name].values[part], whole[name].values[part])

    def test_records_tell_the_best_cell(self):
        store = self.run_spec()
        dataset = read_store.open_store(store)
        self.assertEqual(read_store.missing_tiles(store, dataset), [])
        records = [read_store.tile_record(store, number) for number in range(22)]
        best = min(float(record["summary"]["best_rate"]["value"]) for record in records)
        self.assertEqual(best, float(dataset.rate.min()))
        self.assertEqual(sum(record["summary"]["cells"] for record in records), dataset.rate.size)


if __name__ == "__main__":
    unittest.main()
