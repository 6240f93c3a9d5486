"""Reads budgets.txt: what each kernel may take."""
from pathlib import Path
from typing import NamedTuple


class Budget(NamedTuple):
    instructions: int  # of PTX
    registers: int  # of ptxas, a thread


def read_budgets(path: Path) -> dict[str, Budget]:
    rows = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {kernel: Budget(int(instructions), int(registers)) for kernel, instructions, registers in rows}
