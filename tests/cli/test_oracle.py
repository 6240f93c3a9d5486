"""Every golden row through `ravine eval`: rate within 1 ulp, gap within 3 ulp, regimes exact.

The program promises more (both correctly rounded), and the second half of each test holds it to that.
"""
import csv
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "oracle"
PROGRAM = os.environ["RAVINE_BIN"]

RATE_ULPS = 1
GAP_ULPS = 3
# |h| below 2^-1020 leaves the gap no normal value: it is held to this absolute error instead.
UNDERFLOW_GAP = 2.0**-1020


def ordinal(value, layout):
    """The value's place among all values of its type, so that differences count units in the last place."""
    bits = struct.unpack("<q" if layout == "<d" else "<i", struct.pack(layout, value))[0]
    top = 1 << (63 if layout == "<d" else 31)
    return bits if bits >= 0 else -(bits + top)


def ulps(a, b, layout="<d"):
    return abs(ordinal(a, layout) - ordinal(b, layout))


def read(name):
    with open(DATA / name, newline="") as file:
        return list(csv.DictReader(file))


def evaluate(rows, columns, precision):
    """The rows that `ravine eval` prints for points given by the named columns."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as points:
        points.write("alpha,beta,lambda\n")
        for row in rows:
            points.write(",".join(row[column] for column in columns) + "\n")
        points.flush()
        command = [PROGRAM, "eval", "--method", "heavy-ball", "--quantities", "rate,gap,regime",
                   "--precision", precision, points.name]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(printed.splitlines()))


class Oracle(unittest.TestCase):
    def check_double(self, name, rows_expected):
        rows = read(name)
        self.assertEqual(len(rows), rows_expected)
        exact = 0
        for want, got in zip(rows, evaluate(rows, ("alpha", "beta", "lambda"), "float64"), strict=True):
            rate, gap = float(got["rate"]), float(got["gap"])
            self.assertLessEqual(ulps(rate, float(want["rate"])), RATE_ULPS, want)
            if want["set"] == "underflow":
                self.assertLessEqual(abs(gap - float(want["gap_1_minus_rate"])), UNDERFLOW_GAP, want)
            else:
                self.assertLessEqual(ulps(gap, float(want["gap_1_minus_rate"])), GAP_ULPS, want)
                exact += rate == float(want["rate"]) and gap == float(want["gap_1_minus_rate"])
            self.assertEqual(got["regime"], want["region"], want)
        self.assertEqual(exact, sum(row["set"] != "underflow" for row in rows), "not all are correctly rounded")

    def test_rate_map(self):
        self.check_double("rate_map_hb.csv", 1246)

    def test_near_ties_and_underflow(self):
        self.check_double("rate_map_adversarial.csv", 1342)

    def test_single_precision(self):
        rows = read("rate_map_hb_f32.csv")
        self.assertEqual(len(rows), 250)
        for want, got in zip(rows, evaluate(rows, ("alpha_f32", "beta_f32", "lambda_f32"), "float32"), strict=True):
            self.assertEqual(ulps(float(got["rate"]), float(want["rate_rounded_to_f32"]), "<f"), 0, want)
            self.assertEqual(ulps(float(got["gap"]), float(want["gap_rounded_to_f32"]), "<f"), 0, want)
            self.assertEqual(got["regime"], want["region"], want)


if __name__ == "__main__":
    unittest.main()
