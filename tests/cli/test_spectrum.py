"""Spectra of problems from outside: golden values, what is frozen, and maps and trajectories over it."""

import json
import os
import shutil
import unittest
from pathlib import Path

import numpy
import scipy.io
import xarray
from ravine_cli import BAD_DATA, BAD_NUMBERS, BUSY, DONE, NO_BACKEND, USAGE, RavineTest, is_sanitized, tree_digest

DATA = Path(__file__).resolve().parent.parent / "data"
EXAMPLE_DATA = DATA.parents[1] / "examples/data"
REAL = {  # file, [problem], expected n
    "karate": (EXAMPLE_DATA / "karate.mtx", 'graph = "file"\nfile = "karate.mtx"', 34),
    "jagmesh7": (EXAMPLE_DATA / "jagmesh7.mtx", 'graph = "file"\nfile = "jagmesh7.mtx"', 1138),
    "bcsstk13": (EXAMPLE_DATA / "bcsstk13.mtx", 'matrix = "bcsstk13.mtx"', 2003),
    "filip": (EXAMPLE_DATA / "filip.csv", 'regression = "filip.csv"\ndegree = 10', 11),
    "wampler5": (DATA / "regression/wampler5.csv", 'regression = "wampler5.csv"\ndegree = 5', 6),
}
KARATE_MAP = """\
[sweep]
method = "heavy-ball"
quantities = ["rate", "regime"]
[axes]
alpha = { from = 0.0, to = 0.25, count = 51 }
beta = { from = 0.0, to = 1.0, count = 31 }
lambda = { problem = true, nonzero = true }
[reduce]
lambda = "worst"
[problem]
graph = "file"
file = "karate.mtx"
[output]
spectrum = "karate"
"""


class SpectrumTest(RavineTest):
    def problem(self, text, name="problem.toml", spectrum=""):
        return self.write(name, f"[problem]\n{text}\n[spectrum]\n{spectrum}\n")

    def real(self, name, spectrum=""):
        file, text, _ = REAL[name]
        shutil.copy(file, self.folder)
        return self.problem(text, f"{name}.toml", spectrum)

    def array(self, store, name, dtype="<f8"):
        (chunk,) = [path for path in (self.folder / store / name).rglob("[0-9]*") if path.is_file()]
        return numpy.fromfile(chunk, dtype)


