"""The whole program with its CUDA backend, its kernels run by the PTX interpreter as nvcc compiled them (machine.hpp).

Environment: RAVINE_BIN, the program on the interpreter; RAVINE_PTX, its kernels for several architectures, separated by
bars. Every store must have the bytes of the cpu backend's. Faults of the kernels, copies of what nobody wrote and
buffers used too early end the program, so they fail every test here.
"""

import csv
import json
import os
import pathlib
import re
import unittest

from ravine_cli import DONE, LONG_SPEC, NO_BACKEND, SPEC, RavineTest, tree_digest

PTX = os.environ["RAVINE_PTX"].split("|")
ORACLE = pathlib.Path(os.environ["RAVINE_TEST_DATA"]) / "oracle"

FEWEST_POSITIONS = 4096  # of a batch (kernels/tile_slot.cpp)
MEMORY_ERROR = 2  # cudaErrorMemoryAllocation


def settings(**others):
    """The environment of a machine: PTX, ORDER, STREAMS, DEVICES, MEMORY, FAIL, LOST of machine.hpp."""
    chosen = {"PTX": PTX[0]} | others
    return os.environ | {f"RAVINE_INTERPRETED_{name}": str(value) for name, value in chosen.items()}


def spec(quantities=("rate", "gap", "regime"), order=("lambda", "alpha", "beta"), reduce=None, method="heavy-ball",
         precision="float64", **axes):  # fmt: skip
    """A spec's text. An axis is a count of values over a wide range, a list, or the text of its table."""
    ranges = {"alpha": "from = -0.5, to = 4.5", "beta": "from = -1.5, to = 1.75", "lambda": "from = -0.25, to = 3.0"}
    lines = ["[sweep]", f'method = "{method}"', f"quantities = {list(quantities)}", f'precision = "{precision}"']
    lines += [f"order = {list(order)}", "[axes]"]
    for name, values in axes.items():
        if isinstance(values, int):
            text = f"{ranges[name]}, count = {values}" if values > 1 else "values = [0.75]"
        else:
            text = values if isinstance(values, str) else f"values = {[float(value) for value in values]}"
        lines.append(f"{name} = {{ {text} }}")
    if reduce:
        lines += ["[reduce]", 'lambda = "worst"']
    return "\n".join(lines).replace("'", '"') + "\n"


class Program(RavineTest):
    count = 0

    def run_on(self, backend, text, *options, code=DONE, store=None, **machine):
        Program.count += 1
        name = self.write(f"spec{Program.count}.toml", text)
        store = store or f"store{Program.count}"
        result = self.expect(code, "run", name, "--backend", backend, "--store", store, *options,
                             env=settings(**machine))  # fmt: skip
        return self.folder / store, result

    def assert_same_bytes(self, text, *options, **machine):
        on_cpu, _ = self.run_on("cpu", text, *options)
        on_cuda, result = self.run_on("cuda", text, *options, **machine)
        self.assertEqual(tree_digest(on_cuda), tree_digest(on_cpu), f"{text}\n{options} {machine}")
        return result


