"""`ravine plot` from outside: the files it writes, what they say, and how it fails.

RAVINE_BIN is the program. Pictures are checked by their size, their text (SVG) and their bytes (equal stores give equal
pictures); what lines and colours mean is tested in tests/unit/plot_test.cpp.
"""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from ravine_cli import is_sanitized

PROGRAM = os.environ.get("RAVINE_BIN", "build/release/ravine")
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"

MAP = """
[sweep]
method     = "heavy-ball"
quantities = ["rate", "gap", "regime", "sigma1_re"]
[axes]
alpha  = {{ from = 0.0, to = 4.0, count = {alphas} }}
beta   = {{ from = 0.0, to = 1.0, count = {betas} }}
lambda = {{ values = [{lambdas}] }}
[output]
store = "out"
"""

NOISE = """
[sweep]
kind       = "noise"
method     = "heavy-ball"
quantities = ["mean_loss", "standard_error_loss", "expected_loss", "moments", "histogram", "quantiles"]
[axes]
alpha  = { values = [0.5] }
beta   = { values = [0.5] }
lambda = { values = [1.0] }
[noise]
variance   = 1.0
replicates = 300
[record]
steps = 20
[output]
store = "out"
"""


class PlotTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ravine plot `x` ' ")  # names that a shell or gnuplot would trip on
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ravine(self, *arguments, expect=0, environment=None):
        done = subprocess.run(
            [os.path.abspath(PROGRAM), *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def run_map(self, *arguments, alphas=41, betas=21, lambdas="1.0"):
        spec = self.folder / "map.toml"
        spec.write_text(MAP.format(alphas=alphas, betas=betas, lambdas=lambdas))
        self.ravine("run", spec, *arguments)

    def text_of(self, svg):
        """All text of a picture, checked to be well-formed XML."""
        root = xml.etree.ElementTree.parse(svg).getroot()
        return "\n".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text"))

    def assert_png(self, path):
        head = path.read_bytes()[:24]
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", head[16:24]), (1200, 900))

    def test_every_example_runs_and_draws(self):
        """Each example has its pictures, and each picture the words that say what it shows."""
        rate = {"rate": ["rate = 1"]}
        milestones = {"loss": ["the whole loss", "λ = 0.01", "λ = 0.1", "λ = 1"], "loss_parts": ["λx²/2 each"]}
        pictures = {
            "convergence_map": rate,
            "qian_figure1": rate,
            "spectrum_3d": rate,
            "worst_case_karate": {"rate": ["rate = 1", "worst over 33 values of λ"]},
            "worst_case_jagmesh7": {"rate": ["rate = 1", "worst over 2 values of λ"]},
            "worst_case_bcsstk13": {"gap": ["worst over 2 values of λ"]},
            "colorizer": {"loss": ["β = 0", "β = 0.9059"]},
            "gradient_descent_milestones": milestones,
            "momentum_milestones": milestones,
            "noise_floor": {"mean_loss": ["α = 0.5: stationary", "α = 1.5: mean of the runs", "± 2 standard errors"]},
            "noisy_descent": {"mean_loss": ["one run, replicate 0", "deterministic part", "stochastic part", "transient",
                                            "fine-tuning", "noise variance = 9", "seed 2017"]},
            "steps_to_tolerance": {"steps_to_tolerance": ["not within 2000 steps", "37 steps", "tolerance 10⁻⁶"],
                                   "peak_loss": ["infinite: diverged"],
                                   "status": ["running", "converged", "diverged"]},
            "steps_to_tolerance_rate": rate,
        }
        # Those without a sweep are spectra, which test_plot_spectrum.py draws.
        sweeps = [spec.stem for spec in EXAMPLES.glob("*.toml") if "[sweep]" in spec.read_text()]
        self.assertEqual(sorted(pictures), sorted(sweeps))
        few = ("convergence_map", "colorizer", "noise_floor")  # sanitizers take long to draw
        for name, wanted in pictures.items():
            if is_sanitized() and name not in few:
                continue
            with self.subTest(spec=name):
                self.ravine("run", EXAMPLES / f"{name}.toml")
                printed = self.ravine("plot", f"out/{name}").stdout.splitlines()
                self.assertEqual(sorted(printed), sorted(f"picture: out/{name}/{picture}.{kind}"
                                                         for picture in wanted for kind in ("png", "svg")))
                for picture, words in wanted.items():
                    self.assert_png(self.folder / "out" / name / f"{picture}.png")
                    text = self.text_of(self.folder / "out" / name / f"{picture}.svg")
                    for word in words:
                        self.assertIn(word, text)
                    self.assertNotIn("not computed", text)

    def test_a_quantity_that_cannot_be_drawn_says_what_would_help(self):
        spec = self.folder / "study.toml"
        spec.write_text(NOISE)
        self.ravine("run", spec)
        printed = self.ravine("plot", "out").stdout
        self.assertIn("out/mean_loss.png", printed)
        self.assertNotIn("out/moments.png", printed)
        self.assertIn("not drawn: moments (one value in a single cell)\n", printed)
        told = json.loads(self.ravine("plot", "out", "--json").stdout)["not_drawn"]
        self.assertEqual(told, [{"quantity": "moments", "reason": "one value in a single cell"}])
        done = self.ravine("plot", "out", "--quantity", "moments", expect=64)
        self.assertIn("give an axis more values, or print it with `ravine export --to csv`", done.stderr)
        self.ravine("plot", "out", "--quantity", "histogram")
        self.assertIn("replicates per octave of loss", self.text_of(self.folder / "out" / "histogram.svg"))
        self.ravine("verify", "out")

    def test_equal_studies_give_equal_pictures(self):
        (self.folder / "study.toml").write_text(NOISE)
        for threads in ("1", "2"):
            self.ravine("run", "study.toml", "--threads", threads)
            self.ravine("plot", "out", "--output", f"of {threads}")
            shutil.rmtree(self.folder / "out")
        for one in sorted((self.folder / "of 1").iterdir()):
            self.assertEqual(one.read_bytes(), (self.folder / "of 2" / one.name).read_bytes(), one.name)

    def test_every_quantity_but_the_regime_by_default(self):
        self.run_map()
        self.ravine("plot", "out", "--output", "pictures")
        names = sorted(path.name for path in (self.folder / "pictures").iterdir())
        self.assertEqual(names, [f"{n}.{kind}" for n in ("gap", "rate", "sigma1_re") for kind in ("png", "svg")])
        text = self.text_of(self.folder / "pictures" / "rate.svg")
        for words in ("heavy ball: convergence rate max|σ|", "step size α (1/curvature)", "momentum β (dimensionless)",
                      "λ = 1", "41 × 21 cells", "best cell:", "ripples", "divergent"):
            self.assertIn(words, text)
        for words in ("mixed sign", "not computed", "incomplete"):
            self.assertNotIn(words, text)

    def test_one_quantity_into_the_store(self):
        self.run_map()
        before = {path.name for path in (self.folder / "out").iterdir()}
        self.ravine("plot", "out", "--quantity", "regime")
        after = {path.name for path in (self.folder / "out").iterdir()}
        self.assertEqual(after - before, {"regime.png", "regime.svg"})
        self.ravine("verify", "out")  # pictures do not disturb the store

    def test_equal_stores_give_equal_pictures(self):
        self.run_map("--threads", "1", "--tile", "50")
        self.ravine("plot", "out", "--output", "one")
        shutil.rmtree(self.folder / "out")
        self.run_map("--threads", "2")
        self.ravine("plot", "out", "--output", "two")
        for one in sorted((self.folder / "one").iterdir()):
            self.assertEqual(one.read_bytes(), (self.folder / "two" / one.name).read_bytes(), one.name)

    def test_an_incomplete_store_says_so(self):
        self.run_map("--tile", "21", "--shard", "1/2")  # every other row of 41
        self.ravine("plot", "out", "--quantity", "rate")
        text = self.text_of(self.folder / "out" / "rate.svg")
        self.assertIn("incomplete: 48.8 % of the cells not computed", text)  # 20 rows of 41
        self.assertIn("\nnot computed", text)

    def test_panels_of_a_long_axis_are_chosen_and_named(self):
        self.run_map(alphas=9, betas=9, lambdas=", ".join(str(1 + k) for k in range(40)))
        self.ravine("plot", "out", "--quantity", "gap")
        text = self.text_of(self.folder / "out" / "gap.svg")
        self.assertIn("12 of 40 values of λ drawn, evenly chosen", text)
        self.assertIn("λ = 1\n", text)
        self.assertIn("λ = 40\n", text)

    def test_memory_does_not_grow_with_the_map(self):
        def peak(alphas):
            """Of ravine alone, which does all its reading before it starts a gnuplot (here one that does nothing)."""
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            self.run_map("--tile", "200000", alphas=alphas, betas=3000)
            process = subprocess.Popen(
                [os.path.abspath(PROGRAM), "plot", "out", "--quantity", "rate", "--gnuplot", "true"],
                cwd=self.folder, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 69)
            return usage.ru_maxrss

        self.assertLess(peak(5000), peak(1200) + 24 * 1024)  # 91 MB more of rates

    def test_without_gnuplot_the_package_is_named(self):
        self.run_map()
        done = self.ravine("plot", "out", expect=69, environment={"PATH": "/nonexistent"})
        self.assertIn("apt install gnuplot-nox", done.stderr)
        self.assertFalse((self.folder / "out" / "rate.png").exists())

    def test_wrong_quantities_and_stores_are_refused(self):
        spec = self.folder / "map.toml"
        self.run_map()
        self.ravine("plot", "out", "--quantity", "sigma2_im", expect=64)
        self.ravine("plot", "out", "--quantity", "speed", expect=64)
        self.assertIn("nowhere", self.ravine("plot", "nowhere", expect=65).stderr)
        spec.unlink()

    def test_a_damaged_chunk_is_bad_data_not_a_picture(self):
        self.run_map()
        chunk = next(path for path in (self.folder / "out" / "rate").rglob("*")
                     if path.is_file() and not path.name.startswith("."))
        damaged = bytearray(chunk.read_bytes())
        damaged[100] ^= 1
        chunk.write_bytes(damaged)
        done = self.ravine("plot", "out", "--quantity", "rate", expect=65)
        self.assertIn("rate", done.stderr)
        self.assertFalse((self.folder / "out" / "rate.png").exists())

    def test_an_output_that_cannot_be_written_is_an_input_output_error(self):
        self.run_map()
        (self.folder / "file").write_text("")
        self.assertIn("file/below", self.ravine("plot", "out", "--output", "file/below", expect=74).stderr)

    def test_axes_that_do_not_increase_are_refused(self):
        spec = MAP.format(alphas=5, betas=5, lambdas="1.0").replace(
            "{ from = 0.0, to = 4.0, count = 5 }", "{ values = [1.0, 3.0, 2.0] }")
        (self.folder / "map.toml").write_text(spec)
        self.ravine("run", "map.toml")
        self.assertIn("not above the one before it", self.ravine("plot", "out", expect=64).stderr)


if __name__ == "__main__":
    unittest.main()
