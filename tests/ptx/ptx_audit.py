#!/usr/bin/env python3
"""Proves from the PTX text that kernels compute with IEEE 754 round-to-nearest operations only.

usage: ptx_audit.py FILE.ptx ... [--budgets FILE] [--must-reject REASON]

Every floating-point instruction must be on the list below in its exact form. So no approximate division or square
root, no flush to zero, no contraction (an add, sub or mul without .rn leaves ptxas free to fuse it), no fp minimum or
maximum (but against a constant, see float_problem), no fp atomic, no tensor core. Besides, no local memory and no
call. Kernels of float (in their name's template arguments, or *_f32) must not touch float64, but for those that the
budgets mark as exact or sums: they decide near-ties in it, or take sums.

Prints the number of PTX instructions of every kernel, and each finding.
--budgets: exactly the kernels of this file must be there, none with more PTX instructions than it says.
--must-reject: for kernels that are wrong on purpose: every kernel must have a finding whose text contains REASON.
Exit code 0: as wanted; 1: not.
"""
import argparse
import re
import sys
from collections import Counter
from pathlib import Path

from budgets import read_budgets, readable_names

FLOAT_TYPES = {"f32", "f64"}
# Types that hold several values or fewer bits: none of the model's.
FOREIGN_TYPES = {"f16", "f16x2", "bf16", "bf16x2", "f32x2", "tf32"}

ROUNDED = {"add", "sub", "mul", "div", "fma", "sqrt", "rcp"}  # exact to half an ulp with .rn
EXACT = {"abs", "neg", "mov", "ld", "st", "selp", "setp", "set", "slct", "testp", "copysign"}  # nothing to round
ORDER_DEPENDENT = {"atom", "red"}

INSTRUCTION = re.compile(r"(?:@!?%\w+\s+)?([a-z]\w*(?:[.:]+[A-Za-z0-9_]+)*)(?:\s|$)")
FUNCTION = re.compile(r"\.(entry|func)\s+(?:\([^)]*\)\s*)?([\w$]+)\s*\(.*?\)[^{;]*\{(.*?)^\}", re.DOTALL | re.MULTILINE)


def statements(body):
    """The statements of a function body, without the labels before them and the scopes' braces around them."""
    for part in body.split(";"):
        statement = re.sub(r"^(?:[{}\s]|[\w$]+:(?!:))+", "", part)
        if statement:
            yield " ".join(statement.split())


def conversion_problem(parts):
    """cvt: float to float must round to nearest or be exact; integer to float too; float to integer says how."""
    modifiers, to_type, from_type = set(parts[:-2]), parts[-2], parts[-1]
    if to_type == "f64" and from_type == "f32":
        return None
    if to_type in FLOAT_TYPES:
        return None if "rn" in modifiers else "conversion that does not round to nearest"
    return None if modifiers & {"rni", "rzi", "rmi", "rpi"} else "conversion without a rounding mode"


def is_nonzero_constant(operand):
    match = re.fullmatch(r"0([df])([0-9A-Fa-f]+)", operand)
    magnitude = (1 << (63 if match and match.group(1) == "d" else 31)) - 1
    return match is not None and int(match.group(2), 16) & magnitude != 0


def float_problem(name, parts, operands):
    """What is wrong with an instruction that has a floating-point type, or None.

    Minimum and maximum differ from the host's `a < b ? b : a` where an operand is NaN or both are zeros. The model has no
    NaN, and against a constant other than zero they are the same: the compiler makes them of such selects itself.
    """
    if {"approx", "full"} & set(parts):
        return "approximate operation"
    if "ftz" in parts:
        return "flush to zero"
    if "sat" in parts:
        return "saturation"
    if name in ORDER_DEPENDENT:
        return "fp atomic, whose order shows"
    if name in {"min", "max"}:
        harmless = any(is_nonzero_constant(operand) for operand in operands)
        return None if harmless else "fp minimum or maximum, whose rules for NaN and -0 are not the host's"
    if name == "cvt":
        return conversion_problem(parts)
    if name in EXACT:
        return None
    if name not in ROUNDED:
        return "not on the list of IEEE operations"
    if {"rz", "rm", "rp"} & set(parts):
        return "directed rounding"
    return None if "rn" in parts else "no .rn: contraction allowed"


