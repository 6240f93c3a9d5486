"""Bad input: each has a message that says where and what, and its exit code; nothing is left behind."""

import os
import resource
import subprocess
import unittest

from ravine_cli import (BAD_DATA, BUSY, DONE, IO_ERROR, PROGRAM, SPEC, USAGE, RavineTest, is_sanitized, limit,
                        tree_digest)  # fmt: skip

LAMBDA = "{ values = [1.0, 2.5] }"
ALPHA = "from = 0.0, to = 4.0, count = 41"

# name: (text to replace, by what, what the message says)
BAD_SPECS = {
    "unknown key": ("quantities", "quantites", ['spec.toml:3:1: ', '"quantites"', 'did you mean "quantities"?']),
    "unknown table": ("[axes]", "[axis]", ["spec.toml:5:2: ", '"axis"', 'did you mean "axes"?']),
    "unknown axis key": ("count = 41", "cuont = 41", ["spec.toml:6:", '"cuont"', 'did you mean "count"?']),
    "duplicate key": ("[sweep]", '[sweep]\nmethod = "heavy-ball"', ["spec.toml:3:", "method"]),
    "duplicate quantity": ('"gap"', '"rate"', ["spec.toml:3:", '"rate" twice']),
    "not TOML": ("[axes]", "[axes", ["spec.toml:5:"]),
    "method of a wrong type": ('"heavy-ball"', "3", ["spec.toml:2:10: ", "integer 3", "string"]),
    "count of a wrong type": ("41", '"41"', ["spec.toml:6:", 'string "41"', "integer"]),
    "count that is no integer": ("41", "41.5", ["spec.toml:6:", "41.5", "integer"]),
    "quantities of a wrong type": ('["rate", "gap", "regime"]', '"rate"', ["spec.toml:3:", "array"]),
    "axis of a wrong type": (LAMBDA, "1.0", ["spec.toml:8:", "lambda"]),
    "unknown method": ("heavy-ball", "heavybal", ["spec.toml:2:10: ", 'did you mean "heavy-ball"?']),
    "unknown quantity": ('"gap"', '"gab"', ["spec.toml:3:", '"gab"', 'did you mean "gap"?']),
    "no quantity": ('["rate", "gap", "regime"]', "[]", ["spec.toml:3:", "quantities"]),
    "count 0": ("41", "0", ["spec.toml:6:", "integer 0", "at least 1"]),
    "negative count": ("41", "-5", ["spec.toml:6:", "-5", "at least 1"]),
    "count of more than 63 bits": ("41", "9223372036854775808", ["spec.toml:6:"]),
    "more than 2^63 cells": ("41", "9223372036854775807", ["cells", "2^63 - 1"]),
    "more than 2^63 bytes": ("41", "200000000000000000", ["bytes", "2^63 - 1"]),
    "NaN": ("to = 4.0", "to = nan", ["spec.toml:6:", "nan", "finite"]),
    "infinity": ("from = 0.0, to = 4.0", "from = -inf, to = 4.0", ["spec.toml:6:", "-inf", "finite"]),
    "NaN in a list": (LAMBDA, "{ values = [1.0, nan] }", ["spec.toml:8:", "nan", "finite"]),
    "range wider than a float64": (ALPHA, "from = -1e308, to = 1e308, count = 3", ["spec.toml:6:", "alpha"]),
    "log axis from zero": (ALPHA, ALPHA + ', scale = "log"', ["spec.toml:6:", "log range from 0 to 4"]),
    "log axis through zero": (
        ALPHA, 'from = -1.0, to = 4.0, count = 41, scale = "log"', ["spec.toml:6:", "log range from -1 to 4"],
    ),
    "from above to": (ALPHA, "from = 5.0, to = 4.0, count = 41", ["spec.toml:6:", "from = 5, to = 4"]),
    "from equal to": (ALPHA, "from = 4.0, to = 4.0, count = 41", ["spec.toml:6:", "alpha"]),
    "order misses an axis": ('order = ["lambda", ', "order = [", ["spec.toml:4:", 'without "lambda"']),
    "order names a stranger": ('order = ["lambda"', 'order = ["gamma"', ["spec.toml:4:", '"gamma"']),
    "order names an axis twice": ('order = ["lambda"', 'order = ["beta"', ["spec.toml:4:", "beta"]),
    "axis missing": ("beta = { from = 0.0, to = 1.0, count = 21 }", "", ["spec.toml:", "beta"]),
    "empty list": (LAMBDA, "{ values = [] }", ["spec.toml:8:", "empty"]),
    "list beside a range": ("count = 41", "count = 41, values = [1.0]", ["spec.toml:6:", "values"]),
    "value too large for float32": (
        "[axes]\nalpha = { from = 0.0, to = 4.0", '[axes]\nalpha = { from = 0.0, to = 1e39', [],
    ),
}  # fmt: skip


