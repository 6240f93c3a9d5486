"""`ravine plot` of frozen spectra from outside: the examples that are spectra, and how it refuses the rest.

RAVINE_BIN is the program. What the pictures show is tested in tests/unit/plot_spectrum_test.cpp.
"""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from ravine_cli import fast_folder

PROGRAM = os.environ.get("RAVINE_BIN", "build/release/ravine")
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"

PATH = """
[problem]
graph = "path"
n     = 8
[spectrum]
vectors = true
"""

MAP = """
[sweep]
method     = "heavy-ball"
quantities = ["rate"]
[axes]
alpha  = { from = 0.0, to = 4.0, count = 5 }
beta   = { from = 0.0, to = 1.0, count = 5 }
lambda = { values = [1.0] }
[output]
store = "map"
"""

# The commands of docs/gallery.md: what they write, and words that must be there. kappa is that of the closed forms.
PICTURES = {
    ("path_36", "grid_36", "small_world_36"): {
        "spectrum": ["eigenvalues of 3 problems", "λₙ / smallest λ > 0 = 524.6", "λₙ / smallest λ > 0 = 27.86"],
        "eigenvectors": ["mode 4: λ = 0.06815, κ = 524.6", "mode 4: λ = 0.5359, κ = 27.86"],
    },
    ("grid_1d", "grid_2d", "grid_3d"): {
        "spectrum": ["λₙ / smallest λ > 0 = 6.8×10⁶", "λₙ / smallest λ > 0 = 3319", "λₙ / smallest λ > 0 = 309.3"],
    },
    ("rosenbrock_5", "rosenbrock_25", "rosenbrock_100"): {
        "spectrum": ["λₙ / λ₁ = 30.66", "λₙ / λ₁ = 91.07", "λₙ / λ₁ = 99.37"],
    },
    ("cubic_fit",): {
        "spectrum": ["λₙ / λ₁ = 1535"],
        "eigenfeatures": ["λ = 29.3", "λ = 0.0191", "24 samples"],
        "fits": ["k = 100: loss 0.163", "least squares"],
        "filters": ["k = 100, η = 0.293", "α = 1/λₙ = 0.03411"],
    },
    ("filip_fit",): {
        "spectrum": ["λₙ / λ₁ = 3.126×10³⁰"],
        "eigenfeatures": ["λ = 5.18×10¹⁹", "λ = 1.66×10⁻¹¹", "82 samples"],
        "fits": ["least squares", "cut off beyond the plot"],
        "filters": ["α = 1/λₙ = 1.931×10⁻²⁰"],
    },
}


class PlotSpectrumTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ravine plot `x` ' ", dir=fast_folder())
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ravine(self, *arguments, expect=0):
        done = subprocess.run(
            [os.path.abspath(PROGRAM), *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300
        )
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def freeze_path(self):
        (self.folder / "path.toml").write_text(PATH)
        self.ravine("spectrum", "path.toml", "--store", "path")

    def text_of(self, svg):
        root = xml.etree.ElementTree.parse(svg).getroot()
        return "\n".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text"))

    def assert_png(self, path):
        head = path.read_bytes()[:24]
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", head[16:24]), (1200, 900))

    def test_every_example_of_a_spectrum_is_computed_and_drawn(self):
        specs = [spec.stem for spec in EXAMPLES.glob("*.toml") if "[sweep]" not in spec.read_text()]
        self.assertEqual(sorted(name for names in PICTURES for name in names), sorted(specs))
        for names, wanted in PICTURES.items():
            with self.subTest(specs=names):
                for name in names:
                    self.ravine("spectrum", EXAMPLES / f"{name}.toml")
                mode = ["--mode", "4"] if "eigenvectors" in wanted else []
                stores = [f"out/{name}.spectrum" for name in names]
                printed = self.ravine("plot", *stores, *mode, "--output", "pictures").stdout.splitlines()
                self.assertEqual(sorted(printed), sorted(f"picture: pictures/{picture}.{kind}"
                                                         for picture in wanted for kind in ("png", "svg")))
                for picture, words in wanted.items():
                    self.assert_png(self.folder / "pictures" / f"{picture}.png")
                    text = self.text_of(self.folder / "pictures" / f"{picture}.svg").replace("\u00a0", " ")
                    for word in words:
                        self.assertIn(word, text)

    def test_pictures_lie_beside_the_arrays_and_are_named_as_json(self):
        self.freeze_path()
        told = json.loads(self.ravine("plot", "path", "--quantity", "eigenvectors", "--json").stdout)
        self.assertEqual(told, {"command": "plot", "store": "path", "png": ["path/eigenvectors.png"],
                                "svg": ["path/eigenvectors.svg"], "not_drawn": []})
        self.assert_png(self.folder / "path" / "eigenvectors.png")
        self.ravine("verify", "path")  # pictures do not disturb the store
        told = json.loads(self.ravine("plot", "path", "path", "--output", "two", "--json").stdout)
        self.assertEqual(told["stores"], ["path", "path"])

    def test_what_does_not_go_together_is_refused(self):
        self.freeze_path()
        (self.folder / "map.toml").write_text(MAP)
        self.ravine("run", "map.toml")
        refused = {
            ("map", "path"): "the first is no frozen spectrum",
            ("path", "map"): "'map' is no frozen spectrum",
            ("map", "map"): "only spectra are drawn together",
            ("map", "--mode", "2"): "--mode is for the eigenvectors",
            ("path", "--mode", "9"): "the eigenvalues 1 to 8",
            ("path", "--mode", "0"): "--mode",
            ("path", "--mode", "2", "--quantity", "spectrum"): "no picture of eigenvectors",
            ("path", "--quantity", "eigenvector"): 'did you mean "eigenvectors"?',
            ("path", "--quantity", "fits"): "of these spectra there is",
            ("path",) * 13: "1 to 12",
        }
        for arguments, words in refused.items():
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.ravine("plot", *arguments, expect=64).stderr)
        self.assertIn("nowhere", self.ravine("plot", "nowhere", expect=65).stderr)

    def test_a_damaged_array_is_bad_data_not_a_picture(self):
        self.freeze_path()
        chunk = next(path for path in (self.folder / "path" / "eigenvector").rglob("*")
                     if path.is_file() and not path.name.startswith("."))
        damaged = bytearray(chunk.read_bytes())
        damaged[20] ^= 1
        chunk.write_bytes(damaged)
        self.assertIn("eigenvector", self.ravine("plot", "path", expect=65).stderr)
        self.assertFalse((self.folder / "path" / "eigenvectors.png").exists())


if __name__ == "__main__":
    unittest.main()
