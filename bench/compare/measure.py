"""What the comparisons share: running ravine, keeping to one processor, medians with their spread, tables."""

import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile


class Sample:
    """Repeated measurements of one thing."""

    def __init__(self):
        self.values = []

    def add(self, value):
        self.values.append(value)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def least(self):
        return min(self.values)

    def text(self, unit=1.0, digits=4):
        """Median (smallest .. largest), in multiples of `unit`."""
        low, high = min(self.values), max(self.values)
        return f"{self.median / unit:.{digits}g} ({low / unit:.{digits}g} .. {high / unit:.{digits}g})"


def print_table(title, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join(" --- " for _ in head) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


@contextlib.contextmanager
def one_processor():
    """Keeps this thread, and the programs it starts, on one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def work_folder(parent):
    """A folder for what is measured, gone at the end."""
    os.makedirs(parent, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="bench-", dir=parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def write_spec(path, alpha_count, beta_count):
    """The rate over alpha in [0, 4] and beta in [0, 1], lambda = 1, float64."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""[sweep]
method     = "heavy-ball"
quantities = ["rate"]

[axes]
alpha  = {{ from = 0.0, to = 4.0, count = {alpha_count} }}
beta   = {{ from = 0.0, to = 1.0, count = {beta_count} }}
lambda = {{ values = [1.0] }}

[output]
store = "store"
""")


def run_ravine(program, spec, store, *options):
    """Runs a spec into a new store: (its JSON report, peak memory in bytes)."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([program, "run", spec, "--store", store, "--json", *options], stdout=out,
                                 stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"ravine run {spec} left with {child.returncode}: nothing to measure")
        out.seek(0)
        return json.load(out), usage.ru_maxrss * resource_unit()


def resource_unit():
    """Linux gives ru_maxrss in KiB. (It is at least this program's own size, which is smaller than ravine's.)"""
    assert resource.getpagesize() >= 1024
    return 1024
