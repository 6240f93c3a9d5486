"""ravine summary: what a map amounts to, against the report of a run and the sorted values of its store."""

import fractions
import json
import math
import os
import pathlib
import signal
import time
import unittest

import numpy

from ravine_cli import DONE, INTERRUPTED, NO_BACKEND, SPEC, USAGE, RavineTest, is_sanitized

VARIANTS = {
    "float64": SPEC,
    "float32": SPEC.replace("[axes]", 'precision = "float32"\n[axes]'),
    "worst": SPEC + '[reduce]\nlambda = "worst"\n',
    "eigenvalues": SPEC.replace('"regime"]', '"sigma1_re", "sigma1_im", "sigma2_re", "sigma2_im"]'),
    "regime alone": SPEC.replace('"rate", "gap", "regime"', '"regime"'),
    "one cell": SPEC.replace("from = 0.0, to = 4.0, count = 41", "values = [0.3]")
    .replace("from = 0.0, to = 1.0, count = 21", "values = [0.1]")
    .replace("[1.0, 2.5]", "[1.0]"),
    "more cells than a tile": SPEC.replace("count = 41", "count = 2401").replace("count = 21", "count = 1001")
    .replace('"rate", "gap", "regime"', '"rate"').replace("[axes]", 'precision = "float32"\n[axes]'),
}  # fmt: skip

# Many seconds of work.
ENDLESS_SPEC = SPEC.replace("count = 41", "count = 1000001").replace("count = 21", "count = 100001")


def nearest_rank(percent, cells):
    return max(1, math.ceil(fractions.Fraction(percent) * cells / 100))


class Summary(RavineTest):
    def check_percentiles(self, store, found, percents):
        """The percentiles of each quantity against the sorted values of the store."""
        arrays = self.folder / f"arrays of {store}"
        self.expect(DONE, "export", store, "--to", "npy", "--output", arrays)
        for quantity, entries in found.items():
            values = numpy.sort(numpy.load(arrays / f"{quantity}.npy"), axis=None)
            self.assertEqual([entry["percent"] for entry in entries], [float(percent) for percent in percents])
            for percent, entry in zip(percents, entries):
                self.assertEqual(entry["rank"], nearest_rank(percent, values.size), (quantity, percent))
                self.assertEqual(float(entry["value"]), float(values[entry["rank"] - 1]), (quantity, percent))

    def test_is_what_a_run_reports_and_the_ranks_of_its_values(self):
        percents = ["50", "0.1", "99.9", "5", "33.3", "100", "1e-9"]
        for name, text in VARIANTS.items():
            with self.subTest(name):
                ran = self.json("run", self.spec(text), "--store", name)["summary"]
                result = self.json("summary", "spec.toml", "--percentiles", ",".join(percents))
                for key, value in result["summary"].items():
                    self.assertEqual(value, ran[key], key)
                self.assertNotIn("regime", result["percentiles"])
                self.check_percentiles(name, result["percentiles"], percents)

    def test_text_of_a_run_stands_in_it(self):
        ran = self.expect(DONE, "run", self.spec(), "--store", "s").stdout
        said = self.expect(DONE, "summary", "spec.toml", "--backend", "cpu").stdout
        in_brief = ran[ran.index("map\n") + len("map\n"):ran.index("store: s")]
        self.assertIn("best rate", in_brief)
        self.assertIn(in_brief, said)
        self.assertRegex(said, r"\Amap of spec.toml\n  cells +2 x 41 x 21 \(lambda, alpha, beta\) = 1,722\n")
        self.assertRegex(said, r"(?m)^percentiles +rate +gap$")
        for percent in ("5 %", "50 %", "95 %"):
            self.assertRegex(said, rf"(?m)^  {percent} +-?\d\S* +-?\d\S*$")
        self.assertRegex(said, r"in 4 passes over the map, .* cells/s, on \d+ threads? at x86-64.* \(asked for\)")

    def test_threads_and_level_do_not_show(self):
        self.spec()
        seen = set()
        for threads in (1, 2, 7):
            for level in ("x86-64", None):
                environment = os.environ | ({"RAVINE_SIMD": level} if level else {})
                result = self.json("summary", "spec.toml", "--backend", "cpu", "--threads", threads,
                                   env=environment)  # fmt: skip
                seen.add(json.dumps([result["summary"], result["percentiles"]]))
        self.assertEqual(len(seen), 1)

    def test_percentiles_of_the_spec_and_of_the_option(self):
        self.spec(SPEC + "[summary]\npercentiles = [75, 25]\n")

        def asked(*options):
            found = self.json("summary", "spec.toml", *options)["percentiles"]
            self.assertEqual(list(found), ["rate", "gap"])
            return [entry["percent"] for entry in found["rate"]]

        self.assertEqual(asked(), [75, 25])
        self.assertEqual(asked("--percentiles", "10"), [10])
        self.assertEqual(asked("--percentiles", "2.5,97.5"), [2.5, 97.5])
        self.spec()
        self.assertEqual(asked(), [5, 50, 95])

    def test_example(self):
        example = pathlib.Path(__file__).resolve().parents[2] / "examples" / "spectrum_3d.toml"
        result = self.json("summary", example)
        self.assertEqual([entry["percent"] for entry in result["percentiles"]["rate"]], [1, 50, 99])
        self.assertEqual(result["summary"]["cells"], 9 * 321 * 201)

    def test_none_takes_one_pass(self):
        result = self.json("summary", self.spec(), "--percentiles", "none")
        self.assertEqual((result["passes"], result["percentiles"]), (1, {}))
        self.assertNotIn("percentiles", self.expect(DONE, "summary", "spec.toml", "--percentiles", "none").stdout)
        self.spec(SPEC + "[summary]\npercentiles = []\n")
        self.assertEqual(self.json("summary", "spec.toml")["passes"], 1)

    def test_passes(self):
        self.assertEqual(self.json("summary", self.spec())["passes"], 4)
        self.assertEqual(self.json("summary", self.spec(VARIANTS["float32"]))["passes"], 2)
        self.assertEqual(self.json("summary", self.spec(VARIANTS["regime alone"]))["passes"], 1)

    def test_infinite_values(self):
        text = SPEC.replace("[1.0, 2.5]", "[1e300]").replace("to = 4.0", "to = 1e300")
        result = self.json("summary", self.spec(text), "--percentiles", "1,100")
        self.assertEqual(result["percentiles"]["rate"][1]["value"], "inf")
        self.assertEqual(result["percentiles"]["gap"][0]["value"], "-inf")
        said = self.expect(DONE, "summary", "spec.toml", "--percentiles", "100").stdout
        self.assertRegex(said, r"(?m)^  100 % +inf +0$")

    def test_json_is_stable_and_alone(self):
        result = json.loads(self.expect(DONE, "summary", self.spec(), "--json").stdout)
        self.assertEqual(
            list(result),
            ["command", "version", "model_version", "spec", "shape", "backend", "backend_reason", "device", "simd", "threads",
             "passes", "seconds", "notes", "summary", "percentiles"],
        )  # fmt: skip
        self.assertEqual(
            list(result["summary"]),
            ["cells", "convergent", "convergent_fraction", "area", "best_rate", "best_gap", "regimes"],
        )
        self.assertEqual(list(result["percentiles"]["rate"][0]), ["percent", "rank", "value"])

    def test_writes_nothing(self):
        self.expect(DONE, "summary", self.spec(SPEC + '[output]\nstore = "s"\n'))
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def test_percentiles_do_not_make_another_map(self):
        self.make_store()
        self.spec(SPEC + "[summary]\npercentiles = [1]\n")
        self.expect(DONE, "run", "spec.toml", "--store", "store", "--resume")