class OfRealProblems(SpectrumTest):
    def test_no_cell_of_a_map_beats_the_closed_form(self):
        names = ["karate", "filip", "wampler5"] if is_sanitized() else list(REAL)
        for name in names:
            found = self.json("spectrum", self.real(name))
            self.assertEqual(found["n"], REAL[name][2])
            optimal = {best["method"]: best for best in found["optimal"]}
            self.assertEqual(list(optimal), ["gradient descent", "heavy ball", "Nesterov", "triple momentum"])
            self.assertEqual([best["method"] for best in found["best_of_map"]], ["gradient descent", "heavy ball"])
            for cell in found["best_of_map"]:
                best = optimal[cell["method"]]
                self.assertLessEqual(cell["gap"], best["gap"] * (1 + 4e-15), name)
                self.assertGreater(cell["gap"], 0, name)
                if cell["method"] == "gradient descent":  # the map has 2/lambda_n among its alphas
                    self.assertGreaterEqual(cell["gap"], 0.5 * best["gap"], name)

    def test_agree_with_numpy(self):
        for name in ["karate"] if is_sanitized() else ["karate", "jagmesh7", "bcsstk13"]:
            matrix = scipy.io.mmread(REAL[name][0]).toarray()
            if name != "bcsstk13":
                edges = (matrix != 0) & ~numpy.eye(len(matrix), dtype=bool)
                matrix = numpy.diag(edges.sum(axis=0)) - edges.astype(float)
            wanted = numpy.linalg.eigvalsh(matrix)
            found = self.json("spectrum", self.real(name))
            values = self.array(f"out/{name}.spectrum", "eigenvalue")
            self.assertLess(numpy.abs(values - wanted).max(), 1e-13 * wanted[-1], name)
            self.assertEqual(found["lambda_n"], values[-1])
            self.assertEqual(found["kappa"] is None, name != "bcsstk13")
            smallest = values[0] if name == "bcsstk13" else values[1]
            self.assertEqual(found["kappa_nonzero"], values[-1] / smallest)

    def test_filip_says_what_float64_can_and_cannot_give(self):
        found = self.json("spectrum", self.real("filip"))
        notes = " ".join(found["notes"])
        self.assertIn("Z'Z in float64 would leave no digit, Z in float64 6 digits, this way 15 digits", notes)
        self.assertAlmostEqual(found["kappa"] / 1.7679652e15**2, 1, 6)
        weights = self.array("out/filip.spectrum", "solution")
        certified = [-1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349,
                     -75.1242017393757, -10.8753180355343, -1.06221498588947, -0.0670191154593408,
                     -0.00246781078275479, -0.0000402962525080404]  # fmt: skip
        numpy.testing.assert_allclose(weights, certified, rtol=1e-12)

    def test_digits_are_a_number_that_can_be(self):
        close = [1 + k * 2.0**-52 for k in range(6)]  # of which float64 makes a singular R
        squares = [k * k for k in range(6)]
        quartic = [1 + 2 * t + 3 * t**2 + t**4 for t in range(-3, 4)]  # what QR leaves of t^3 is small beside the rest
        for inputs, observations, degree, digits in (
            ([1, 2, 3], [0, 0, 0], 1, ("15 digits", "15 digits", "15 digits")),
            (close, squares, 4, ("no digit", "no digit", "no digit")),
            (close, squares, 5, ("no digit", "no digit", "no digit")),
            (range(-3, 4), quartic, 4, ("14 digits", "15 digits", "15 digits")),
        ):
            self.write("d.csv", "x,y\n" + "".join(f"{x!r},{y}\n" for x, y in zip(inputs, observations, strict=True)))
            found = self.json("spectrum", self.problem(f'regression = "d.csv"\ndegree = {degree}'))
            self.assertIn("plain QR in float64 gives {}, refined in pairs {}, by the modes {}".format(*digits),
                          " ".join(found["notes"]))  # fmt: skip
            shutil.rmtree(self.folder / "out")


class OfGoldenProblems(SpectrumTest):
    def trajectory(self, problem, run, steps):
        """The loss of a trajectory from w = 0 at those steps."""
        return f"""\
[sweep]
kind = "trajectory"
method = "heavy-ball"
quantities = ["loss", "status"]
[axes]
alpha = {{ values = [{run["alpha"]}] }}
beta = {{ values = [{run["beta"]}] }}
lambda = {{ problem = true }}
[reduce]
lambda = "sum"
[start]
x = "projection"
[record]
steps = {steps[-1]}
at = {steps}
{problem}
[spectrum]
vectors = true
"""

    def losses(self, name, problem, run, steps):
        text = self.trajectory(problem, run, steps)
        self.expect(DONE, "run", self.write(f"{name}.toml", text), "--store", name)
        return self.array(name, "loss")

    def check(self, name, problem, run, offset):
        steps = [snapshot["k"] for snapshot in run["snapshots"]]
        wanted = numpy.array([float(snapshot["f"]) for snapshot in run["snapshots"]]) - offset
        found = self.losses(name, problem, run, steps)
        self.assertLess((numpy.abs(found - wanted) / numpy.maximum(1, numpy.abs(wanted))).max(), 1e-11, name)

    def test_colorization_descends_as_the_oracle_does(self):
        keys = {"grid": "sides = {}", "torus": "sides = {}", "path": "n = {0[0]}", "hypercube": "dimension = {0[0]}"}
        for number, golden in enumerate(json.loads((DATA / "oracle" / "colorization.json").read_text())):
            problem = f'[problem]\ngraph = "{golden["family"]}"\n' + keys[golden["family"]].format(golden["params"])
            problem += f'\noperator = "colorization"\ndistinguished = {golden["D"]}'
            for place, run in enumerate(golden["runs"][: 1 if is_sanitized() else None]):
                self.check(f"c{number}-{place}", problem, run, 0.0)

    def test_convex_rosenbrock_descends_as_the_oracle_does(self):
        for number, golden in enumerate(json.loads((DATA / "oracle" / "convex_rosenbrock.json").read_text())):
            end = golden["end_variant"].removesuffix("_end")
            problem = f'[problem]\nrosenbrock = "{end}"\nn = {golden["n"]}\nkappa = {golden["kappa"]}'
            self.check(f"r{number}", problem, golden, float(golden["f_star"]))