class BadSpecs(RavineTest):
    def test_each_is_refused_before_any_work(self):
        for name, (old, new, says) in BAD_SPECS.items():
            with self.subTest(name):
                self.assertIn(old, SPEC)
                text = SPEC.replace(old, new, 1)
                if "float32" in name:
                    text, says = text.replace("[axes]", 'precision = "float32"\n[axes]'), ["spec.toml:7:", "1e+39"]
                self.refused(USAGE, "run", self.spec(text), "--store", "s", says=says)
                self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def test_missing_spec(self):
        self.refused(IO_ERROR, "run", "none.toml", says="none.toml")
        self.refused(IO_ERROR, "run", ".", says="'.'")

    def test_spec_of_garbage(self):
        for garbage in (b"\x00", b"\xff\xfe\xfd", b"[[[[[[" * 1000, b"a=" + b"[" * 100000, b"= 1\n"):
            self.refused(USAGE, "run", self.write("spec.toml", garbage), says="spec.toml:")


class BadInputFiles(RavineTest):
    def refuse_file(self, code, says, file, content=None, column=None, **options):
        if content is not None:
            self.write(file, content)
        entry = f'{{ file = "{file}"' + (f', column = "{column}" }}' if column else " }")
        self.refused(code, "run", self.spec(SPEC.replace(LAMBDA, entry)), "--store", "s", says=says, **options)
        self.assertFalse((self.folder / "s").exists())

    def test_missing(self):
        self.refuse_file(IO_ERROR, ["spec.toml:8:", "none.csv"], "none.csv", column="x")
        self.refuse_file(IO_ERROR, ["spec.toml:8:", "none.npy"], "none.npy")

    def test_csv(self):
        self.refuse_file(BAD_DATA, ["e.csv:3:1: ", '"x1"'], "e.csv", "l,k\n1,2\nx1,3\n", "l")
        self.refuse_file(BAD_DATA, ["e.csv:3:"], "e.csv", "l,k\n1,2\n1\n", "l")
        self.refuse_file(BAD_DATA, ["e.csv:2:1: ", "nan"], "e.csv", "l\nnan\n", "l")
        self.refuse_file(BAD_DATA, ["e.csv"], "e.csv", "", "l")
        self.refuse_file(BAD_DATA, ["e.csv"], "e.csv", "l\n", "l")
        self.refuse_file(USAGE, ["spec.toml:8:", "e.csv", '"m"'], "e.csv", "l,k\n1,2\n", "m")
        self.refuse_file(USAGE, ["spec.toml:8:", "e.csv", "column"], "e.csv", "l,k\n1,2\n")

    def npy(self, header, data=b"", length=None):
        text = header.encode()
        return b"\x93NUMPY\x01\x00" + (len(text) if length is None else length).to_bytes(2, "little") + text + data

    def test_npy(self):
        good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n"
        for name, content in {
            "empty": b"",
            "no magic": b"not an array at all, but long enough for one",
            "header past the end": self.npy(good, length=60000),
            "header cut": self.npy(good)[:30],
            "values cut": self.npy(good, b"1234"),
            "values too many": self.npy(good, b"1" * 24),
            "complex": self.npy(good.replace("<f8", "<c16"), b"0" * 16),
            "object": self.npy(good.replace("<f8", "|O"), b"0" * 8),
            "big-endian": self.npy(good.replace("<f8", ">f8"), b"0" * 8),
            "matrix": self.npy(good.replace("(1,)", "(2, 2)"), b"0" * 32),
            "no values": self.npy(good.replace("(1,)", "(0,)")),
            "negative shape": self.npy(good.replace("(1,)", "(-1,)"), b"0" * 8),
            "shape past 63 bits": self.npy(good.replace("(1,)", "(99999999999999999999,)"), b"0" * 8),
            "no dictionary": self.npy("import os\n", b"0" * 8),
            "NaN": self.npy(good, b"\xff" * 8),
        }.items():
            with self.subTest(name):
                self.refuse_file(BAD_DATA, "e.npy", "e.npy", content)

    def test_npy_that_claims_32_gib(self):
        header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296,), }"
        claims = self.npy(header.ljust(69) + "\n")
        self.assertEqual(len(claims), 80)
        self.write("e.npy", claims)
        self.spec(SPEC.replace(LAMBDA, '{ file = "e.npy" }'))
        options = {} if is_sanitized() else {"preexec_fn": limit(resource.RLIMIT_AS, 2 << 30)}
        process = subprocess.Popen([PROGRAM, "run", "spec.toml", "--store", "s"], cwd=self.folder,
                                   stderr=subprocess.PIPE, text=True, **options)  # fmt: skip
        message = process.stderr.read()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, BAD_DATA, message)
        self.assertIn("e.npy", message)
        if not is_sanitized():
            self.assertLess(usage.ru_utime + usage.ru_stime, 0.1)


