#!/usr/bin/env python3
"""How many PTX instructions a thread executes for a cell, counted by the interpreter of the tests. Needs no GPU.

usage: kernel_instructions.py BUILD        (a build folder with the tests and CUDA: build/release)

Prints a Markdown table. An instruction whose guard is false counts. The counts say how much is left to issue, not how
fast a device is: a float64 division is one instruction of PTX and about twenty of the device's.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

KERNELS = ("map", "ensemble")
SIDE = 401  # cells along alpha and beta: several for each thread of the interpreted device

REGIONS = {
    "plane": "alpha = {{ from = 0.0, to = 4.0, count = {0} }}\nbeta = {{ from = 0.0, to = 1.0, count = {0} }}",
    "all in bands": "alpha = {{ from = 0.9, to = 1.1, count = {0} }}\nbeta = {{ from = 0.1, to = 0.9, count = {0} }}",
    "none in bands": "alpha = {{ from = 0.0, to = 4.0, count = {0} }}\nbeta = {{ from = -1.0, to = -0.01, count = {0} }}",
}

SPEC = """[sweep]
method = "heavy-ball"
quantities = ["rate", "gap", "regime"]
precision = "{precision}"
order = ["lambda", "alpha", "beta"]
[axes]
{region}
lambda = {{ values = [1.0] }}
"""

WORST_SPEC = """[sweep]
method = "heavy-ball"
quantities = ["rate", "gap", "regime"]
precision = "{precision}"
[axes]
{region}
lambda = {{ from = 0.001, to = 1.0, count = 4096 }}
[reduce]
lambda = "worst"
"""


def readable(symbol):
    return subprocess.run(["c++filt", symbol], check=True, capture_output=True, text=True).stdout


def counts(build, text):
    """{kernel's name with its template arguments: executed instructions}"""
    with tempfile.TemporaryDirectory() as folder:
        spec, found = Path(folder, "spec.toml"), Path(folder, "counts")
        spec.write_text(text)
        environment = os.environ | {
            "RAVINE_INTERPRETED_PTX": ":".join(str(build / f"tests/ptx/{name}_launches.90.ptx") for name in KERNELS),
            "RAVINE_INTERPRETED_COUNTS": str(found),
        }
        program = build / "tests/ptx/runtime/ravine_interpreted"
        subprocess.run([program, "run", spec, "--backend", "cuda", "--store", Path(folder, "store")], check=True,
                       capture_output=True, env=environment)  # fmt: skip
        rows = [line.split(maxsplit=2) for line in found.read_text().splitlines()]
        return {readable(symbol): int(instructions) for instructions, _, symbol in rows}


def per_cell(found, kernel, quantity):
    return sum(count for name, count in found.items() if f"::{kernel}<" in name and quantity in name) / SIDE**2


def main(build):
    print("| map | precision | quantity | evaluating | settling | bands and rows |")
    print("| --- | --- | --- | --- | --- | --- |")
    for template, regions in ((SPEC, REGIONS), (WORST_SPEC, {"plane": REGIONS["plane"]})):
        for region, axes in regions.items():
            for precision in ("float64", "float32"):
                found = counts(build, template.format(precision=precision, region=axes.format(SIDE)))
                rows = sum(per_cell(found, kernel, "") for kernel in ("unfold_rows", "settle_bands"))
                for quantity, name in (("rate", "Rate"), ("gap", "Gap"), ("regime", "Regime")):
                    label = f"worst of 4096, {region}" if template is WORST_SPEC else region
                    print(f"| {label} | {precision} | {quantity} | {per_cell(found, 'attempt_values', name):.0f} | "
                          f"{per_cell(found, 'settle_values', name):.1f} | "
                          f"{rows + per_cell(found, 'settle_in_band', name):.1f} |")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