class Parity(Program):
    def test_sizes_around_a_warp_and_a_block(self):
        for count in (1, 2, 31, 32, 33, 63, 65, 127, 255, 256, 257, 1023):
            with self.subTest(count=count):
                self.assert_same_bytes(spec(alpha=1, beta=count, **{"lambda": 1}))

    def test_every_fastest_axis(self):
        for order in (("lambda", "alpha", "beta"), ("beta", "lambda", "alpha"), ("alpha", "beta", "lambda")):
            for precision in ("float64", "float32"):
                with self.subTest(order=order, precision=precision):
                    sizes = dict(zip(order, (3, 7, 131), strict=True))
                    self.assert_same_bytes(spec(order=order, precision=precision, **sizes))

    def test_eigenvalues(self):
        parts = ("sigma1_re", "sigma1_im", "sigma2_re", "sigma2_im")
        for precision in ("float64", "float32"):
            self.assert_same_bytes(spec(parts, precision=precision, alpha=9, beta=37, **{"lambda": 2}))

    def test_tiles_with_padding(self):
        text = spec(alpha=13, beta=70, **{"lambda": 3})
        for tile in (1, 33, 70, 71, 500, 1000):
            with self.subTest(tile=tile):
                self.assert_same_bytes(text if tile > 1 else spec(alpha=2, beta=5, **{"lambda": 1}), "--tile", tile)

    def test_gradient_descent(self):
        for options in ({}, {"reduce": True}):
            self.assert_same_bytes(
                spec(method="gradient-descent", order=("lambda", "alpha"), alpha=301, **{"lambda": 3}, **options)
            )

    def test_worst_case(self):
        spectra = {
            "ascending": "from = 0.01, to = 2.0, count = 33",
            "descending": [2.5, 2.5, 1.0, 0.125],
            "unsorted": [1.0, 3.0, 0.5, 3.0, 2.0],
            "indefinite": [-0.5, 0.0, 1.5],
            "single": [1.0],
            "one ulp apart": [1.0, 1.0 + 2**-52, 1.0 + 2**-51],
            "products that underflow": [1e-310, 1e-200, 1.0],
        }
        for name, spectrum in spectra.items():
            for precision in ("float64", "float32"):
                with self.subTest(spectrum=name, precision=precision):
                    self.assert_same_bytes(
                        spec(reduce=True, precision=precision, alpha=11, beta=97, **{"lambda": spectrum})
                    )

    def test_values_beyond_the_core(self):
        """Products and momenta that under- and overflow: settled, and undecided by the ends of the spectrum."""
        tiny_to_huge = [-1e160, -1.0, -1e-170, 0.0, 1e-320, 1e-200, 1e-100, 0.5, 1.0, 1e100, 1e155]
        text = spec(alpha=tiny_to_huge, beta=tiny_to_huge, **{"lambda": tiny_to_huge})
        self.assert_same_bytes(text)
        self.assert_same_bytes(spec(reduce=True, alpha=tiny_to_huge, beta=tiny_to_huge, **{"lambda": tiny_to_huge}))

    def test_adversarial_rows(self):
        """Cells next to the critical curve, along each axis in turn: what pair arithmetic can't decide."""
        with (ORACLE / "rate_map_adversarial.csv").open() as file:
            rows = [row for row in csv.DictReader(line for line in file if not line.startswith("#"))]
        for row in rows[:: len(rows) // 12]:
            alpha, beta, eigenvalue = (float(row[name]) for name in ("alpha", "beta", "lambda"))
            for order in (("lambda", "alpha", "beta"), ("beta", "lambda", "alpha")):
                near = {"alpha": [alpha], "beta": [beta], "lambda": [eigenvalue]}
                value = near[order[-1]][0]
                near[order[-1]] = f"from = {value * (1 - 2**-45)!r}, to = {value * (1 + 2**-45)!r}, count = 129"
                with self.subTest(row=row, order=order):
                    self.assert_same_bytes(spec(order=order, **near))

    def test_orders_of_threads_streams_and_architectures(self):
        text = spec(alpha=17, beta=101, **{"lambda": 2})
        for ptx in PTX:
            for order in ("forward", "reverse"):
                for streams in ("late", "early"):
                    with self.subTest(ptx=ptx, order=order, streams=streams):
                        self.assert_same_bytes(text, "--tile", 600, PTX=ptx, ORDER=order, STREAMS=streams)
                        self.assert_same_bytes(
                            spec(reduce=True, alpha=5, beta=67, **{"lambda": [3.0, 1.0, 2.0]}),
                            PTX=ptx, ORDER=order, STREAMS=streams,
                        )  # fmt: skip

    def test_devices_share_the_tiles(self):
        self.assert_same_bytes(spec(alpha=30, beta=40, **{"lambda": 2}), "--tile", 100, DEVICES=3)


class Memory(Program):
    TEXT = spec(("rate", "regime"), alpha=300, beta=101, **{"lambda": 1})  # 30,300 cells in one tile

    def test_a_tile_larger_than_the_device(self):
        self.assert_same_bytes(self.TEXT, MEMORY=640 * 1024)

    def test_out_of_memory_halves_the_batch_and_says_so(self):
        found = []
        for call in range(1, 40):
            result = self.ravine("run", self.spec(self.TEXT), "--backend", "cuda", "--store", f"halved{call}", "--json",
                                 env=settings(FAIL=f"cudaMalloc:{call}:{MEMORY_ERROR}"))  # fmt: skip
            if result.returncode == DONE and "batches of 15150 cells instead of 30300" in result.stdout:
                found.append(call)
            else:
                self.assertIn(result.returncode, (DONE, NO_BACKEND), result.stderr)
        self.assertEqual(len(found), 4, "two buffers of a batch in each of two slots")
        on_cpu, _ = self.run_on("cpu", self.TEXT)
        self.assertEqual(tree_digest(self.folder / f"halved{found[0]}"), tree_digest(on_cpu))

    def test_a_device_without_enough_is_refused_with_the_fix(self):
        result = self.expect(NO_BACKEND, "run", self.spec(self.TEXT), "--backend", "cuda", "--store", "none",
                             env=settings(MEMORY=30 * 1024))  # fmt: skip
        self.assertIn("out of memory", result.stderr)
        self.assertIn("--backend cpu", result.stderr)

    def test_auto_takes_the_cpu_where_the_map_does_not_fit(self):
        found = self.json("run", self.spec(self.TEXT), "--store", "auto", env=settings(MEMORY=30 * 1024))
        self.assertEqual(found["backend"], "cpu")
        self.assertIn("out of memory", found["backend_reason"])

    def test_rows_run_along_the_last_axis_of_more_than_one_element(self):
        """Else the tables of the rows would be larger than the map."""
        text = spec(order=("alpha", "beta", "lambda"), alpha=100, beta=300, **{"lambda": 1})
        self.assert_same_bytes(text, MEMORY=512 * 1024)


class Failures(Program):
    def test_a_lost_device_leaves_a_store_that_can_be_finished(self):
        name = self.spec(LONG_SPEC)
        for launch in (1, 2, 17, 60):
            store = f"lost{launch}"
            result = self.expect(NO_BACKEND, "run", name, "--backend", "cuda", "--store", store, "--tile", 100,
                                 env=settings(LOST=launch))  # fmt: skip
            self.assertIn("--resume", result.stderr)
            self.assertRegex(result.stderr, "illegal memory access")
            self.expect(DONE, "run", name, "--backend", "cpu", "--store", store, "--resume")
            self.expect(DONE, "verify", store, "--sample", 1)
        whole, _ = self.run_on("cpu", LONG_SPEC, "--tile", 100)
        self.assertEqual(tree_digest(self.folder / "lost60"), tree_digest(whole))

    def test_every_call_that_fails_is_noticed(self):
        """Whichever call fails, the run ends with a reason; or it did without, and has the right bytes."""
        whole, _ = self.run_on("cpu", SPEC, "--tile", 300)
        functions = ("cudaMemcpyAsync", "cudaMemsetAsync", "cudaLaunchKernel", "cudaEventRecord", "cudaEventSynchronize",
                     "cudaStreamCreateWithFlags", "cudaHostAlloc", "cudaSetDevice", "cudaMemGetInfo",
                     "cudaEventCreateWithFlags", "cudaMalloc", "cudaFuncGetAttributes")  # fmt: skip
        for name in functions:
            noticed = 0
            for call in range(1, 14):
                store = f"{name}-{call}"
                failed = self.ravine("run", self.spec(), "--backend", "cuda", "--store", store, "--tile", 300,
                                     env=settings(FAIL=f"{name}:{call}:999"))  # fmt: skip
                with self.subTest(name=name, call=call):
                    if failed.returncode == DONE:
                        self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))
                    else:
                        self.assertEqual(failed.returncode, NO_BACKEND, failed.stderr)
                        self.assertRegex(failed.stderr, r"\Aravine: error: ")
                        noticed += 1
            self.assertGreater(noticed, 0, name)

    def test_values_arrive_in_pinned_memory(self):
        """Three slots of a tile's buffers, each chunk pinned: so many allocations fail one after the other."""
        def failing(call):
            result = self.ravine("run", self.spec(), "--backend", "cuda", "--store", f"pinned{call}", "--tile", 100,
                                 env=settings(FAIL=f"cudaHostAlloc:{call}:{MEMORY_ERROR}"))  # fmt: skip
            return result.returncode == NO_BACKEND

        staging_and_arrivals = 2 * (1 + 4)  # of two slots
        chunks = sum(failing(call) for call in range(staging_and_arrivals + 1, staging_and_arrivals + 20))
        self.assertGreaterEqual(chunks, 3 * 3)


