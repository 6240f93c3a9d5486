"""tests/gpu_check/run: the bundle, unpacked elsewhere and run without a GPU; refusals."""
import json
import os
import re
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "run"
BUILT = os.environ["RAVINE_BUILT"]

MOST_BYTES = 64 << 20
DEBIAN_12_GLIBC = (2, 36)
SECONDS_WITHOUT_GPU = 2
USAGE = 64

# A machine with nothing but its system, and no GPU to be seen.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "CUDA_VISIBLE_DEVICES": ""}


def run(*command, **environment):
    return subprocess.run([str(word) for word in command], env=ENVIRONMENT | environment, capture_output=True, text=True,
                          check=False)


class BundleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name, "bundle.tar.gz")
        cls.packed = run(SCRIPT, "--bundle", cls.file, RAVINE_BUILT=BUILT)
        assert cls.packed.returncode == 0, cls.packed.stderr
        elsewhere = Path(folder.name, "some where else")
        with tarfile.open(cls.file) as bundle:
            bundle.extractall(elsewhere)
        cls.bundle = elsewhere / "ravine-gpu-check"

    def test_is_small(self):
        self.assertLess(self.file.stat().st_size, MOST_BYTES)

    def test_runs_elsewhere_and_skips_without_a_gpu(self):
        start = time.monotonic()
        result = run(self.bundle / "run")
        self.assertLess(time.monotonic() - start, SECONDS_WITHOUT_GPU)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("outcome: skipped", result.stdout)
        report = json.loads((self.bundle / "gpu_check.json").read_text())
        self.assertEqual(report["outcome"], "skipped")
        self.assertEqual({check["status"] for check in report["checks"]}, {"skipped"})
        self.assertTrue(all(check["reason"] for check in report["checks"]))
        self.assertRegex(report["commit"], r"[0-9a-f]{40}|unknown")

    def test_a_skip_is_a_failure_where_a_gpu_is_required(self):
        result = run(self.bundle / "run", "--report", self.bundle / "other.json", RAVINE_REQUIRE_GPU="1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("outcome: failed", result.stdout)
        self.assertEqual(json.loads((self.bundle / "other.json").read_text())["outcome"], "failed")

    def test_needs_no_library_but_glibc_and_its_own(self):
        for program in ("ravine", "gpu_check"):
            folders = f"{self.bundle}/lib:{self.bundle}/lib/fallback"
            loaded = run("ldd", self.bundle / "bin" / program, LD_LIBRARY_PATH=folders).stdout
            self.assertNotIn("not found", loaded)
            for path in re.findall(r"=> (/\S.*) \(0x", loaded):
                if not path.startswith(str(self.bundle)):
                    self.assertRegex(path, r"/(libc|libm|libdl|librt|libpthread)\.so")

    def test_needs_no_newer_glibc_than_debian_12_has(self):
        files = [path for folder in ("bin", "lib") for path in (self.bundle / folder).rglob("*") if path.is_file()]
        self.assertGreaterEqual(len(files), 4)
        symbols = run("objdump", "-T", *files).stdout
        versions = {tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([0-9.]+)", symbols)}
        self.assertLessEqual(max(versions), DEBIAN_12_GLIBC)
        self.assertIn(".".join(map(str, max(versions))), (self.bundle / "needs").read_text())

    def test_takes_its_own_cxx_library_where_the_systems_does_not_serve(self):
        with tempfile.TemporaryDirectory() as old:
            Path(old, "libstdc++.so.6").write_text("too old\n")
            self.assertNotEqual(run(self.bundle / "bin" / "ravine", "--version", LD_LIBRARY_PATH=old).returncode, 0)
            result = run(self.bundle / "run", LD_LIBRARY_PATH=old)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("outcome: skipped", result.stdout)

    def test_says_why_it_does_not_start(self):
        with tempfile.TemporaryDirectory() as folder:
            run("cp", "-r", self.bundle, folder)
            copy = Path(folder, self.bundle.name)
            for library in copy.rglob("lib*.so*"):
                library.write_text("damaged\n")
            result = run(copy / "run")
        self.assertEqual(result.returncode, 69)
        self.assertRegex(result.stderr, r"do not start here.* glibc 2\.\d+ or newer")


class CloneTest(unittest.TestCase):
    def test_explains_itself(self):
        result = run(SCRIPT, "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("usage: tests/gpu_check/run", result.stdout)

    def test_a_bundle_needs_a_file(self):
        result = run(SCRIPT, "--bundle", RAVINE_BUILT=BUILT)
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("usage: tests/gpu_check/run", result.stderr)

    def test_runs_what_is_built(self):
        with tempfile.TemporaryDirectory() as folder:
            result = run(SCRIPT, "--report", Path(folder, "report.json"), RAVINE_BUILT=BUILT)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue(Path(folder, "report.json").exists())


if __name__ == "__main__":
    unittest.main()