class BadPlaces(RavineTest):
    def test_store_below_a_file(self):
        self.write("file", "mine")
        self.refused(IO_ERROR, "run", self.spec(), "--store", "file/store", says="file")
        self.assertEqual((self.folder / "file").read_text(), "mine")

    def test_store_that_is_a_file(self):
        self.write("file", "mine")
        for extra in ([], ["--resume"]):
            result = self.ravine("run", self.spec(), "--store", "file", *extra)
            self.assertIn(result.returncode, (BUSY, IO_ERROR), result.stderr)
            self.assertIn("file", result.stderr)
        self.assertEqual((self.folder / "file").read_text(), "mine")

    def test_store_where_nothing_can_be_made(self):
        self.refused(IO_ERROR, "run", self.spec(), "--store", "/proc/ravine/store", says="/proc/ravine")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_store_in_a_folder_without_permission(self):
        (self.folder / "closed").mkdir(mode=0o500)
        self.refused(IO_ERROR, "run", self.spec(), "--store", "closed/store", says=["closed", "permissions"])

    def test_file_size_limit(self):
        self.spec()
        result = self.expect(IO_ERROR, "run", "spec.toml", "--store", "s", "--tile", "861",
                             preexec_fn=limit(resource.RLIMIT_FSIZE, 6800))  # fmt: skip
        self.assertIn("ravine: error: can't write", result.stderr)
        self.assertIn("resume", result.stderr)
        self.expect(DONE, "run", "spec.toml", "--store", "s", "--resume")
        self.assertEqual(tree_digest(self.folder / "s"), tree_digest(self.make_store("whole", tile=861)))

    def test_full_file_system(self):
        mount = self.folder / "small"
        mount.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(mount)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
            self.skipTest("mounting a small file system needs root")
        try:
            text = SPEC.replace("count = 41", "count = 401")
            result = self.expect(IO_ERROR, "run", self.spec(text), "--store", "small/s", "--tile", "1000")
            self.assertIn("No space left", result.stderr)
            status = self.json("status", "small/s")
            self.assertGreater(status["tiles"]["missing"], 0)
            self.assertEqual(status["tiles"]["corrupt"], 0)
            subprocess.run(["mount", "-o", "remount,size=16m", str(mount)], check=True)
            self.expect(DONE, "run", "spec.toml", "--store", "small/s", "--resume")
            self.assertEqual(tree_digest(mount / "s"), tree_digest(self.make_store("whole", text, 1000)))
        finally:
            subprocess.run(["umount", str(mount)], check=True)

    def test_full_standard_output(self):
        self.make_store()
        with open("/dev/full", "w") as full:
            result = self.ravine("status", "store", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, IO_ERROR)
        self.assertIn("standard output: No space left", result.stderr)


