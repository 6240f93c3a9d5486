"""ravine status: how far a store is."""

import unittest

from ravine_cli import BAD_DATA, DONE, INTERRUPTED, RavineTest


class Status(RavineTest):
    def test_complete(self):
        self.make_store()
        status = self.json("status", "store")
        self.assertEqual(
            list(status),
            ["command", "store", "identity", "shape", "tile_shape", "cells", "tiles", "complete", "first_problem",
             "summary", "runs"],
        )  # fmt: skip
        self.assertEqual(status["tiles"], {"total": 22, "done": 22, "missing": 0, "corrupt": 0})
        self.assertTrue(status["complete"])
        self.assertEqual(status["summary"]["best_rate"]["value"], 0)
        output = self.expect(DONE, "status", "store").stdout
        self.assertIn("22 done (100 %), 0 missing, 0 corrupt, of 22", output)
        self.assertIn("next: ravine plot store", output)

    def test_summary_is_that_of_the_run(self):
        ran = self.json("run", self.spec(), "--store", "s")["summary"]
        self.assertEqual(self.json("status", "s")["summary"], ran)

    def test_runs_are_listed(self):
        self.make_store()
        self.expect(DONE, "run", "spec.toml", "--store", "store", "--resume")
        runs = self.json("status", "store")["runs"]
        self.assertEqual([run["run"]["outcome"] for run in runs], ["complete", "complete"])
        self.assertIn("ravine run spec.toml --store store --resume", runs[1]["run"]["command_line"])
        self.assertIn("ravine run spec.toml --store store --resume", self.expect(DONE, "status", "store").stdout)

    def test_odd_run_file_is_no_reason_to_fail(self):
        store = self.make_store()
        (store / ".ravine" / "runs" / "zzz.json").write_bytes(b'{"start": [1, \xff')
        self.assertIn("zzz.json: not readable", self.expect(DONE, "status", "store").stdout)
        self.assertIsNone(self.json("status", "store")["runs"][-1]["run"])

    def test_started_only(self):
        self.expect(INTERRUPTED, "run", self.spec(), "--store", "s", "--max-time", "0")
        output = self.expect(DONE, "status", "s").stdout
        self.assertIn("0 done (0.0 %), 1 missing", output)
        self.assertIn("--store s --resume", output)
        self.assertIsNone(self.json("status", "s")["summary"])

    def test_almost_done_is_not_called_done(self):
        store = self.make_store(tile=1)
        (store / ".ravine" / "tiles" / "0" / "11").unlink()
        status = self.json("status", "store")
        self.assertFalse(status["complete"])
        self.assertIn("(99.9 %), 1 missing", self.expect(DONE, "status", "store").stdout)

    def test_corrupt_record_is_counted(self):
        store = self.make_store()
        (store / ".ravine" / "tiles" / "0" / "11").write_text("{")
        status = self.json("status", "store")
        self.assertEqual(status["tiles"]["corrupt"], 1)
        self.assertIn("11", status["first_problem"])
        self.assertIsNone(status["summary"])

    def test_no_store(self):
        self.refused(BAD_DATA, "status", "nowhere", says="nowhere")


if __name__ == "__main__":
    unittest.main()
