"""./run, ./test and what they share: usage, packages, moved clones. Nothing is built or installed here: the tools that
the scripts call are replaced by small ones that note how they were called."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

USAGE = 64
UNAVAILABLE = 69
BUG = 70

RAVINE = """#!/bin/sh
echo "ravine $*" >> "$CALLS"
case "$1 $2" in "plan --json" | "spectrum --json") echo '{"store": "out/a \\"quoted\\" map"}' ;; esac
"""


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.clone = self.folder / "a clone with spaces"
        self.calls_file = self.folder / "calls"
        self.tools = self.folder / "tools"
        self.tools.mkdir()
        self.clone.mkdir()
        for name in ("run", "test"):
            shutil.copy2(ROOT / name, self.clone)
        shutil.copytree(ROOT / "scripts", self.clone / "scripts")
        self.spec = self.folder / "my spec.toml"
        self.spec.write_text("[sweep]\n")
        self.tool("dpkg-query", "for p do case $p in -*|*'$'*) ;; *) echo installed $p ;; esac; done")
        self.tool("id", "echo 1000")
        self.tool("sudo", "exit 1")

    def tool(self, name, body):
        """A replacement for a program, which notes its arguments first."""
        path = self.tools / name
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> "$CALLS"\n{body}\n')
        path.chmod(0o755)

    def pretend_built(self):
        """A finished build whose program notes its calls; cmake is real but for --build."""
        build = self.clone / "build" / "release"
        build.mkdir(parents=True)
        (build / "build.ninja").touch()
        (build / "CMakeCache.txt").write_text(f"CMAKE_HOME_DIRECTORY:INTERNAL={self.clone.resolve()}\n")
        (build / "ravine").write_text(RAVINE)
        (build / "ravine").chmod(0o755)
        self.tool("cmake", 'case $1 in -D*) PATH=$REAL_PATH exec cmake "$@" ;; esac')

    def call(self, script, *arguments, **environment):
        path = os.environ["PATH"]
        return subprocess.run(
            [self.clone / script, *arguments], cwd=self.folder, check=False, text=True,
            stdin=subprocess.DEVNULL, capture_output=True,
            env={"PATH": f"{self.tools}:{path}", "REAL_PATH": path, "CALLS": str(self.calls_file), **environment})

    def calls(self, program):
        if not self.calls_file.exists():
            return []
        return [line for line in self.calls_file.read_text().splitlines() if line.split()[0] == program]

    def test_run_without_arguments_explains_itself(self):
        result = self.call("run")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("usage: ./run SPEC", result.stderr)

    def test_help_goes_to_the_standard_output(self):
        for script in ("run", "test"):
            result = self.call(script, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn(f"usage: ./{script}", result.stdout)

    def test_unknown_options_are_wrong_usage(self):
        self.assertEqual(self.call("run", "--threads", "2").returncode, USAGE)
        self.assertEqual(self.call("test", "--fulll").returncode, USAGE)

    def test_a_missing_spec_is_told_before_anything_is_installed(self):
        result = self.call("run", "nowhere.toml")
        self.assertEqual(result.returncode, USAGE)
        self.assertIn("nowhere.toml: no such file", result.stderr)
        self.assertEqual(self.calls("dpkg-query"), [])

    def test_runs_resumes_and_plots(self):
        self.pretend_built()
        result = self.call("run", self.spec.name, "--threads", "3")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.calls("ravine"), ["ravine run my spec.toml --resume --threads 3",
                                                "ravine plan --json my spec.toml",
                                                'ravine plot out/a "quoted" map'])

    def test_plots_the_store_that_the_options_name(self):
        self.pretend_built()
        for options in (["--store", "here or there"], ["--store=here or there"]):
            self.calls_file.unlink(missing_ok=True)
            self.assertEqual(self.call("run", self.spec.name, *options).returncode, 0)
            self.assertEqual(self.calls("ravine")[-1], "ravine plot here or there")

    def test_a_problem_without_a_sweep_has_a_spectrum(self):
        self.pretend_built()
        self.spec.write_text('[problem]\ngraph = "path"\nn = 5\n')
        result = self.call("run", self.spec.name, "--threads", "3")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.calls("ravine"), ["ravine spectrum my spec.toml --threads 3",
                                                "ravine spectrum --json my spec.toml",
                                                'ravine plot out/a "quoted" map'])

    def test_the_exit_code_is_the_programs_and_nothing_is_plotted(self):
        self.pretend_built()
        program = self.clone / "build" / "release" / "ravine"
        program.write_text(RAVINE + "exit 75\n")
        self.assertEqual(self.call("run", self.spec.name).returncode, 75)
        self.assertEqual(len(self.calls("ravine")), 1)

    def test_installs_only_what_is_missing(self):
        self.pretend_built()
        self.tool("dpkg-query",
                  "for p do case $p in -*|*'$'*|gnuplot-nox) ;; *) echo installed $p ;; esac; done; exit 1")
        self.tool("sudo", '[ "$1" = -n ] && shift; exec "$@"')
        self.tool("apt-get", "exit 0")
        result = self.call("run", self.spec.name)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("installing with apt-get: gnuplot-nox\n", result.stderr)
        self.assertEqual(self.calls("apt-get"),
                         ["apt-get update -qq", "apt-get install -qq -y --no-install-recommends gnuplot-nox"])

    def test_says_the_command_where_nothing_can_be_installed(self):
        self.tool("dpkg-query", "exit 1")
        for script, arguments in (("run", [self.spec.name]), ("test", [])):
            result = self.call(script, *arguments)
            self.assertEqual(result.returncode, UNAVAILABLE)
            self.assertIn("sudo apt-get install --no-install-recommends cmake ninja-build g++", result.stderr)

    def test_installs_nothing_when_told_so(self):
        self.pretend_built()
        self.tool("dpkg-query", "exit 1")
        result = self.call("run", self.spec.name, RAVINE_INSTALL="no")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.calls("sudo"), [])

    def test_a_build_that_fails_shows_its_log(self):
        self.pretend_built()
        self.tool("cmake", "echo the compiler said no; exit 2")
        result = self.call("run", self.spec.name)
        self.assertEqual(result.returncode, BUG)
        self.assertIn("the compiler said no", result.stderr)

    def test_a_moved_clone_is_configured_anew(self):
        self.pretend_built()
        (self.clone / "build" / "release" / "CMakeCache.txt").write_text("CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n")
        self.assertEqual(self.call("run", self.spec.name).returncode, 0)
        self.assertTrue(self.calls("cmake")[0].startswith("cmake --fresh -S"), self.calls("cmake"))


if __name__ == "__main__":
    unittest.main()
