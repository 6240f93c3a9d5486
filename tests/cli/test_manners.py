"""Manners: help, pipes, terminals, colours."""

import os
import pty
import re
import select
import statistics
import subprocess
import time
import unittest

from ravine_cli import DONE, INTERRUPTED, PROGRAM, SPEC, TIMEOUT, USAGE, RavineTest, is_sanitized

COMMANDS = ["run", "plan", "summary", "spectrum", "eval", "verify", "status", "plot", "export", "doctor"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Help(RavineTest):
    def test_program(self):
        result = self.expect(DONE, "--help")
        for text in COMMANDS + ["Exit codes:"] + [str(n) for n in (64, 65, 69, 70, 73, 74, 75)]:
            self.assertIn(text, result.stdout)
        self.assertEqual(result.stderr, "")

    def test_commands(self):
        for command in COMMANDS:
            output = self.expect(DONE, command, "--help").stdout
            self.assertIn(f"Usage: ravine {command}", output)
            self.assertLessEqual(max(map(len, output.splitlines())), 120)

    def test_run_names_every_option_with_its_default(self):
        output = self.expect(DONE, "run", "--help").stdout
        for option in ("--store", "--backend", "--threads", "--tile", "--shard", "--max-time"):
            line = next(line for line in output.splitlines() if line.strip().startswith(option))
            self.assertIn("default", line)
        for option in ("--resume", "--json"):
            self.assertIn(option, output)

    def test_eval_states_the_names_of_columns(self):
        self.assertIn("ravine_rate", self.expect(DONE, "eval", "--help").stdout)

    def test_version(self):
        self.assertRegex(self.expect(DONE, "--version").stdout, r"\Aravine \d+\.\d+\.\d+\n\Z")

    @unittest.skipIf(is_sanitized(), "a sanitizer starts slowly")
    def test_version_takes_less_than_10_ms_of_the_processor(self):
        def seconds():
            process = subprocess.Popen([PROGRAM, "--version"], stdout=subprocess.DEVNULL)
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
            return usage.ru_utime + usage.ru_stime

        self.assertLess(statistics.median(seconds() for _ in range(11)), 0.010)


class Pipes(RavineTest):
    def with_closed_output(self, *arguments, **options):
        """Runs a command whose standard output nobody reads."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return self.ravine(*arguments, capture_output=False, stdout=writer, stderr=subprocess.PIPE, **options)
        finally:
            os.close(writer)

    def test_closed_pipe_is_no_error(self):
        self.make_store()
        points = "alpha,beta,lambda\n" + "1,0.5,1\n" * 20000
        for arguments, options in (
            (["status", "store"], {}),
            (["status", "store", "--json"], {}),
            (["verify", "store"], {}),
            (["plan", "spec.toml"], {}),
            (["run", "spec.toml", "--store", "other"], {}),
            (["--help"], {}),
            (["--version"], {}),
            (["export", "store", "--to", "npy", "--output", "out"], {}),
            (["eval", "--method", "heavy-ball", "--quantities", "rate", "-"], {"input": points}),
        ):
            with self.subTest(arguments):
                result = self.with_closed_output(*arguments, **options)
                self.assertEqual((result.returncode, result.stderr), (DONE, ""))
        self.assertTrue(self.json("status", "other")["complete"])

    def test_reader_that_leaves_early(self):
        points = self.write("points.csv", "alpha,beta,lambda\n" + "1,0.5,1\n" * 200000)
        process = self.start("eval", "--method", "heavy-ball", "--quantities", "rate", points)
        self.assertEqual(process.stdout.readline(), "alpha,beta,lambda,rate\n")
        process.stdout.close()
        self.assertEqual((process.wait(TIMEOUT), process.stderr.read()), (DONE, ""))

    def test_no_carriage_return_and_no_colour_away_from_a_terminal(self):
        result = self.expect(DONE, "run", self.spec(), "--store", "s", "--tile", "1")
        self.assertEqual(result.stderr, "")
        self.assertNotIn("\r", result.stdout)
        self.assertNotIn("\x1b", result.stdout)
        refused = self.ravine("rnu", env=os.environ | {"TERM": "xterm"})
        self.assertNotIn("\x1b", refused.stderr)


class Terminals(RavineTest):
    def on_terminal(self, *arguments, environment=None):
        """Runs a command whose standard error is a terminal: its code, its output, and what the terminal got."""
        master, slave = pty.openpty()
        settings = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | (environment or {})
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=slave,
                                   env=settings, text=True)  # fmt: skip
        os.close(slave)
        shown = b""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                part = os.read(master, 65536)
            except OSError:  # EIO: the last writer has left
                break
            if not part:
                break
            shown += part
        os.close(master)
        output, _ = process.communicate(timeout=TIMEOUT)
        return process.returncode, output, shown.decode()

    def test_progress_bar(self):
        code, output, shown = self.on_terminal("run", self.spec(), "--store", "s", "--tile", "1")
        self.assertEqual(code, DONE)
        self.assertIn("\r", shown)
        self.assertRegex(shown, r"\[#+\]\s+100 %  [0-9.]+ .*cells/s, .* left")
        self.assertTrue(shown.endswith("\n"))
        self.assertNotIn("\r", output)
        self.assertIsNone(COLOUR.search(shown))

    def test_bar_fits_the_terminal(self):
        _, _, shown = self.on_terminal("run", self.spec(), "--store", "s", "--tile", "1")
        for line in re.split(r"\r\x1b\[K|\r?\n", shown):
            self.assertLess(len(line), 80)

    def test_interrupted_bar_ends_its_line(self):
        code, _, shown = self.on_terminal("run", self.spec(), "--store", "s", "--max-time", "0")
        self.assertEqual(code, INTERRUPTED)
        self.assertRegex(shown, r"(?m)^ravine: \x1b\[33mwarning:\x1b\[0m stopped at --max-time")

    def test_colours_on_a_terminal_only_without_no_color(self):
        code, _, shown = self.on_terminal("rnu")
        self.assertEqual(code, USAGE)
        self.assertRegex(shown, COLOUR)
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            _, _, shown = self.on_terminal("rnu", environment=environment)
            self.assertIsNone(COLOUR.search(shown), environment)
            self.assertIn("ravine: error: unknown command", shown)
        _, _, shown = self.on_terminal("rnu", environment={"NO_COLOR": ""})
        self.assertRegex(shown, COLOUR)


if __name__ == "__main__":
    unittest.main()