def is_single_precision(kernel):
    return kernel.endswith("_f32") or ("float" in kernel and "double" not in kernel)


def instruction_problem(operation, operands, single_precision):
    name, *parts = operation.split(".")
    if name == "call":
        return "call"
    if "local" in parts:
        return "local memory"
    if name in {"mma", "wmma", "wgmma", "tcgen05"} or FOREIGN_TYPES & set(parts):
        return "not on the list of IEEE operations"
    if not FLOAT_TYPES & set(parts):
        return None
    if single_precision and "f64" in parts:
        return "float64 in a float32 kernel"
    return float_problem(name, parts, operands)


def audit_function(kind, body, single_precision):
    """(number of instructions, Counter of findings) of one function."""
    count = 0
    findings = Counter()
    if kind == "func":
        findings["call: a function that was not inlined"] += 1
    for statement in statements(body):
        if statement.startswith("."):
            if statement.startswith(".local"):
                findings[f"local memory: {statement}"] += 1
            continue
        match = INSTRUCTION.match(statement)
        if not match:
            findings[f"not understood: {statement}"] += 1
            continue
        count += 1
        operands = re.split(r"[,\s]+", statement[match.end():].strip())
        problem = instruction_problem(match.group(1), operands, single_precision)
        if problem:
            findings[f"{problem}: {match.group(1)}"] += 1
    return count, findings


def audit(text, wide):
    """{kernel: (number of instructions, findings)}; `wide` are the kernels that may use float64."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    functions = FUNCTION.findall(text)
    names = readable_names([symbol for _, symbol, _ in functions])
    return {names[symbol]: audit_function(kind, body, is_single_precision(names[symbol]) and names[symbol] not in wide)
            for kind, symbol, body in functions}


def report(path, results):
    target = re.search(r"^\.target\s+(\S+)", path.read_text(), re.MULTILINE)
    print(f"{path.name}: target {target.group(1) if target else 'unknown'}, {len(results)} kernels")
    for kernel, (count, findings) in sorted(results.items()):
        print(f"  {count:>6} PTX instructions  {kernel}")
        for finding, times in findings.items():
            print(f"    {finding} (x{times})")


def over_budget(results, budgets):
    """Lines that say which kernels are missing, unknown, or have too many instructions."""
    if set(results) != set(budgets):
        yield from (f"{kernel}: not in the budgets" for kernel in sorted(set(results) - set(budgets)))
        yield from (f"{kernel}: in the budgets, not in the file" for kernel in sorted(set(budgets) - set(results)))
    for kernel in set(results) & set(budgets):
        count, allowed = results[kernel][0], budgets[kernel].instructions
        if count > allowed:
            yield f"{kernel}: {count} PTX instructions, the budget is {allowed}"


def verdict(results, must_reject):
    """Lines that say which kernels were found wrong, or not found wrong where they are."""
    if not results:
        yield "no kernel found"
    for kernel, (_, findings) in results.items():
        if must_reject is None and findings:
            yield f"{kernel}: {findings.total()} findings"
        if must_reject is not None and not any(must_reject in finding for finding in findings):
            yield f"{kernel}: not rejected for '{must_reject}', which it was made for"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--budgets", type=Path)
    parser.add_argument("--must-reject")
    arguments = parser.parse_args()
    budgets = read_budgets(arguments.budgets) if arguments.budgets else {}
    problems = []
    for path in arguments.files:
        results = audit(path.read_text(), {kernel for kernel, budget in budgets.items() if budget.wide})
        report(path, results)
        problems += verdict(results, arguments.must_reject)
        if arguments.budgets:
            problems += over_budget(results, budgets)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
