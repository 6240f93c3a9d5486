"""Reads *.budgets.txt, what each kernel may take, and kernels' names."""
import re
import subprocess
from pathlib import Path
from typing import NamedTuple


class Budget(NamedTuple):
    instructions: int  # of PTX
    registers: int  # of ptxas, a thread
    wide: bool  # takes float64 also where the kernel's values are float32: decides near-ties in it, or sums


def read_budgets(path: Path) -> dict[str, Budget]:
    rows = [line.split(maxsplit=3) for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {kernel: Budget(int(instructions), int(registers), kind in {"exact", "sums"})
            for instructions, registers, kind, kernel in rows}


def readable_names(symbols: list[str]) -> dict[str, str]:
    """symbol -> name as the source writes it, without namespaces, result and parameters."""
    if not symbols:
        return {}
    demangled = subprocess.run(["c++filt", *symbols], check=True, capture_output=True, text=True).stdout.splitlines()
    return {symbol: short_name(name) for symbol, name in zip(symbols, demangled, strict=True)}


def short_name(name: str) -> str:
    name = re.sub(r"\b(?:ravine|cuda|model)::", "", name).replace("> >", ">>").removeprefix("void ")
    depth = 0
    for at, character in enumerate(name):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "(" and depth == 0:
            return name[:at]
    return name
