"""`ravine run` of large maps against evaluation alone plus a plain write of the same bytes; peak memory; start-up time.

usage: end_to_end.py RAVINE [--sides N,N] [--repetitions N,N] [--folder DIR]

The plain write is one file, one processor, large pieces, then fsync, on the same disk, straight after each run: ravine
writes a file per tile, each with its checksum, its sync and its record. A map of 31623 x 31623 takes 7.5 GiB on disk;
the stores are removed.
"""

import argparse
import os
import shutil
import subprocess
import time

import measure

MEBIBYTE = 1 << 20
MEMORY_LIMIT = 512 * MEBIBYTE
START_LIMIT = 0.010
PIECE = 32 * MEBIBYTE


def plain_write(path, content, size):
    """Seconds to write and sync `size` bytes, made of `content` over and over."""
    start = time.perf_counter()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    left = size
    while left > 0:
        left -= os.write(file, content[:left])
    os.fsync(file)
    os.close(file)
    return time.perf_counter() - start


def settle_disk():
    """Nothing of an earlier measurement is left to be written."""
    os.sync()


def chunk_files(store):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(store, "rate"))
                  for name in names if not name.startswith("."))


class Case:
    """One size of map: what was measured of it."""

    def __init__(self, side):
        self.side = side
        self.bytes = 0
        self.samples = {key: measure.Sample() for key in
                        ("total", "compute", "write", "wait", "plain", "overhead", "overlapped", "memory")}

    def repeat(self, program, folder):
        spec, store, plain = (os.path.join(folder, name) for name in ("spec.toml", "store", "plain"))
        measure.write_spec(spec, self.side, self.side)
        settle_disk()
        report, memory = measure.run_ravine(program, spec, store)
        chunks = chunk_files(store)
        self.bytes = sum(os.path.getsize(chunk) for chunk in chunks)
        with open(chunks[0], "rb") as file:
            content = file.read(PIECE)
        shutil.rmtree(store)
        settle_disk()
        self.add(report["seconds"], plain_write(plain, content, self.bytes), memory)
        os.remove(plain)

    def add(self, seconds, plain, memory):
        for key in ("total", "compute", "write", "wait"):
            self.samples[key].add(seconds[key])
        self.samples["plain"].add(plain)
        self.samples["overhead"].add(seconds["total"] / (seconds["compute"] + plain))
        self.samples["overlapped"].add(seconds["total"] / max(seconds["compute"], plain))
        self.samples["memory"].add(memory)

    def row(self):
        samples = self.samples
        return [f"{self.side}² = {self.side ** 2:.3g}", f"{self.bytes / 2 ** 30:.2f} GiB",
                *(samples[key].text(digits=3) for key in ("total", "compute", "write", "wait", "plain", "overhead",
                                                          "overlapped")),
                f"{max(samples['memory'].values) / MEBIBYTE:.0f} MiB"]


def start_seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def print_start_up(program, repetitions):
    ravine, true = measure.Sample(), measure.Sample()
    for _ in range(repetitions):
        ravine.add(start_seconds([program, "--version"]))
        true.add(start_seconds(["true"]))
    measure.print_table("Starting a program", ["command", "ms: median (min .. max)"],
                        [["`ravine --version`", ravine.text(1e-3, 3)], ["`true`", true.text(1e-3, 3)]])
    return ravine.median


def check_space(folder, cases):
    needed = max(case.side ** 2 for case in cases) * 8 * 5 // 4
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SystemExit(f"{folder}: {free >> 30} GiB free, wanted {needed >> 30} GiB; --folder names another disk")


def parse():
    def numbers(text):
        return [int(part) for part in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ravine", type=os.path.abspath, help="the program")
    parser.add_argument("--sides", type=numbers, default=[10001, 31623], help="cells along each axis")
    parser.add_argument("--repetitions", type=numbers, default=[5, 3], help="of each size")
    parser.add_argument("--folder", default=".", help="where the stores go, and are removed again")
    return parser.parse_args()


def main():
    arguments = parse()
    start_up = print_start_up(arguments.ravine, 101)
    cases = [Case(side) for side in arguments.sides]
    with measure.work_folder(arguments.folder) as folder:
        check_space(folder, cases)
        for case, repetitions in zip(cases, arguments.repetitions):
            for _ in range(repetitions):
                case.repeat(arguments.ravine, folder)
    measure.print_table("`ravine run` against evaluation and a plain write (seconds: median (min .. max))",
                        ["cells", "bytes", "run", "its compute", "its write (overlaps)", "its wait", "plain write",
                         "run / (compute + plain write)", "run / the longer of the two", "peak memory"],
                        [case.row() for case in cases])
    peak = max(max(case.samples["memory"].values) for case in cases)
    print(f"\nPeak memory {'is below' if peak < MEMORY_LIMIT else 'EXCEEDS'} {MEMORY_LIMIT // MEBIBYTE} MiB; "
          f"`ravine --version` takes {'less' if start_up < START_LIMIT else 'MORE'} than {START_LIMIT * 1e3:.0f} ms.")


if __name__ == "__main__":
    main()