class Frozen(SpectrumTest):
    def map_of_karate(self, text=KARATE_MAP):
        shutil.copy(EXAMPLE_DATA / "karate.mtx", self.folder)
        return self.write("map.toml", text)

    def test_is_computed_once(self):
        spec = self.real("karate", "vectors = true")
        self.assertTrue(self.json("spectrum", spec)["computed"])
        before = tree_digest(self.folder / "out/karate.spectrum")
        self.assertFalse(self.json("spectrum", spec, "--threads", 1)["computed"])
        self.assertEqual(tree_digest(self.folder / "out/karate.spectrum"), before)

    def test_opens_in_xarray(self):
        self.expect(DONE, "spectrum", self.real("karate", "vectors = true"))
        store = self.folder / "out/karate.spectrum"
        dataset = xarray.open_zarr(store)
        self.assertEqual(dict(dataset.eigenvector.sizes), {"mode": 34, "weight": 34})
        self.assertEqual(dataset.attrs["title"], "laplacian of the graph karate.mtx")
        vectors = dataset.eigenvector.values
        numpy.testing.assert_allclose(vectors @ vectors.T, numpy.eye(34), atol=1e-13)
        self.assertEqual(dataset.edge.shape, (78, 2))
        self.assertEqual(float(dataset.eigenvalue.sel(mode=1)), 0)

    def test_is_named_with_its_size(self):
        (self.folder / "mask.pgm").write_text("P2\n3 2\n1\n1 0 0\n0 0 0\n")
        titles = {
            'graph = "grid"\noperator = "colorization"\nmask = "mask.pgm"': "colorization of a grid graph 2 x 3",
            'rosenbrock = "pinned"\nn = 5\nkappa = 100': "convex Rosenbrock function, pinned end, kappa 100, n 5",
        }
        for number, (problem, title) in enumerate(titles.items()):
            self.expect(DONE, "spectrum", self.problem(problem), "--store", f"store{number}")
            self.assertEqual(xarray.open_zarr(self.folder / f"store{number}").attrs["title"], title)

    def test_feeds_a_map_as_the_values_themselves_do(self):
        spec = self.map_of_karate()
        self.refused(USAGE, "plan", spec, says="no spectrum in 'karate'; wanted one that 'ravine spectrum map.toml'")
        self.expect(DONE, "run", spec, "--store", "a")
        values = [value for value in self.array("karate", "eigenvalue") if value > 0]
        listed = KARATE_MAP.replace("{ problem = true, nonzero = true }", f"{{ values = {list(map(float, values))} }}")
        self.expect(DONE, "run", self.write("listed.toml", listed), "--store", "b")
        other = KARATE_MAP.replace("{ problem = true, nonzero = true }", '{ store = "karate", nonzero = true }')
        self.expect(DONE, "run", self.write("other.toml", other), "--store", "c")
        digests = {self.exported_digest(store) for store in ("a", "b", "c")}
        self.assertEqual(len(digests), 1)
        self.expect(DONE, "run", spec, "--store", "a", "--resume")

    def test_outlives_its_input_and_refuses_another(self):
        spec = self.map_of_karate()
        self.expect(DONE, "run", spec, "--store", "a")
        karate = self.folder / "karate.mtx"
        karate.write_text(karate.read_text() + "% another file\n")
        self.refused(BUSY, "spectrum", spec, says="the spectrum of another problem")
        self.refused(BUSY, "run", spec, "--store", "a", "--resume", says="the spectrum of another problem")
        self.refused(USAGE, "plan", spec, says="the spectrum of another problem in 'karate'")
        self.expect(DONE, "verify", "a", "--sample", 1)

    def test_damage_is_seen(self):
        spec = self.map_of_karate()
        self.expect(DONE, "spectrum", spec)
        self.expect(DONE, "verify", "karate")
        chunk = self.folder / "karate/eigenvalue/0"
        content = bytearray(chunk.read_bytes())
        content[100] ^= 1
        chunk.write_bytes(content)
        self.assertIn("its values have checksum", self.expect(BAD_DATA, "verify", "karate").stdout)
        self.assertEqual(self.json("verify", "karate", code=BAD_DATA)["verdict"], "corrupt")
        self.refused(BAD_DATA, "run", spec, says="is damaged")

    def test_is_no_map(self):
        self.expect(DONE, "spectrum", self.map_of_karate())
        for command in (["status", "karate"], ["export", "karate", "--to", "npy", "--output", "x"]):
            self.refused(BAD_DATA, *command, says="'karate' holds a spectrum")
        self.refused(BUSY, "run", self.map_of_karate(), "--store", "karate", says="'karate' holds a spectrum")

    def test_backend_that_is_not_there(self):
        shutil.copy(EXAMPLE_DATA / "karate.mtx", self.folder)
        result = self.ravine("spectrum", self.map_of_karate(), "--backend", "cuda")
        self.assertIn(result.returncode, (DONE, NO_BACKEND))
        self.assertEqual((self.folder / "karate").exists(), result.returncode == DONE)


