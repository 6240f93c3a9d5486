"""Ensembles on the interpreter, as test_program.py has rate maps: every store must have the bytes of the cpu backend's."""

import itertools
import pathlib
import re
import unittest

import test_program
from ravine_cli import DONE, NO_BACKEND, tree_digest
from test_program import MEMORY_ERROR, Program

# Without the kernels of maps, whose text takes longer to read than a study to run.
PTX = [files.split(":")[-1] for files in test_program.PTX]

RECORDED = ("loss", "loss_parts", "x")
WATCHED = ("peak_loss", "peak_step", "first_above", "last_above", "steps_to_tolerance", "status")

# Over these most cells converge, some are still running, and some diverge.
RANGES = {"alpha": "from = -0.5, to = 4.5", "beta": "from = -1.5, to = 1.75"}
SPECTRA = {1: [1.0], 2: [0.1, 1.0], 3: [0.01, 0.1, 1.0], 4: [1.0, -0.25, 0.0, 0.5], 5: [0.1, 0.2, 0.4, 0.8, 1.6]}
STARTS = {1: [1.0], 2: [1.0, -2.0], 3: [1.0, 1.0, 1.0], 4: [0.5, 1e-3, 2.0, -1.0], 5: [1.0, 0.0, -1.0, 2.0, 1e-200]}


def settings(**others):
    return test_program.settings(**({"PTX": PTX[0]} | others))


def axis(values, name):
    if isinstance(values, int):
        return f"{{ {RANGES[name]}, count = {values} }}" if values > 1 else "{ values = [0.75] }"
    return f"{{ values = {values} }}"


def study(kind, quantities, precision="float64", components=None, order=("lambda", "alpha", "beta"), steps=40,
          at="{ log = 5 }", sections="", **axes):  # fmt: skip
    """A spec's text. With `components` the cells share a spectrum of so many eigenvalues."""
    axes = {"alpha": 5, "beta": 7, "lambda": [0.25, 1.0]} | axes
    if components:
        axes["lambda"] = SPECTRA[components]
    lines = ["[sweep]", f'kind = "{kind}"', 'method = "heavy-ball"', f'precision = "{precision}"']
    lines += [f"quantities = {list(quantities)}", f"order = {list(order)}", "[axes]"]
    lines += [f"{name} = {axis(axes[name], name)}" for name in ("alpha", "beta", "lambda")]
    lines += ["[record]", f"steps = {steps}", f"at = {at}", sections]
    if components:
        lines += ["[reduce]", 'lambda = "sum"', "[start]", f"x = {STARTS[components]}", "y = 0.125"]
    return "\n".join(lines).replace("'", '"') + "\n"


def trajectories(quantities=RECORDED + WATCHED, **others):
    alone = not others.get("components")  # parts are of several
    return study("trajectory", [name for name in quantities if not (alone and name == "loss_parts")], **others)


class Ensembles(Program):
    def run_on(self, backend, text, *options, **machine):
        return super().run_on(backend, text, *options, **({"PTX": PTX[0]} | machine))


