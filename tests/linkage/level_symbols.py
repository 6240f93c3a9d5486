"""The object files of the SIMD levels define one symbol each: fill_level or fill_ensemble_level of their own namespace.

An inline function that escaped from one would be merged with its namesakes by the linker, and a processor without that
level would meet its instructions.
"""
import re
import subprocess
import sys


def defined_symbols(path):
    lines = subprocess.run(["nm", "--defined-only", "-C", path], check=True, capture_output=True, text=True).stdout
    fields = [line.split(maxsplit=2) for line in lines.splitlines() if len(line.split(maxsplit=2)) == 3]
    return [(kind, name) for _, kind, name in fields if kind.isupper() or kind in "vwu"]


def main(paths):
    failures = 0
    names = set()
    for path in paths:
        shared = defined_symbols(path)
        wanted = len(shared) == 1 and shared[0][0] == "T" and re.search(r"::fill_(ensemble_)?level\(", shared[0][1])
        print(f"{'ok    ' if wanted else 'FAILED'} {path}: {shared}")
        names.update(name for _, name in shared)
        failures += not wanted
    # Two tables at three levels, each under a name of its own.
    return 1 if failures or len(paths) != 6 or len(names) != 6 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
