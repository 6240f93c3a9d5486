"""ravine verify: nothing but a whole and right store passes."""

import unittest

from ravine_cli import BAD_DATA, DONE, INTERRUPTED, SPEC, USAGE, RavineTest, tree_digest


def damage(path, at=-1):
    """Turns one bit of a file over."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


class Verify(RavineTest):
    def record(self, store, tile):
        return store / ".ravine" / "tiles" / "0" / str(tile)

    def check(self, code, verdict, **expected):
        report = self.json("verify", "store", code=code)
        self.assertEqual(report["verdict"], verdict)
        for key, value in expected.items():
            self.assertEqual(report["tiles"][key], value, key)
        return report

    def repairs(self, store, whole):
        """A resumed run computes what was damaged, and the store is as it was."""
        result = self.json("run", "spec.toml", "--store", "store", "--resume")
        self.assertGreater(result["tiles_computed"], 0)
        self.check(DONE, "right", missing=0, corrupt=0)
        self.assertEqual(tree_digest(store), whole)
        return result

    def test_whole_store_is_right(self):
        self.make_store()
        report = self.check(DONE, "right", done=22, missing=0, corrupt=0)
        self.assertEqual(
            list(report),
            ["command", "store", "verdict", "tiles", "sample", "cells_recomputed", "cells_different",
             "coordinates_corrupt", "problems"],
        )  # fmt: skip
        self.assertGreater(report["cells_recomputed"], 0)

    def test_sample_of_all_recomputes_all(self):
        self.make_store()
        report = self.json("verify", "store", "--sample", "1")
        self.assertEqual(report["cells_recomputed"], 2 * 41 * 21)
        for bad in ("-0.1", "1.5", "x", "nan"):
            self.refused(USAGE, "verify", "store", "--sample", bad, says=["--sample", "0 to 1"])

    def test_corrupt_chunk(self):
        store = self.make_store()
        whole = tree_digest(store)
        damage(store / "rate" / "0" / "3" / "0")
        report = self.check(BAD_DATA, "corrupt", done=21, corrupt=1)
        self.assertIn("rate/0/3/0", "\n".join(report["problems"]))
        result = self.repairs(store, whole)
        self.assertEqual(result["tiles_repaired"], 1)

    def test_chunk_cut_short(self):
        store = self.make_store()
        whole = tree_digest(store)
        chunk = store / "gap" / "1" / "2" / "0"
        chunk.write_bytes(chunk.read_bytes()[:-8])
        self.check(BAD_DATA, "corrupt", corrupt=1)
        self.assertEqual(self.json("status", "store")["tiles"]["corrupt"], 1)
        self.repairs(store, whole)

    def test_deleted_chunk(self):
        store = self.make_store()
        whole = tree_digest(store)
        (store / "regime" / "0" / "0" / "0").unlink()
        self.check(BAD_DATA, "corrupt", corrupt=1)
        self.assertEqual(self.json("status", "store")["tiles"]["corrupt"], 1)
        self.repairs(store, whole)

    def test_corrupt_record(self):
        store = self.make_store()
        whole = tree_digest(store)
        for spoiled in (b"", b"{", b"\x00\xff", b"[1, 2]", None):
            with self.subTest(spoiled):
                record = self.record(store, 5)
                if spoiled is None:
                    damage(record, len(record.read_bytes()) // 2)
                else:
                    record.write_bytes(spoiled)
                self.check(BAD_DATA, "corrupt", corrupt=1)
                self.repairs(store, whole)

    def test_record_of_another_tile(self):
        store = self.make_store()
        whole = tree_digest(store)
        self.record(store, 5).write_bytes(self.record(store, 6).read_bytes())
        self.check(BAD_DATA, "corrupt", corrupt=1)
        self.repairs(store, whole)

    def test_missing_tile(self):
        store = self.make_store()
        whole = tree_digest(store)
        self.record(store, 7).unlink()
        self.check(INTERRUPTED, "incomplete", done=21, missing=1, corrupt=0)
        output = self.expect(INTERRUPTED, "verify", "store").stdout
        self.assertIn("--resume", output)
        self.repairs(store, whole)

    def test_damaged_metadata(self):
        store = self.make_store()
        for name in (".zmetadata", ".zattrs", ".zgroup", "rate/.zarray"):
            with self.subTest(name):
                file = store / name
                good = file.read_bytes()
                damage(file, len(good) // 2)
                self.refused(BAD_DATA, "verify", "store", says="store")
                file.unlink()
                self.refused(BAD_DATA, "verify", "store", says="store")
                file.write_bytes(good)
        self.check(DONE, "right")

    def test_damaged_coordinate(self):
        store = self.make_store()
        damage(store / "alpha" / "0", 8)
        report = self.check(BAD_DATA, "corrupt", done=22, corrupt=0)
        self.assertEqual(report["coordinates_corrupt"], 1)
        self.assertIn("alpha", "\n".join(report["problems"]))
        self.assertEqual(self.json("run", "spec.toml", "--store", "store", "--resume")["coordinates_repaired"], 1)
        self.check(DONE, "right", done=22)

    def test_no_store(self):
        (self.folder / "empty").mkdir()
        self.write("file", "x")
        for path in ("nowhere", "empty", "file"):
            self.refused(BAD_DATA, "verify", path, says=path)

    def test_float32(self):
        self.make_store(text=SPEC.replace("[axes]", 'precision = "float32"\n[axes]'))
        self.assertEqual(self.json("verify", "store", "--sample", "1")["cells_different"], 0)


if __name__ == "__main__":
    unittest.main()