class Trajectories(Ensembles):
    def test_components_and_precisions(self):
        for components, precision in itertools.product(SPECTRA, ("float64", "float32")):
            for quantities in (RECORDED, RECORDED + WATCHED):
                with self.subTest(components=components, precision=precision, quantities=quantities):
                    self.assert_same_bytes(trajectories(quantities, components=components, precision=precision))

    def test_lambda_as_an_axis(self):
        for order in (("lambda", "alpha", "beta"), ("beta", "lambda", "alpha"), ("alpha", "beta", "lambda")):
            with self.subTest(order=order):
                self.assert_same_bytes(trajectories(order=order))

    def test_sizes_around_a_warp_and_a_block(self):
        for count in (1, 2, 31, 33, 255, 257):
            with self.subTest(count=count):
                self.assert_same_bytes(trajectories(alpha=1, beta=count, steps=17, **{"lambda": [1.0]}))

    def test_tiles_with_padding(self):
        for tile, components in itertools.product((1, 6, 11, 50), (None, 2, 5)):
            with self.subTest(tile=tile, components=components):
                self.assert_same_bytes(trajectories(components=components, steps=9), "--tile", tile)

    def test_nothing_recorded(self):
        self.assert_same_bytes(trajectories(WATCHED, components=3))

    def test_recorded_steps(self):
        """The first step of all, the last or neither; every step; one before and after those at which modes may rest."""
        for at in ("[0]", "[0, 40]", "[39]", "[1, 15, 16, 17, 31, 32, 33]", '"every"', "{ every = 7 }"):
            for quantities in (RECORDED, RECORDED + WATCHED):
                with self.subTest(at=at, quantities=quantities):
                    self.assert_same_bytes(trajectories(quantities, at=at, components=2, alpha=3, beta=3))

    def test_trajectories_that_overflow_and_come_to_rest(self):
        """Some diverge beyond infinity and some come so near the minimum that they stop there."""
        for precision, steps in (("float64", 1200), ("float32", 200)):
            for quantities in (("loss", "x"), RECORDED + WATCHED):
                with self.subTest(precision=precision, quantities=quantities):
                    self.assert_same_bytes(
                        trajectories(quantities, precision=precision, steps=steps, components=2,
                                     alpha=[0.5, 1.9, 30.0], beta=[0.0, 0.2, 5.0])
                    )  # fmt: skip

    def test_gradient_descent(self):
        text = trajectories(order=("lambda", "alpha"))
        lines = [line for line in text.splitlines() if not line.startswith("beta")]
        self.assert_same_bytes("\n".join(lines).replace("heavy-ball", "gradient-descent"))

    def test_orders_of_threads_streams_and_architectures(self):
        for ptx, order, streams in itertools.product(PTX, ("forward", "reverse"), ("late", "early")):
            for components in (None, 5):
                with self.subTest(ptx=ptx, order=order, streams=streams, components=components):
                    text = trajectories(components=components, steps=17)
                    self.assert_same_bytes(text, "--tile", 20, PTX=ptx, ORDER=order, STREAMS=streams)

    def test_devices_share_the_tiles(self):
        self.assert_same_bytes(trajectories(steps=9), "--tile", 10, DEVICES=3)

    def test_a_tile_larger_than_the_device(self):
        """Batches of a tile; many modes in memory leave room for values."""
        for components in (2, 5):
            with self.subTest(components=components):
                text = trajectories(components=components, alpha=20, beta=40, steps=20, at='"every"')
                self.assert_same_bytes(text, MEMORY=256 * 1024)

    def test_out_of_memory_halves_the_batch_and_says_so(self):
        text = trajectories(components=5, alpha=20, beta=40, steps=3, at="[3]")
        found = []
        for call in range(1, 15):
            result = self.ravine("run", self.write("halved.toml", text), "--backend", "cuda", "--store",
                                 f"halved{call}", "--json", env=settings(FAIL=f"cudaMalloc:{call}:{MEMORY_ERROR}"))  # fmt: skip
            if result.returncode == DONE and "batches of 400 cells instead of 800" in result.stdout:
                found.append(call)
            else:
                self.assertIn(result.returncode, (DONE, NO_BACKEND), result.stderr)
        self.assertEqual(len(found), 4, "values and scratch in each of two slots")
        on_cpu, _ = self.run_on("cpu", text)
        self.assertEqual(tree_digest(self.folder / f"halved{found[0]}"), tree_digest(on_cpu))

    def test_a_device_without_enough_is_refused_with_the_fix(self):
        text = trajectories(alpha=20, beta=40, at='"every"')
        result = self.expect(NO_BACKEND, "run", self.write("large.toml", text), "--backend", "cuda", "--store", "none",
                             env=settings(MEMORY=30 * 1024))  # fmt: skip
        self.assertIn("out of memory", result.stderr)
        self.assertIn("--backend cpu", result.stderr)

    def test_a_run_begun_on_one_backend_resumes_on_the_other(self):
        text = trajectories(components=3, steps=9)
        whole, _ = self.run_on("cpu", text, "--tile", 4)
        for first, second in (("cpu", "cuda"), ("cuda", "cpu")):
            with self.subTest(first=first):
                store = f"{first}-{second}"
                self.run_on(first, text, "--tile", 4, "--shard", "1/3", store=store)
                self.run_on(second, text, "--resume", store=store)
                self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))

    def test_a_lost_device_leaves_a_store_that_can_be_finished(self):
        text = trajectories(steps=9)
        name = self.write("lost.toml", text)
        whole, _ = self.run_on("cpu", text, "--tile", 10)
        for launch in (1, 2, 5):
            store = f"lost{launch}"
            self.expect(NO_BACKEND, "run", name, "--backend", "cuda", "--store", store, "--tile", 10,
                        env=settings(LOST=launch))  # fmt: skip
            self.expect(DONE, "run", name, "--backend", "cpu", "--store", store, "--resume")
            self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))


