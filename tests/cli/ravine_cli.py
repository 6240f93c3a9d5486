"""Runs the program `ravine` (environment variable RAVINE_BIN) in a folder that is gone after the test."""

import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ.get("RAVINE_BIN", "ravine")

DONE, USAGE, BAD_DATA, NO_BACKEND, BAD_NUMBERS = 0, 64, 65, 69, 70
BUSY, IO_ERROR, INTERRUPTED = 73, 74, 75

TIMEOUT = 300  # seconds after which a command hangs

SPEC = """\
[sweep]
method = "heavy-ball"
quantities = ["rate", "gap", "regime"]
order = ["lambda", "alpha", "beta"]
[axes]
alpha = { from = 0.0, to = 4.0, count = 41 }
beta = { from = 0.0, to = 1.0, count = 21 }
lambda = { values = [1.0, 2.5] }
"""


def fast_folder():
    """A folder for stores: every tile is synced, which memory answers at once and a disk does not."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def is_sanitized():
    """Sanitizers reserve terabytes of address space and take their time."""
    program = pathlib.Path(PROGRAM).read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


# Enough one-cell tiles that a signal comes in their midst; a sanitizer is slow, so that fewer will do.
LONG_SPEC = SPEC.replace("count = 41", f"count = {61 if is_sanitized() else 121}").replace(
    '["rate", "gap", "regime"]', '["rate"]')  # fmt: skip


def limit(kind, value):
    """For preexec_fn: the limit of a resource in the child."""
    return lambda: resource.setrlimit(kind, (value, value))


def tree_digest(folder):
    """A hash of every file's path and bytes in a store, but for what tells runs apart."""
    folder = pathlib.Path(folder)
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.startswith((".ravine/runs/", ".ravine/locks/")) or path.is_dir():
            continue
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def wait_until(condition, what):
    """Asks again and again, as fast as the machine allows."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {TIMEOUT} s for {what}")
        time.sleep(0.001)


def has_records(store):
    return any(path.is_file() for path in pathlib.Path(store, ".ravine", "tiles").rglob("*"))


class RavineTest(unittest.TestCase):
    """A test with a folder of its own, in which every command runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ravine-test-", dir=fast_folder())
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content)
        return name

    def spec(self, text=SPEC, name="spec.toml"):
        return self.write(name, text)

    def ravine(self, *arguments, **options):
        """The finished process, its output as text."""
        settings = {"cwd": self.folder, "capture_output": True, "text": True, "errors": "replace", "timeout": TIMEOUT}
        return subprocess.run([PROGRAM, *map(str, arguments)], **(settings | options))

    def start(self, *arguments, **options):
        """A process in the background; it is killed at the end of the test."""
        settings = {"cwd": self.folder, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], **(settings | options))
        self.addCleanup(self._end, process)
        return process

    @staticmethod
    def _end(process):
        process.kill()
        process.communicate()

    def expect(self, code, *arguments, **options):
        """Runs a command that must leave with `code`."""
        result = self.ravine(*arguments, **options)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def refused(self, code, *arguments, says=(), **options):
        """Runs a command that must fail with one message on standard error and with nothing on standard output."""
        result = self.expect(code, *arguments, **options)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"\Aravine: error: ")
        self.assertNotIn("this is a bug", result.stderr)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, result.stderr)
        return result

    def json(self, *arguments, code=DONE, **options):
        """The JSON object that a command prints."""
        return json.loads(self.expect(code, *arguments, "--json", **options).stdout)

    def make_store(self, store="store", text=SPEC, tile=100, extra=()):
        """A finished store, and its path."""
        self.expect(DONE, "run", self.spec(text), "--store", store, "--tile", tile, *extra)
        return self.folder / store

    def exported_digest(self, store):
        """A hash of the map's arrays, whatever the tiles."""
        output = self.folder / f"export-of-{store}"
        self.expect(DONE, "export", store, "--to", "npy", "--output", output)
        return tree_digest(output)

    def interrupt_midway(self, store, sent=signal.SIGKILL, extra=()):
        """Runs until some tiles are done, sends the signal, and returns the finished process's code and messages."""
        process = self.start("run", self.spec(LONG_SPEC), "--store", store, "--tile", 1, "--resume", *extra)
        wait_until(lambda: has_records(self.folder / store), "the first tile")
        process.send_signal(sent)
        output, errors = process.communicate(timeout=TIMEOUT)
        return process.returncode, output, errors
