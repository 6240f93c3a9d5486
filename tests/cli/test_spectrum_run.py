"""How a spectrum comes into being: after everything else is checked, by one process, and not when it is stopped."""

import json
import signal
import unittest

from ravine_cli import (BUSY, DONE, INTERRUPTED, NO_BACKEND, TIMEOUT, USAGE, RavineTest, is_sanitized)

MAP = """\
[sweep]
method = "gradient-descent"
[axes]
alpha = { from = 0.0, to = 1.0, count = 5 }
lambda = { problem = true, nonzero = true }
[problem]
graph = "path"
n = 6
[output]
spectrum = "six"
"""
TRAJECTORY = """\
[sweep]
kind = "trajectory"
method = "gradient-descent"
[axes]
alpha = { values = [0.1] }
lambda = { problem = true }
[reduce]
lambda = "sum"
[start]
x = START
[record]
steps = 3
[problem]
graph = "path"
n = 3
b = 0.0
w0 = 1.0
[spectrum]
vectors = true
[output]
spectrum = "six"
"""
# A dense problem that takes seconds.
LONG = 'graph = "small-world"\nn = 3000\ndegree = 4\nprobability = 0.5\n[spectrum]\nvectors = true\nsolver = "dense"'


class Order(RavineTest):
    def refused_before(self, code, text, *arguments, says):
        self.refused(code, "run", self.spec(text), *arguments, says=says)
        self.assertFalse((self.folder / "six").exists())
        self.assertFalse((self.folder / ".six.creating").exists())

    def test_everything_else_is_checked_first(self):
        bad = MAP.replace("count = 5", "count = 0")
        self.refused_before(USAGE, bad, says="alpha.count to be at least 1")
        self.refused_before(USAGE, MAP + "[summary]\npercentiles = [101]\n", says="percentiles")
        self.refused_before(USAGE, MAP.replace("nonzero = true", "nonzero = 1"), says="lambda.nonzero")
        self.refused_before(USAGE, TRAJECTORY.replace("steps = 3", "steps = 0").replace("START", "1.0"), says="steps")
        without = TRAJECTORY.replace("START", '"projection"').replace("vectors = true", "vectors = false")
        self.refused_before(USAGE, without, says="no projection in the spectrum of [problem]")

    def test_the_place_of_the_store_is_checked_first(self):
        self.write("file", "mine")
        self.refused_before(BUSY, MAP, "--store", "file", says="'file' is a file")
        self.refused_before(BUSY, MAP, "--store", "file", "--resume", says="'file' is a file")
        self.refused_before(USAGE, MAP, "--store", "six", says="the folder of the spectrum")
        self.make_store("other")
        self.refused_before(BUSY, MAP, "--store", "other", says="--resume")

    def test_the_backend_is_checked_first(self):
        if self.json("doctor")["cuda"]["usable"]:
            self.skipTest("a device can be used")
        self.refused_before(NO_BACKEND, MAP, "--backend", "cuda", says="--backend cpu")

    def test_lists_are_as_long_as_the_spectrum(self):
        result = self.expect(USAGE, "run", self.spec(TRAJECTORY.replace("START", "[1.0, 2.0]")))
        self.assertIn("one for each of the 3 eigenvalues", result.stderr)
        self.expect(DONE, "run", self.spec(TRAJECTORY.replace("START", "[1.0, 2.0, 3.0]")), "--store", "s")

    def test_a_spec_may_be_a_pipe(self):
        plain = MAP.replace("{ problem = true, nonzero = true }", "{ values = [1.0] }")
        for text, store in ((MAP, "piped"), (plain, "plain")):
            self.expect(DONE, "run", "/dev/stdin", "--store", store, input=text)
        self.expect(DONE, "verify", "piped")

    def test_json_tells_of_the_spectrum(self):
        result = self.json("run", self.spec(MAP), "--store", "a")
        self.assertEqual(result["spectrum"], {"store": "six", "computed": True})
        self.assertEqual(self.json("run", "spec.toml", "--store", "b")["spectrum"], {"store": "six", "computed": False})
        plain = MAP.replace("{ problem = true, nonzero = true }", "{ values = [1.0] }")
        self.assertIsNone(self.json("run", self.spec(plain), "--store", "c")["spectrum"])


@unittest.skipIf(is_sanitized(), "a sanitizer would take minutes")
class While(RavineTest):
    def long(self, *arguments):
        """A process that computes a spectrum for seconds, and has begun."""
        self.write("long.toml", "[problem]\n" + LONG + '\n[output]\nspectrum = "long"\n')
        process = self.start(*arguments)
        self.assertIn("computing the spectrum of laplacian of a small-world graph 3000 ...", process.stderr.readline())
        return process

    def test_signals_end_it_with_a_message(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            process = self.long("spectrum", "long.toml")
            process.send_signal(sent)
            output, errors = process.communicate(timeout=TIMEOUT)
            self.assertEqual((process.returncode, output), (INTERRUPTED, ""))
            self.assertIn("interrupted while the spectrum was computed; nothing of it is kept", errors)
            self.assertFalse((self.folder / "long").exists())

    def test_signals_end_a_run_too(self):
        spec = MAP.split("[problem]")[0] + "[problem]\n" + LONG + '\n[output]\nspectrum = "long"\n'
        process = self.long("run", self.spec(spec), "--store", "s")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.assertIn("interrupted while the spectrum was computed", errors)
        self.assertFalse((self.folder / "s").exists())

    def test_ignored_signals_stay_ignored(self):
        self.write("small.toml", '[problem]\ngraph = "path"\nn = 6\n[output]\nspectrum = "six"\n')
        process = self.start("spectrum", "small.toml",
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # fmt: skip
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, DONE)

    def test_who_comes_second_waits_and_takes_what_the_first_has_written(self):
        first = self.long("spectrum", "long.toml", "--json")
        second = self.start("spectrum", "long.toml", "--json")
        self.assertIn("another process computes the spectrum 'long': waiting for it", second.stderr.readline())
        found = [json.loads(process.communicate(timeout=TIMEOUT)[0]) for process in (first, second)]
        self.assertEqual([one["computed"] for one in found], [True, False])
        self.assertEqual(found[0]["lambda_n"], found[1]["lambda_n"])

    def test_who_waits_computes_it_when_the_first_is_killed(self):
        first = self.long("spectrum", "long.toml", "--json")
        self.write("long.toml", "[problem]\n" + LONG + '\n[output]\nspectrum = "long"\n')
        second = self.start("spectrum", "long.toml", "--json")
        self.assertIn("waiting for it", second.stderr.readline())
        first.kill()
        self.assertIn("computing the spectrum", second.stderr.readline())
        second.kill()


if __name__ == "__main__":
    unittest.main()