LOSSES = ("mean_loss", "variance_loss", "standard_error_loss", "min_loss", "max_loss", "diverged", "z_mean_loss",
          "z_variance_loss")  # fmt: skip
XS = ("mean_x", "variance_x", "standard_error_x", "min_x", "max_x", "z_mean_x", "z_variance_x")
BINNED = ("histogram", "quantiles")
THEORY = ("expected_loss", "expected_loss_stochastic", "expected_variance_loss", "expected_x", "expected_variance_x",
          "stationary_loss", "stationary_x2", "moments")  # fmt: skip
SAMPLE = ("sample_loss", "sample_x")
HISTOGRAM = "[histogram]\nfrom = 1e-3\nto = 1e3\nbins_per_octave = 2\n"

GROUP = 256
BLOCK = 4096  # replicates


def noise(quantities=LOSSES + XS + BINNED + THEORY + SAMPLE, replicates=300, variance=0.5, more="", **others):
    sections = f"[noise]\nvariance = {variance}\nreplicates = {replicates}\nseed = 42\n{more}\n"
    if set(quantities) & set(BINNED):
        sections += HISTOGRAM
    others = {"alpha": [0.1, 1.0, 30.0], "beta": [0.0, 0.5], "steps": 5, "at": "[0, 1, 4, 5]"} | others
    return study("noise", quantities, sections=sections, **others)