class Degenerate(SpectrumTest):
    def test_disconnected_graph(self):
        self.write("two.txt", "0 1\n2 3\n")
        found = self.json("spectrum", self.problem('graph = "file"\nfile = "two.txt"'))
        self.assertEqual((found["components"], found["kernel"], found["zeros"]), (2, 2, 2))
        self.assertEqual((found["lambda_1"], found["lambda_2"], found["kappa"]), (0, 0, None))
        self.assertEqual((found["smallest_nonzero"], found["kappa_nonzero"]), (2, 1))
        self.assertIn("2 connected components", found["notes"][0])

    def test_distinguished_vertices_that_miss_a_component(self):
        self.write("two.txt", "0 1\n2 3\n")
        text = 'graph = "file"\nfile = "two.txt"\noperator = "colorization"\ndistinguished = [0]'
        found = self.json("spectrum", self.problem(text, spectrum="vectors = true"))
        self.assertEqual((found["kernel"], found["lambda_1"], found["kappa"]), (1, 0, None))
        self.assertIn("1 of 2 components have no distinguished vertex", " ".join(found["notes"]))

    def test_indefinite_matrix(self):
        self.write("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 1\n2 1 2\n2 2 1\n")
        found = self.json("spectrum", self.problem('matrix = "a.mtx"'))
        self.assertAlmostEqual(found["lambda_1"], -1)
        self.assertEqual((found["negatives"], found["kappa"], found["kappa_nonzero"]), (1, None, None))
        self.assertEqual((found["optimal"], found["best_of_map"]), ([], []))
        map_spec = KARATE_MAP.replace('graph = "file"\nfile = "karate.mtx"', 'matrix = "a.mtx"')
        self.expect(DONE, "run", self.write("map.toml", map_spec), "--store", "map")
        regimes = self.array("map", "regime", "u1")
        self.assertEqual(set(regimes), {6, 7})  # marginal at alpha = 0, else divergent

    def test_semidefinite_matrix_with_and_without_a_minimum(self):
        self.write("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 1\n2 1 1\n2 2 1\n")
        self.write("b.csv", "b\n1\n-1\n")
        spec = self.problem('matrix = "a.mtx"\nb = { file = "b.csv" }', "none.toml", "vectors = true")
        self.assertIn("f has no minimum", " ".join(self.json("spectrum", spec)["notes"]))
        self.assertFalse((self.folder / "out/none.spectrum/solution").exists())
        spec = self.problem('matrix = "a.mtx"\nb = 1.0', "some.toml", "vectors = true")
        self.expect(DONE, "spectrum", spec)
        numpy.testing.assert_allclose(self.array("out/some.spectrum", "solution"), [0.5, 0.5], rtol=1e-15)


    def test_no_minimum_is_never_rounding_noise(self):
        for graph in ('graph = "star"\nn = 30\nb = 3.0', 'graph = "grid"\nsides = [6, 7]\nb = 1.0'):
            found = self.json("spectrum", self.problem(graph, "none.toml", "vectors = true"))
            self.assertIn("f has no minimum", " ".join(found["notes"]))
            self.assertFalse((self.folder / "out/none.spectrum/solution").exists())
            shutil.rmtree(self.folder / "out/none.spectrum")

    def test_a_connected_graph_has_one_zero_however_small_the_next(self):
        path = 'graph = "path"\nn = 3000'
        found = self.json("spectrum", self.problem(path, spectrum='solver = "sparse"\nvalues = { smallest = 2 }'))
        self.assertEqual((found["zeros"], found["kernel"], found["negatives"]), (1, 1, 0))
        wanted = 4 * numpy.sin(numpy.pi / 6000) ** 2
        self.assertAlmostEqual(found["smallest_nonzero"] / wanted, 1, 9)

    def test_singular_matrix_within_rounding(self):
        matrix = numpy.array([[32.0, 8, 16], [8, 34, -28], [16, -28, 40]])  # of rank 2
        numpy.save(self.folder / "a.npy", matrix)
        found = self.json("spectrum", self.problem('matrix = "a.npy"'))
        self.assertEqual((found["zeros"], found["negatives"], found["kappa"]), (1, 0, None))
        self.assertGreater(found["kappa_nonzero"], 1)