class OtherIdentity(RavineTest):
    def test_changed_spec_is_refused_with_both_identities(self):
        store = self.make_store()
        before = tree_digest(store)
        found = self.json("status", "store")["identity"]
        for old, new, says in (
            ("count = 41", "count = 42", ["42 in the spec, 41 in the store"]),
            ('"gap", "regime"', '"regime"', ["quantities"]),
            ("[1.0, 2.5]", "[1.0, 2.6]", ["2.6 in the spec, 2.5 in the store"]),
            ("[axes]", 'precision = "float32"\n[axes]', ["float32", "float64"]),
        ):
            with self.subTest(new):
                self.spec(SPEC.replace(old, new))
                wanted = self.json("plan", "spec.toml", "--tile", "100")["identity"]
                self.refused(BUSY, "run", "spec.toml", "--store", "store", "--resume",
                             says=[f"found identity {found}", f"wanted {wanted}", "--store", *says])  # fmt: skip
        self.assertEqual(tree_digest(store), before)

    def test_input_file_is_part_of_the_identity(self):
        text = SPEC.replace(LAMBDA, '{ file = "l.csv", column = "l" }')
        self.write("l.csv", "l\n1.0\n2.5\n")
        self.make_store(text=text)
        self.write("l.csv", "l\n1.0\n2.5000000000000004\n")
        self.refused(BUSY, "run", "spec.toml", "--store", "store", "--resume", says="found identity")

    def test_recorded_tiles_stand(self):
        self.make_store(tile=100)
        result = self.expect(DONE, "run", "spec.toml", "--store", "store", "--resume", "--tile", "7")
        self.assertIn("note: --tile 7 would give tiles of 1 x 1 x 7; the store has tiles of 1 x 4 x 21", result.stderr)


class WrongUsage(RavineTest):
    def test_commands(self):
        self.refused(USAGE, says="ravine --help")
        self.refused(USAGE, "rnu", says=['"rnu"', 'did you mean "run"?'])
        self.refused(USAGE, "frobnicate", says=['"frobnicate"', "ravine --help"])

    def test_options(self):
        spec = self.spec()
        for arguments, says in (
            (["run"], ["SPEC is required", "ravine run --help"]),
            (["run", spec, "--thread", "2"], ['"--thread"', 'did you mean "--threads"?']),
            (["run", spec, "--sotre=x"], ['"--sotre"', 'did you mean "--store"?']),
            (["run", spec, "other.toml"], ['unexpected argument "other.toml"']),
            (["run", spec, "--threads", "0"], ["--threads", '"0"', "from 1"]),
            (["run", spec, "--threads", "-1"], ["--threads", '"-1"']),
            (["run", spec, "--threads", "two"], ["--threads", '"two"', "integer"]),
            (["run", spec, "--threads", "2.5"], ["--threads", '"2.5"']),
            (["run", spec, "--threads", "99999999999999999999"], ["--threads"]),
            (["run", spec, "--threads"], ["--threads takes exactly one value"]),
            (["run", spec, "--threads", "1", "--threads", "2"], ["--threads takes exactly one value"]),
            (["run", spec, "--tile", "0"], ["--tile", '"0"', "at least 1"]),
            (["run", spec, "--tile", "1e6"], ["--tile", '"1e6"']),
            (["run", spec, "--max-time", "-1"], ["--max-time", "seconds"]),
            (["run", spec, "--max-time", "inf"], ["--max-time"]),
            (["run", spec, "--shard", "0/3"], ["--shard", "1 <= I <= N"]),
            (["run", spec, "--shard", "4/3"], ["--shard", "1 <= I <= N"]),
            (["run", spec, "--shard", "1"], ["--shard", "I/N"]),
            (["run", spec, "--shard", "a/b"], ["--shard", "I/N"]),
        ):
            with self.subTest(arguments):
                self.refused(USAGE, *arguments, says=says)
        self.assertEqual(os.listdir(self.folder), ["spec.toml"])

    def test_store_named_as_a_command(self):
        self.make_store("run")
        self.expect(DONE, "status", "run")


if __name__ == "__main__":
    unittest.main()
