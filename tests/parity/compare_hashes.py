#!/usr/bin/env python3
"""Runs one build of model_hash and compares its output with the golden file.

usage: compare_hashes.py PROGRAM LEVEL GOLDEN [--must-differ]

Exit code 0: equal; 1: different, with the lines; 77: this CPU can't run LEVEL (ctest shows the test as skipped).
--must-differ turns the test round, for builds that are wrong on purpose: the cells must be the same ones, and at least
one value's bits must not be.
"""
import subprocess
import sys
from pathlib import Path

# What the x86-64 psABI asks of each level, beyond the one before, in the words of /proc/cpuinfo (abm: lzcnt).
LEVEL_FLAGS = {
    "x86-64": "",
    "x86-64-v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe",
    "x86-64-v4": "avx avx2 bmi1 bmi2 f16c fma abm movbe avx512f avx512bw avx512cd avx512dq avx512vl",
}
SKIPPED = 77


def missing_flags(level):
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(LEVEL_FLAGS[level].split()) - set(line.split())
    return set(LEVEL_FLAGS[level].split())


def different_lines(found, wanted):
    names = dict.fromkeys([*wanted, *found])
    return [f"{name}: found {found.get(name)}, wanted {wanted.get(name)}"
            for name in names if found.get(name) != wanted.get(name)]


def parse(text):
    """{'float64 uniform rate': hash, ...}"""
    return dict(line.rsplit(" ", 1) for line in text.splitlines())


def main(arguments):
    must_differ = "--must-differ" in arguments
    program, level, golden = [a for a in arguments if not a.startswith("--")]
    missing = missing_flags(level)
    if missing:
        print(f"skipped: this CPU is below {level}: it lacks {' '.join(sorted(missing))}")
        return SKIPPED
    found = parse(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    wanted = parse(Path(golden).read_text())
    different = different_lines(found, wanted)
    if must_differ:
        print("\n".join(different) or "a build that is wrong on purpose has the right bits: this test can't bite")
        wrong_cells = [line for line in different if " cells:" in line]
        return 0 if different and not wrong_cells else 1
    if different:
        print("\n".join(different))
        print("If the change of bits is meant: raise model_version and write the golden file anew (CONTRIBUTING.md).")
        return 1
    print(f"{len(wanted)} lines equal to {golden}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
