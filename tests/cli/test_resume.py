"""Stopped, killed, crowded: what a store is after, and that a resumed run makes it whole."""

import random
import signal
import subprocess
import time
import unittest

from ravine_cli import (BUSY, DONE, INTERRUPTED, LONG_SPEC, SPEC, TIMEOUT, RavineTest, has_records,
                        is_sanitized, tree_digest, wait_until)  # fmt: skip


def fewer(rounds):
    """Processes start slowly under a sanitizer."""
    return max(rounds // 3, 1) if is_sanitized() else rounds


class Resume(RavineTest):
    def whole_digest(self):
        if not hasattr(self, "_whole"):
            self._whole = tree_digest(self.make_store("whole", LONG_SPEC, tile=1))
        return self._whole

    def finish(self, store, *extra):
        """Resumes to the end: the store is as if nothing had happened."""
        result = self.json("run", self.spec(LONG_SPEC), "--store", store, "--tile", "1", "--resume", *extra)
        self.expect(DONE, "verify", store)
        self.assertEqual(tree_digest(self.folder / store), self.whole_digest())
        return result

    def test_signals_stop_cleanly(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent.name):
                store = sent.name
                code, output, errors = self.interrupt_midway(store, sent)
                self.assertEqual(code, INTERRUPTED, errors)
                self.assertIn("stopped by a signal", errors)
                self.assertIn(f"ravine run spec.toml --store {store} --resume", errors)
                self.assertIn("map so far", output)
                status = self.json("status", store)
                self.assertGreater(status["tiles"]["done"], 0)
                self.assertGreater(status["tiles"]["missing"], 0)
                self.assertEqual(status["tiles"]["corrupt"], 0)
                self.assertEqual(status["runs"][0]["run"]["outcome"], "interrupted")
                self.expect(INTERRUPTED, "verify", store)
                result = self.finish(store)
                self.assertEqual(result["tiles_kept"], status["tiles"]["done"])
                self.assertEqual(result["tiles_repaired"], 0)

    def test_interrupted_json(self):
        process = self.start("run", self.spec(LONG_SPEC), "--store", "s", "--tile", "1", "--json")
        wait_until(lambda: has_records(self.folder / "s"), "the first tile")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.assertIn('"outcome": "interrupted"', output)

    def test_second_signal_ends_at_once_and_leaves_a_resumable_store(self):
        process = self.start("run", self.spec(LONG_SPEC), "--store", "s", "--tile", "1")
        wait_until(lambda: has_records(self.folder / "s"), "the first tile")
        # Both are waiting when the process goes on: it can't have finished its tiles between them.
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.finish("s")

    def test_ignored_signal_stays_ignored(self):
        process = self.start("run", self.spec(LONG_SPEC), "--store", "s", "--tile", "1",
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # fmt: skip
        wait_until(lambda: has_records(self.folder / "s"), "the first tile")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, DONE)

    def test_killed_at_any_moment(self):
        begin = time.monotonic()
        self.whole_digest()
        length = time.monotonic() - begin
        moments = random.Random(20240229)
        kills = 0
        for round_number in range(fewer(3)):
            store = f"s{round_number}"
            for _ in range(5):
                process = self.start("run", self.spec(LONG_SPEC), "--store", store, "--tile", "1", "--resume")
                try:
                    process.communicate(timeout=moments.uniform(0, 0.3) * length)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    kills += 1
                if (self.folder / store / ".zmetadata").exists():
                    # What is there is whole: a kill leaves a tile done or not done.
                    self.assertEqual(self.json("status", store)["tiles"]["corrupt"], 0)
            self.finish(store)
        self.assertGreater(kills, 0)

    def test_killed_while_the_store_is_made(self):
        for number in range(fewer(40)):
            store = f"young{number}"
            process = self.start("run", self.spec(SPEC), "--store", store, "--resume")
            wait_until(lambda: (self.folder / store).exists() or process.poll() is not None, "the folder")
            process.kill()
            process.communicate()
            self.expect(DONE, "run", "spec.toml", "--store", store, "--resume")
            self.expect(DONE, "verify", store)

    def test_killed_leaves_incomplete_not_wrong(self):
        code, _, _ = self.interrupt_midway("s", signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.expect(INTERRUPTED, "verify", "s")
        self.finish("s")

    def test_resume_with_other_threads(self):
        self.interrupt_midway("s", signal.SIGINT, ["--threads", "1"])
        self.finish("s", "--threads", "7")

    def test_resume_of_a_whole_store_computes_nothing(self):
        store = self.make_store()
        before = tree_digest(store)
        result = self.json("run", "spec.toml", "--store", "store", "--resume")
        self.assertEqual((result["tiles_computed"], result["tiles_kept"]), (0, 22))
        self.assertEqual(tree_digest(store), before)


class TwoWriters(RavineTest):
    def stopped_run(self, *extra):
        """A run in the midst of its tiles, holding its locks."""
        process = self.start("run", self.spec(LONG_SPEC), "--store", "s", "--tile", "1", "--resume", *extra)
        wait_until(lambda: has_records(self.folder / "s"), "the first tile")
        process.send_signal(signal.SIGSTOP)
        return process

    def test_second_writer_is_refused(self):
        first = self.stopped_run()
        for extra in ([], ["--shard", "1/2"]):
            result = self.expect(BUSY, "run", "spec.toml", "--store", "s", "--resume", *extra)
            self.assertIn("ravine: error: ", result.stderr)
            self.assertIn(str(first.pid), result.stderr)
        # Readers are welcome.
        self.expect(DONE, "status", "s")
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=TIMEOUT)
        self.assertEqual(first.returncode, DONE)
        self.expect(DONE, "verify", "s")

    def test_shards_exclude_only_themselves_and_the_whole(self):
        first = self.stopped_run("--shard", "1/2")
        self.expect(BUSY, "run", "spec.toml", "--store", "s", "--resume", "--shard", "1/2")
        self.expect(BUSY, "run", "spec.toml", "--store", "s", "--resume")
        self.expect(DONE, "run", "spec.toml", "--store", "s", "--resume", "--shard", "2/2")
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=TIMEOUT)
        self.assertTrue(self.json("status", "s")["complete"])

    def test_shards_started_together_share_one_store(self):
        self.spec(SPEC)
        for round_number in range(fewer(10)):
            store = f"s{round_number}"
            shards = [self.start("run", "spec.toml", "--store", store, "--tile", "100", "--resume", "--shard", f"{i}/3")
                      for i in (1, 2, 3)]  # fmt: skip
            for shard in shards:
                _, errors = shard.communicate(timeout=TIMEOUT)
                self.assertEqual(shard.returncode, DONE, errors)
            self.expect(DONE, "verify", store)

    def test_lock_of_a_dead_writer_does_not_hold(self):
        process = self.stopped_run()
        process.kill()
        process.communicate()
        self.expect(DONE, "run", "spec.toml", "--store", "s", "--resume")


if __name__ == "__main__":
    unittest.main()
