#!/usr/bin/env python3
"""Assembles PTX for a real architecture: no spills, no stack frame, no kernel above its budget of registers.

usage: ptxas_check.py PTXAS FILE.ptx ARCHITECTURE BUDGETS        (ARCHITECTURE: sm_80, ...)
Exit code 0: as wanted; 1: not.
"""
import re
import subprocess
import sys
from pathlib import Path

from budgets import read_budgets, readable_names

RESOURCES = re.compile(
    r"Function properties for (\S+)\s+"
    r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads.*?"
    r"Used (\d+) registers", re.DOTALL)


def problems_of(resources, budgets):
    found = {kernel for kernel, *_ in resources}
    if found != set(budgets):
        yield f"kernels: {sorted(found ^ set(budgets))} are in one of the file and the budgets only"
    for kernel, stack, stores, loads, registers in resources:
        if int(stack) or int(stores) or int(loads):
            yield f"{kernel}: {stack} bytes of stack frame, {stores} stored and {loads} loaded by spills; wanted none"
        if kernel in budgets and int(registers) > budgets[kernel].registers:
            yield f"{kernel}: {registers} registers, the budget is {budgets[kernel].registers}"


def main(ptxas, ptx, architecture, budgets):
    run = subprocess.run([ptxas, "-v", "--gpu-name", architecture, ptx, "--output-file", "/dev/null"],
                         check=True, capture_output=True, text=True)
    found = RESOURCES.findall(run.stdout + run.stderr)
    names = readable_names([symbol for symbol, *_ in found])
    resources = [(names[symbol], *rest) for symbol, *rest in found]
    for kernel, stack, stores, loads, registers in sorted(resources):
        print(f"{registers:>3} registers, stack {stack}, spills {stores}/{loads}  {kernel}")
    problems = list(problems_of(resources, read_budgets(Path(budgets))))
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