class Summaries(Program):
    """ravine summary: tiles that never leave the device, counted there."""

    def summary_on(self, backend, *options, **machine):
        found = self.json("summary", "spec.toml", "--backend", backend, *options, env=settings(**machine))
        self.assertEqual(found["backend"], backend)
        return {key: found[key] for key in ("passes", "summary", "percentiles")}

    def assert_same_summary(self, text, *options, **machine):
        self.spec(text)
        self.assertEqual(self.summary_on("cuda", *options, **machine), self.summary_on("cpu", *options))

    def test_quantities_and_precisions(self):
        everything = ("regime", "sigma2_im", "rate", "sigma1_re", "gap", "sigma1_im", "sigma2_re")
        for precision in ("float64", "float32"):
            for quantities in (everything, ("rate",), ("gap",), ("regime",), ("sigma1_im",)):
                with self.subTest(precision=precision, quantities=quantities):
                    self.assert_same_summary(
                        spec(quantities, precision=precision, alpha=19, beta=71, **{"lambda": 2}),
                        "--percentiles", "50,0.01,99.9,100,12.5",
                    )  # fmt: skip

    def test_sizes_around_a_warp_and_a_block(self):
        for count in (1, 31, 32, 33, 255, 256, 257):
            with self.subTest(count=count):
                self.assert_same_summary(spec(alpha=1, beta=count, **{"lambda": 1}))

    def test_without_percentiles(self):
        self.assert_same_summary(spec(alpha=19, beta=71, **{"lambda": 2}), "--percentiles", "none")

    def test_infinities_and_ties(self):
        tiny_to_huge = [-1e160, -1.0, -1e-170, 0.0, 1e-320, 1e-200, 1e-100, 0.5, 1.0, 1e100, 1e155]
        self.assert_same_summary(spec(alpha=tiny_to_huge, beta=tiny_to_huge, **{"lambda": tiny_to_huge}))
        self.assert_same_summary(spec(("sigma2_im", "gap"), alpha=300, beta=[0.0], **{"lambda": 1}))

    def test_worst_case(self):
        for precision in ("float64", "float32"):
            self.assert_same_summary(
                spec(reduce=True, precision=precision, alpha=11, beta=97, **{"lambda": [1.0, 3.0, 0.5, 3.0, 2.0]})
            )

    def test_a_tile_of_several_batches(self):
        """Memory that runs out halves the batch, and is told of."""
        self.spec(spec(("rate", "regime"), alpha=100, beta=101, **{"lambda": 1}))
        on_cpu = self.summary_on("cpu", "--percentiles", "50")
        halved = 0
        for call in range(1, 40):
            result = self.ravine("summary", "spec.toml", "--backend", "cuda", "--percentiles", "50", "--json",
                                 env=settings(FAIL=f"cudaMalloc:{call}:{MEMORY_ERROR}"))  # fmt: skip
            self.assertIn(result.returncode, (DONE, NO_BACKEND), result.stderr)
            if result.returncode != DONE:
                continue
            found = json.loads(result.stdout)
            halved += "batches of 5050 cells instead of 10100" in " ".join(found["notes"])
            self.assertEqual({key: found[key] for key in on_cpu}, on_cpu)
        self.assertEqual(halved, 4, "two buffers of a batch in each of two slots")

    def test_orders_of_threads_streams_and_architectures(self):
        for ptx in PTX:
            for order in ("forward", "reverse"):
                for streams in ("late", "early"):
                    with self.subTest(ptx=ptx, order=order, streams=streams):
                        self.assert_same_summary(spec(alpha=17, beta=101, **{"lambda": 2}),
                                                 PTX=ptx, ORDER=order, STREAMS=streams)  # fmt: skip

    def test_a_lost_device_ends_it(self):
        for launch in (1, 5, 20):
            self.refused(NO_BACKEND, "summary", self.spec(), "--backend", "cuda", env=settings(LOST=launch),
                         says="illegal memory access")  # fmt: skip