class Minimum(SpectrumTest):
    """w* of matrices that are singular, or near it, or near the ends of float64."""

    def matrix(self, rows, b="1.0", spectrum="vectors = true"):
        numpy.save(self.folder / "a.npy", numpy.array(rows, dtype=float))
        return self.solved(f'matrix = "a.npy"\nb = {b}', spectrum)

    def solved(self, problem, spectrum):
        """The report, its notes as one text, and w* where it is stored."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        found = self.json("spectrum", self.problem(problem, spectrum=spectrum), "--backend", "cpu")
        stored = (self.folder / "out/problem.spectrum/solution").exists()
        return found, " ".join(found["notes"]), self.array("out/problem.spectrum", "solution") if stored else None

    def weighted_path(self, n, shift):
        """Its Laplacian minus the shift, as a file of a sparse matrix."""
        weights = numpy.random.default_rng(2).uniform(0.1, 1, n - 1)
        diagonal = numpy.append(weights, 0) + numpy.append(0, weights) - shift
        lines = [f"{i + 1} {i + 1} {float(value)!r}" for i, value in enumerate(diagonal)]
        lines += [f"{i + 2} {i + 1} {-float(value)!r}" for i, value in enumerate(weights)]
        head = f"%%MatrixMarket matrix coordinate real symmetric\n{n} {n} {len(lines)}\n"
        self.write("a.mtx", head + "\n".join(lines) + "\n")

    def test_is_none_where_rounding_made_the_factor(self):
        self.weighted_path(3000, 0.0)
        _, notes, solution = self.solved('matrix = "a.mtx"\nb = 1.0', "values = { smallest = 0, largest = 1 }")
        self.assertIsNone(solution)
        self.assertIn("A is singular or indefinite within rounding", notes)
        columns = numpy.random.default_rng(5).standard_normal((30, 29))
        gram = columns @ columns.T
        _, notes, solution = self.matrix((gram + gram.T) / 2, spectrum="values = { smallest = 0, largest = 1 }")
        self.assertIsNone(solution)
        self.assertIn("A is singular or indefinite within rounding", notes)

    def test_needs_no_smallest_eigenvalue(self):
        self.weighted_path(3000, -0.01)
        _, notes, solution = self.solved('matrix = "a.mtx"\nb = 1.0', "values = { smallest = 0, largest = 1 }")
        numpy.testing.assert_allclose(solution, numpy.full(3000, 100.0), rtol=1e-10)
        _, _, solution = self.matrix(numpy.diag([1, 4, 16, 64]), spectrum="values = { smallest = 0, largest = 1 }")
        numpy.testing.assert_array_equal(solution, [1, 0.25, 0.0625, 0.015625])

    def test_is_finite(self):
        for size, b in ((1e-300, "1e10"), (1e-250, "1e100")):
            found, notes, solution = self.matrix(size * numpy.eye(2), b)
            self.assertIsNone(solution)
            self.assertIn("w* is not computed", notes)
            self.assertFalse((self.folder / "out/problem.spectrum/projection").exists())

    def test_counts_zeros_as_the_report_does(self):
        found, notes, solution = self.matrix(numpy.diag([-1, 1, 5e-14]))
        self.assertEqual((found["zeros"], found["negatives"]), (0, 1))
        self.assertIn("not positive semidefinite", notes)
        self.assertNotIn("singular and", notes)
        numpy.testing.assert_allclose(solution, [-1, 1, 2e13], rtol=1e-12)
        found, notes, solution = self.matrix(numpy.diag([-1, 1, 5e-15]))
        self.assertEqual((found["zeros"], found["negatives"]), (1, 1))
        self.assertIn("A is singular and b is not in its range", notes)
        self.assertIsNone(solution)
        found, notes, _ = self.matrix(numpy.diag([1, 1, -5e-14]), b="0.0")
        self.assertEqual(found["negatives"], 1)
        self.assertIn("not positive semidefinite", notes)

    def test_an_eigenvalue_just_below_zero_is_noted(self):
        self.weighted_path(3000, 5e-13)
        for b in ("0.0", "1.0"):
            found, notes, _ = self.solved(f'matrix = "a.mtx"\nb = {b}', "values = { smallest = 1 }")
            self.assertEqual((found["zeros"], found["negatives"]), (0, 1))
            self.assertIn("not positive semidefinite" if b == "0.0" else "w* is not computed", notes)

    def test_norms_near_the_largest_float64(self):
        found, notes, _ = self.matrix([[1e308, 9e307], [9e307, 0]], b="0.0")
        wanted = [0.5e308 * (1 - numpy.hypot(1, 1.8)), 0.5e308 * (1 + numpy.hypot(1, 1.8))]
        self.assertAlmostEqual(found["lambda_1"] / wanted[0], 1, 13)
        self.assertAlmostEqual(found["lambda_n"] / wanted[1], 1, 13)
        self.assertEqual((found["zeros"], found["negatives"]), (0, 1))
        numpy.save(self.folder / "a.npy", numpy.diag([1.3e308, 1.3e308]))
        result = self.expect(BAD_NUMBERS, "spectrum", self.problem('matrix = "a.npy"'), "--store", "new")
        self.assertIn("scale the matrix", result.stderr)


class Requests(SpectrumTest):
    def test_solvers_agree(self):
        text = 'graph = "grid"\nsides = [9, 8]\noperator = "colorization"\ndistinguished = [0, 1, 2, 3, 4, 5, 6, 7]'
        found = {}
        for solver in ("closed-form", "dense", "sparse"):
            spectrum = f'solver = "{solver}"\nvalues = {{ smallest = 6, largest = 3 }}'
            self.expect(DONE, "spectrum", self.problem(text, f"{solver}.toml", spectrum))
            found[solver] = self.array(f"out/{solver}.spectrum", "eigenvalue")
            modes = self.array(f"out/{solver}.spectrum", "mode", "<i8")
            self.assertEqual(list(modes), [1, 2, 3, 4, 5, 6, 70, 71, 72])
        numpy.testing.assert_allclose(found["dense"], found["closed-form"], rtol=1e-13)
        numpy.testing.assert_allclose(found["sparse"], found["closed-form"], rtol=1e-12)

    def test_what_no_solver_answers(self):
        path = 'graph = "path"\nn = 100'
        for spectrum, says in (
            ('solver = "sparse"', "problem.toml:4:1: spectrum.values: found \"all\" with the solver \"sparse\""),
            ('solver = "closed-form"\nvectors = true', "problem.toml:4:1: spectrum.vectors: found true"),
        ):
            self.refused(USAGE, "spectrum", self.problem(path, spectrum=spectrum), says=says)
        small = 'graph = "small-world"\nn = 10\ndegree = 2\nprobability = 0.5'
        self.refused(USAGE, "spectrum", self.problem(small, spectrum='solver = "closed-form"'), says="no formula")
        shutil.copy(DATA / "regression/wampler5.csv", self.folder)
        fit = 'regression = "wampler5.csv"\ndegree = 5'
        self.refused(USAGE, "spectrum", self.problem(fit, spectrum='solver = "dense"'), says="computed whole")
        colorized = path + '\noperator = "colorization"\ndistinguished = [100]'
        self.refused(USAGE, "spectrum", self.problem(colorized), says="problem.toml:1:1: distinguished: found 100")
        self.refused(USAGE, "run", self.problem(path), says="a [problem] and no [sweep]; wanted 'ravine spectrum")

    def test_a_dense_spectrum_that_does_not_fit(self):
        text = 'graph = "small-world"\nn = 3000000\ndegree = 2\nprobability = 0.0'
        errors = self.expect(USAGE, "spectrum", self.problem(text, spectrum='solver = "dense"')).stderr
        self.assertIn("GiB of memory", errors)
        self.assertIn("values = { smallest = 10, largest = 1 }", errors)

    def test_a_graph_that_does_not_fit(self):
        if os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") > 200 << 30:
            self.skipTest("a machine that would make the graph")
        complete = self.problem('graph = "complete"\nn = 130000')
        self.refused(USAGE, "spectrum", complete, says="problem.toml:1:1: n: found 130000, a complete graph with")

    def test_malformed_files(self):
        self.write("a.mtx", "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1\n")
        self.refused(BAD_DATA, "spectrum", self.problem('matrix = "a.mtx"'), says="a.mtx:1:")
        self.write("e.txt", "0 1\n1 1\n")
        self.refused(BAD_DATA, "spectrum", self.problem('graph = "file"\nfile = "e.txt"'), says="e.txt:2:")
        self.write("d.csv", "x,y\n1,2\n2,\n")
        self.refused(BAD_DATA, "spectrum", self.problem('regression = "d.csv"\ndegree = 1'), says="d.csv:3:")

    def test_projection_needs_vectors_and_a_sum(self):
        text = OfGoldenProblems.trajectory(self, '[problem]\ngraph = "path"\nn = 5', {"alpha": 0.1, "beta": 0.5}, [1])
        without = text.replace("vectors = true", "vectors = false")
        self.refused(USAGE, "run", self.write("a.toml", without), says="no projection in the spectrum")
        no_sum = text.replace('[reduce]\nlambda = "sum"', "")
        self.refused(USAGE, "run", self.write("b.toml", no_sum), says='[reduce] lambda = "sum"')


if __name__ == "__main__":
    unittest.main()