class Noise(Ensembles):
    def test_components_and_precisions(self):
        for components, precision in itertools.product((1, 2, 5), ("float64", "float32")):
            with self.subTest(components=components, precision=precision):
                variance = [0.5, 0.0, 2.0, 1e-3, 1.0][:components]
                self.assert_same_bytes(noise(components=components, precision=precision, variance=variance))

    def test_kinds_of_quantities(self):
        for quantities in (("mean_loss",), XS, ("histogram",), ("quantiles", "diverged"), THEORY, SAMPLE):
            with self.subTest(quantities=quantities):
                self.assert_same_bytes(noise(quantities))

    def test_replicates_around_a_warp_a_group_and_a_block(self):
        for replicates in (1, 31, 33, GROUP - 1, GROUP, GROUP + 1, BLOCK, BLOCK + 1, 2 * BLOCK + 700):
            with self.subTest(replicates=replicates):
                one_cell = {"alpha": [0.5], "beta": [0.25], "lambda": [1.0]}
                self.assert_same_bytes(noise(replicates=replicates, steps=3, at="[2, 3]", **one_cell))

    def test_replicates_that_diverge(self):
        """Some at once, some later, so that groups are whole, in part and empty."""
        for precision in ("float64", "float32"):
            with self.subTest(precision=precision):
                self.assert_same_bytes(
                    noise(LOSSES + XS + BINNED, precision=precision, steps=40, at="[20, 30, 34, 38, 40]", components=2,
                          alpha=[0.5, 100.0 if precision == "float32" else 1e8], beta=[0.25], variance=1e3)
                )  # fmt: skip

    def test_steps_on_both_sides_of_a_block_of_numbers_and_of_rest(self):
        for precision, at in itertools.product(("float64", "float32"), ('"every"', "[0]", "[3, 15, 16, 17, 18]")):
            with self.subTest(precision=precision, at=at):
                self.assert_same_bytes(noise(LOSSES, precision=precision, steps=18, at=at, beta=[0.5]))

    def test_numbers_of_replicates_and_cells(self):
        for more in ("first_replicate = 123456789", "first_replicate = 4294966996", "common_random_numbers = true"):
            with self.subTest(more=more):
                self.assert_same_bytes(noise(LOSSES, more=more))

    def test_tiles_and_devices(self):
        text = noise(LOSSES + XS, alpha=5, beta=3)
        for tile in (1, 4, 7):
            self.assert_same_bytes(text, "--tile", tile)
        self.assert_same_bytes(text, DEVICES=3)

    def test_orders_of_threads_streams_and_architectures(self):
        for ptx, order, streams in itertools.product(PTX, ("forward", "reverse"), ("late", "early")):
            for components in (1, 3):
                with self.subTest(ptx=ptx, order=order, streams=streams, components=components):
                    text = noise(LOSSES + XS + BINNED, components=components, alpha=[0.5], beta=[0.25], steps=3, at="[3]")
                    self.assert_same_bytes(text, PTX=ptx, ORDER=order, STREAMS=streams)

    def test_batches_that_begin_and_end_within_a_cell(self):
        """Memory for a few blocks at once, where a cell has three of them."""
        for components, memories in ((1, (4000, 6000)), (2, (22000,))):
            text = noise(LOSSES + XS, replicates=2 * BLOCK + 5, steps=5, at='"every"', components=components,
                         alpha=[0.5], beta=[0.25, 0.5])  # fmt: skip
            for memory in memories:
                with self.subTest(components=components, memory=memory):
                    counts = self.folder / "counts"
                    self.assert_same_bytes(text, MEMORY=memory, COUNTS=counts)
                    launches = int(counts.read_text().split()[1])
                    self.assertGreater(launches, 1)

    def test_a_removed_barrier_is_found(self):
        """Of the kernel that sums replicates, any one; the shared memory of its sums is used again and again."""
        whole = pathlib.Path(PTX[0]).read_text()
        kernel = re.search(r"^\.visible \.entry \w*simulate_replicatesIdNS0_16ModesInRegisters.*?^}", whole, re.M | re.S)
        barriers = [match.span() for match in re.finditer(r"bar\w*\.sync[^;]*;", kernel[0])]
        self.assertGreaterEqual(len(barriers), 2)
        name = self.write("barrier.toml", noise(LOSSES + XS, replicates=2 * GROUP, alpha=[0.5], beta=[0.5]))
        for number, (first, last) in enumerate(barriers):
            broken = kernel[0][:first] + kernel[0][last:]
            file = self.write("broken.ptx", whole.replace(kernel[0], broken))
            result = self.ravine("run", name, "--backend", "cuda", "--store", f"broken{number}",
                                 env=settings(PTX=self.folder / file))  # fmt: skip
            self.assertNotEqual(result.returncode, DONE)
            self.assertRegex(result.stderr, r"race|which no thread has written")

    def test_out_of_memory_halves_the_batch_and_says_so(self):
        text = noise(LOSSES, alpha=[0.1, 0.2, 0.3, 0.4], beta=[0.5], steps=1, at="[1]", replicates=40, **{"lambda": [1.0]})
        found = []
        for call in range(1, 15):
            result = self.ravine("run", self.write("halved.toml", text), "--backend", "cuda", "--store",
                                 f"halved{call}", "--json", env=settings(FAIL=f"cudaMalloc:{call}:{MEMORY_ERROR}"))  # fmt: skip
            if result.returncode == DONE and "batches of 2 blocks of replicates instead of 4" in result.stdout:
                found.append(call)
            else:
                self.assertIn(result.returncode, (DONE, NO_BACKEND), result.stderr)
        self.assertEqual(len(found), 8, "cells, shifts, sums and counts in each of two slots")
        on_cpu, _ = self.run_on("cpu", text)
        self.assertEqual(tree_digest(self.folder / f"halved{found[0]}"), tree_digest(on_cpu))

    def test_a_device_without_enough_is_refused_with_the_fix(self):
        result = self.expect(NO_BACKEND, "run", self.write("large.toml", noise()), "--backend", "cuda", "--store",
                             "none", env=settings(MEMORY=1024))  # fmt: skip
        self.assertIn("out of memory", result.stderr)
        self.assertIn("--backend cpu", result.stderr)

    def test_a_run_begun_on_one_backend_resumes_on_the_other(self):
        text = noise(LOSSES)
        whole, _ = self.run_on("cpu", text, "--tile", 2)
        for first, second in (("cpu", "cuda"), ("cuda", "cpu")):
            with self.subTest(first=first):
                store = f"{first}-{second}"
                self.run_on(first, text, "--tile", 2, "--shard", "1/3", store=store)
                self.run_on(second, text, "--resume", store=store)
                self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))

    def test_a_lost_device_leaves_a_store_that_can_be_finished(self):
        text = noise(LOSSES)
        name = self.write("lost.toml", text)
        whole, _ = self.run_on("cpu", text, "--tile", 2)
        for launch in (1, 2, 4):
            store = f"lost{launch}"
            self.expect(NO_BACKEND, "run", name, "--backend", "cuda", "--store", store, "--tile", 2,
                        env=settings(LOST=launch))  # fmt: skip
            self.expect(DONE, "run", name, "--backend", "cpu", "--store", store, "--resume")
            self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))


if __name__ == "__main__":
    unittest.main()
