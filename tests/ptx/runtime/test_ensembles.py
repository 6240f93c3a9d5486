"""Ensembles on the interpreter, as test_program.py has rate maps: every store must have the bytes of the cpu backend's."""

import itertools
import unittest

from ravine_cli import DONE, NO_BACKEND, tree_digest
from test_program import MEMORY_ERROR, PTX, Program, settings

RECORDED = ("loss", "loss_parts", "x")
WATCHED = ("peak_loss", "peak_step", "first_above", "last_above", "steps_to_tolerance", "status")

# Over these most cells converge, some are still running, and some diverge.
RANGES = {"alpha": "from = -0.5, to = 4.5", "beta": "from = -1.5, to = 1.75"}
SPECTRA = {1: [1.0], 2: [0.1, 1.0], 3: [0.01, 0.1, 1.0], 4: [1.0, -0.25, 0.0, 0.5], 5: [0.1, 0.2, 0.4, 0.8, 1.6]}
STARTS = {1: [1.0], 2: [1.0, -2.0], 3: [1.0, 1.0, 1.0], 4: [0.5, 1e-3, 2.0, -1.0], 5: [1.0, 0.0, -1.0, 2.0, 1e-200]}


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


class Trajectories(Program):
    def test_components_and_precisions(self):
        for components, precision in itertools.product(SPECTRA, ("float64", "float32")):
            for quantities in (RECORDED, WATCHED, RECORDED + WATCHED):
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
        for call in range(1, 30):
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


if __name__ == "__main__":
    unittest.main()
