"""The README's examples, run as they stand there: the Python one on a whole map and on one that is not done."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
RAVINE = os.environ["RAVINE_BIN"]


def block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)[number]


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "map.toml").write_text(block("toml"))

    def ravine(self, *arguments):
        return subprocess.run([RAVINE, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def read_map(self):
        return subprocess.run([sys.executable, "-c", block("python")], cwd=self.folder, capture_output=True, text=True,
                              check=False)

    def test_reads_a_whole_map(self):
        run = self.ravine("run", "map.toml")
        self.assertEqual(run.returncode, 0, run.stderr)
        read = self.read_map()
        self.assertEqual(read.returncode, 0, read.stderr)
        self.assertRegex(read.stdout, r"best rate 0\.\d+ at alpha = ")
        self.assertIn("2: 'ripples'", read.stdout)

    def test_refuses_a_map_with_cells_to_do(self):
        run = self.ravine("run", "map.toml", "--max-time", "0")
        self.assertEqual(run.returncode, 75, run.stderr)
        read = self.read_map()
        self.assertEqual(read.returncode, 1)
        self.assertIn("80000 cells are not computed yet", read.stderr)

    def test_replays_a_replicate_of_a_study(self):
        (self.folder / "noise.toml").write_text(block("toml", 1))
        run = self.ravine("run", "noise.toml")
        self.assertEqual(run.returncode, 0, run.stderr)
        command = re.search(r"^build/release/ravine (replay .*)$", README, re.MULTILINE).group(1)
        replay = self.ravine(*command.split())
        self.assertEqual(replay.returncode, 0, replay.stderr)
        self.assertRegex(replay.stdout, r"^step,loss,loss_part_0,x_0,.*\n1,(.*\n)+1000,")


if __name__ == "__main__":
    unittest.main()
