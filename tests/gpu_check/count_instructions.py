#!/usr/bin/env python3
"""Counts the floating-point instructions of the kernels that attempt values, and writes them as C++ text to include.

usage: count_instructions.py FILE.ptx OUTPUT

Counted in the PTX as it stands, every branch of the kernel included: additions, subtractions, multiplications, fused
multiply-adds and comparisons as one instruction each; divisions (reciprocals among them) and square roots apart, because
each is a sequence of many on the device. Loads, moves, selections and changes of sign take no floating-point unit.
"""
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ptx"))
from budgets import readable_names
from ptx_audit import FUNCTION, INSTRUCTION, statements

SIMPLE = {"add", "sub", "mul", "fma", "setp"}
DIVISIONS = {"div", "rcp"}
ROOTS = {"sqrt"}


def count(body):
    """(simple, divisions, roots) of a function body."""
    counts = Counter()
    for statement in statements(body):
        match = INSTRUCTION.match(statement)
        name, *parts = match.group(1).split(".") if match else [""]
        if {"f64", "f32"} & set(parts):
            counts[name] += 1
    return tuple(sum(counts[name] for name in names) for names in (SIMPLE, DIVISIONS, ROOTS))


def main():
    source, output = map(Path, sys.argv[1:])
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", source.read_text(), flags=re.DOTALL)
    bodies = {symbol: body for _, symbol, body in FUNCTION.findall(text)}
    names = readable_names(list(bodies))
    rows = sorted((name, *count(bodies[symbol])) for symbol, name in names.items() if name.startswith("attempt_values<"))
    lines = "".join(f'    {{"{name}", {simple}, {divisions}, {roots}}},\n' for name, simple, divisions, roots in rows)
    output.write_text(f"// Made by count_instructions.py from {source.name}.\n"
                      "inline constexpr InstructionCount instruction_counts[] = {\n" + lines + "};\n")


if __name__ == "__main__":
    main()
