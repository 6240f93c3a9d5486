#!/usr/bin/env python3
"""How many PTX instructions a thread executes for a step of a trajectory or a replicate, counted by the interpreter of
the tests. Needs no GPU.

usage: ensemble_instructions.py BUILD      (a build folder with the tests and CUDA: build/release)

Prints a Markdown table. A step's count is that of a study of 640 steps less that of one of 320, by the steps between; of
a recorded step likewise. As for kernel_instructions.py, counts say how much is left to issue, not how fast a device is.
"""
import sys
from pathlib import Path

from kernel_instructions import counts

SIDE = 8  # of a square of alpha and beta
REPLICATES = 256  # one group
STEPS = (320, 640)

SPEC = """[sweep]
kind = "{kind}"
method = "heavy-ball"
quantities = ["{quantity}"]
precision = "{precision}"
[axes]
alpha = {{ from = 0.1, to = 1.9, count = {side} }}
beta = {{ from = 0.1, to = 0.9, count = {side} }}
lambda = {{ from = 0.5, to = 1.0, count = {components} }}
[reduce]
lambda = "sum"
[record]
steps = {steps}
at = {at}
"""
NOISE = f"[noise]\nvariance = 1.0\nreplicates = {REPLICATES}\n"


def executed(build, noise, **settings):
    kind, side = ("noise", 1) if noise else ("trajectory", SIDE)
    text = SPEC.format(kind=kind, side=side, **settings) + (NOISE if noise else "")
    text = text.replace("{ from = 0.1, to = 1.9, count = 1 }", "{ values = [0.5] }")
    text = text.replace("{ from = 0.1, to = 0.9, count = 1 }", "{ values = [0.5] }")
    text = text.replace("{ from = 0.5, to = 1.0, count = 1 }", "{ values = [1.0] }")
    return sum(counts(build, text).values()) / (REPLICATES if noise else side * side)


def per_step(build, noise, every, **settings):
    def at(steps):
        return executed(build, noise, steps=steps, at='"every"' if every else f"[{steps}]", **settings)
    return (at(STEPS[1]) - at(STEPS[0])) / (STEPS[1] - STEPS[0])


ROWS = [("trajectory, the end alone", "loss", False), ("trajectory, every step looked at", "status", False),
        ("replicate, with its noise", "mean_loss", True)]  # fmt: skip


def main(build):
    print("| a step of a | precision | components | not recorded | recorded |")
    print("| --- | --- | --- | --- | --- |")
    for name, quantity, noise in ROWS:
        for precision in ("float32", "float64"):
            for components in (1, 4):
                settings = {"quantity": quantity, "precision": precision, "components": components}
                alone, recorded = (per_step(build, noise, every, **settings) for every in (False, True))
                print(f"| {name} | {precision} | {components} | {alone:.1f} | {recorded:.1f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