class Refusals(RavineTest):
    def test_options(self):
        self.spec()
        for given in ("0", "-5", "100.1", "5,5", "5,5.0", "5,", ",5", "", "five", "nan", "inf", "5 50", "none,5",
                      ",".join(f"{k / 10}" for k in range(1, 102))):  # fmt: skip
            with self.subTest(given):
                self.refused(USAGE, "summary", "spec.toml", "--percentiles", given,
                             says=["--percentiles", "above 0 and at most 100", "ravine summary --help"])  # fmt: skip
        self.refused(USAGE, "summary", "spec.toml", "--percentile", "5", says='did you mean "--percentiles"?')
        self.refused(USAGE, "summary", "spec.toml", "--backend", "gpu", says=["--backend", '"gpu"'])
        self.refused(USAGE, "summary", says="SPEC is required")
        self.refused(USAGE, "sumary", says='did you mean "summary"?')

    def test_backend_that_is_not_there(self):
        self.refused(NO_BACKEND, "summary", self.spec(), "--backend", "cuda",
                     env=os.environ | {"CUDA_VISIBLE_DEVICES": ""}, says="cuda")  # fmt: skip

    def test_specs(self):
        for given, says in (
            ("[summary]\npercentiles = [5, 500]\n", ["spec.toml:10:19: ", "integer 500", "at most 100"]),
            ("[summary]\npercentiles = [5, 5]\n", ["spec.toml:10:19: ", "5 twice"]),
            ("[summary]\npercentils = [5]\n", ["spec.toml:10:1: ", 'did you mean "percentiles"?']),
            ("[sumary]\npercentiles = [5]\n", ["spec.toml:9:2: ", 'did you mean "summary"?']),
            ("[summary]\npercentiles = 5\n", ["spec.toml:10:15: ", "array"]),
        ):
            with self.subTest(given):
                self.refused(USAGE, "summary", self.spec(SPEC + given), says=says)
                self.refused(USAGE, "run", "spec.toml", "--store", "s", says=says)


class Interruption(RavineTest):
    def test_signal_ends_it_with_nothing(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            process = self.start("summary", self.spec(ENDLESS_SPEC))
            time.sleep(1)
            self.assertIsNone(process.poll())
            process.send_signal(sent)
            output, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, INTERRUPTED, errors)
            self.assertEqual(output, "")
            self.assertRegex(errors, r"(?m)^ravine: error: interrupted before every cell .*'ravine summary' again$")

    @unittest.skipIf(is_sanitized(), "sanitizers take memory of their own")
    def test_memory_does_not_grow_with_the_map(self):
        process = self.start("summary", self.spec(ENDLESS_SPEC), "--backend", "cpu")
        time.sleep(2)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        resident = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
        self.assertLess(resident, 200 << 10)  # KiB; the map is 3.4 TB


if __name__ == "__main__":
    unittest.main()
