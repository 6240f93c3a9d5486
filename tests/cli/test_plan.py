"""ravine plan: what a run would take."""

import json
import os
import unittest

from ravine_cli import DONE, SPEC, USAGE, RavineTest


class Plan(RavineTest):
    def test_numbers(self):
        plan = self.json("plan", self.spec(), "--tile", "100")
        self.assertEqual(
            list(plan),
            ["command", "spec", "store", "identity", "shape", "tile_shape", "cells", "tiles", "bytes", "memory",
             "seconds", "free_bytes"],
        )  # fmt: skip
        self.assertEqual(plan["shape"], [2, 41, 21])
        self.assertEqual(plan["tile_shape"], [1, 4, 21])
        self.assertEqual(plan["cells"], 2 * 41 * 21)
        self.assertEqual(plan["tiles"], 2 * 11)
        self.assertEqual(plan["bytes"], 2 * 11 * 4 * 21 * (8 + 8 + 1))
        self.assertGreater(plan["memory"], 0)
        self.assertGreater(plan["seconds"], 0)

    def test_identity_is_that_of_the_run(self):
        planned = self.json("plan", self.spec(), "--tile", "100")["identity"]
        ran = self.json("run", "spec.toml", "--tile", "100", "--store", "s")["identity"]
        self.assertEqual(planned, ran)

    def test_text(self):
        output = self.expect(DONE, "plan", self.spec(), "--store", "elsewhere").stdout
        for text in ("2 x 41 x 21 (lambda, alpha, beta) = 1,722", "tiles", "to store", "at most at once", "predicted",
                     "elsewhere"):  # fmt: skip
            self.assertIn(text, output)

    def test_writes_nothing(self):
        self.expect(DONE, "plan", self.spec())
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def test_full_disk_is_foreseen(self):
        text = SPEC.replace("count = 41", "count = 100000000").replace("count = 21", "count = 100000000")
        result = self.expect(DONE, "plan", self.spec(text), "--json")
        self.assertGreater(json.loads(result.stdout)["bytes"], 10**17)
        self.assertRegex(result.stderr, r"ravine: warning: the map needs .* but only .* are free")

    def test_wrong_spec(self):
        self.refused(USAGE, "plan", self.spec(SPEC.replace("41", "0")), says="spec.toml:6:")


if __name__ == "__main__":
    unittest.main()