class AcrossBackends(Program):
    def test_a_run_begun_on_one_backend_resumes_on_the_other(self):
        text = spec(alpha=40, beta=50, **{"lambda": 2})
        whole, _ = self.run_on("cpu", text, "--tile", 100)
        for first, second in (("cpu", "cuda"), ("cuda", "cpu")):
            with self.subTest(first=first):
                store = f"{first}-{second}"
                self.run_on(first, text, "--tile", 100, "--shard", "1/3", store=store)
                self.run_on(second, text, "--resume", store=store)
                self.assertEqual(tree_digest(self.folder / store), tree_digest(whole))

    def test_bench_proves_the_bytes_equal(self):
        found = self.json("bench", self.spec(), "--compare", "cpu,cuda", "--repeat", 2, "--tile", 300, env=settings())
        self.assertGreaterEqual(found["bytes_compared"], found["cells"] * 17)
        cpu, cuda = found["backends"]
        self.assertEqual((cpu["backend"], cuda["backend"]), ("cpu", "cuda"))
        self.assertEqual(len(cuda["seconds_in_place"]["all"]), 2)

    def test_auto_takes_the_device_and_says_so(self):
        found = self.json("run", self.spec(), "--store", "auto", env=settings())
        self.assertEqual(found["backend"], "cuda")
        self.assertIn("PTX interpreter", found["device"])
        runs = "".join(path.read_text() for path in self.folder.glob("auto/.ravine/runs/*"))
        self.assertTrue(re.search("PTX interpreter", runs))


if __name__ == "__main__":
    unittest.main()
