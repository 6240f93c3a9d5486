"""ravine bench: a spec on the backends of this machine."""

import os
import pathlib
import signal
import unittest

from ravine_cli import INTERRUPTED, NO_BACKEND, SPEC, TIMEOUT, USAGE, RavineTest, wait_until

CELLS = 2 * 41 * 21
BYTES = CELLS * (8 + 8 + 1)

# With this no device can be used, whatever the machine.
NO_DEVICE = os.environ | {"CUDA_VISIBLE_DEVICES": ""}


def catches(pid, signal_number):
    """Whether the process takes the signal itself."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    mask = int(next(line for line in status.splitlines() if line.startswith("SigCgt:")).split()[1], 16)
    return mask >> (signal_number - 1) & 1


class Bench(RavineTest):
    def measure(self, *options, **settings):
        return self.json("bench", self.spec(), *options, **settings)

    def test_json_has_every_repetition(self):
        found = self.measure("--compare", "cpu", "--repeat", 4, "--threads", 2)
        self.assertEqual((found["cells"], found["bytes"], found["shape"]), (CELLS, BYTES, [2, 41, 21]))
        self.assertEqual(found["bytes_compared"], 0)
        self.assertEqual(found["outcome"], "complete")
        (cpu,) = found["backends"]
        self.assertEqual((cpu["backend"], cpu["threads"]), ("cpu", 2))
        self.assertEqual(cpu["processors"], len(os.sched_getaffinity(0)))
        for times in (cpu["seconds_to_host"], cpu["seconds_in_place"]):
            self.assertEqual(len(times["all"]), 4)
            self.assertEqual((times["least"], times["most"]), (min(times["all"]), max(times["all"])))
            self.assertAlmostEqual(times["median"], sum(sorted(times["all"])[1:3]) / 2)
        self.assertGreater(cpu["seconds_first"], 0)

    def test_identity_is_that_of_the_store(self):
        plan = self.json("plan", self.spec(), "--tile", 100)
        self.assertEqual(self.measure("--compare", "cpu", "--tile", 100)["identity"], plan["identity"])

    def test_text_states_the_cores_and_the_spread(self):
        text = self.expect(0, "bench", self.spec(), "--compare", "cpu", "--threads", 1).stdout
        self.assertIn(f"{CELLS:,} cells", text)
        self.assertRegex(text, rf"cpu x86-64\S*, 1 thread on {len(os.sched_getaffinity(0))} processors")
        self.assertRegex(text, r"values on the host +\S+ s  \(\S+ to \S+\)  \S+ \S* ?cells/s")

    def test_without_a_device_the_cpu_is_measured(self):
        found = self.measure("--repeat", 1, env=NO_DEVICE)
        self.assertEqual([backend["backend"] for backend in found["backends"]], ["cpu"])

    def test_a_backend_that_is_asked_for_must_be_there(self):
        self.refused(NO_BACKEND, "bench", self.spec(), "--compare", "cpu,cuda", env=NO_DEVICE, says="cuda")

    def test_wrong_lists(self):
        self.refused(USAGE, "bench", self.spec(), "--compare", "cpu,cpu", says="twice")
        self.refused(USAGE, "bench", self.spec(), "--compare", "gpu", says=["--compare", '"gpu"', '"cpu" or "cuda"'])
        self.refused(USAGE, "bench", self.spec(), "--compare", "", says="--compare")
        self.refused(USAGE, "bench", self.spec(), "--repeat", "0", says="--repeat")

    def test_a_signal_ends_it(self):
        process = self.start("bench", self.spec(SPEC.replace("count = 41", "count = 400001")), "--compare", "cpu",
                             "--repeat", 1000)  # fmt: skip
        wait_until(lambda: catches(process.pid, signal.SIGTERM), "the program to catch signals")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, INTERRUPTED, errors)
        self.assertIn("stopped by a signal", errors)

    def test_writes_nothing(self):
        self.measure("--repeat", 1, env=NO_DEVICE)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["spec.toml"])


if __name__ == "__main__":
    unittest.main()
