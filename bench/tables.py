"""Prints the tables of the Google Benchmark programs, in Markdown.

usage: tables.py FOLDER     (with rate_map_bench.json, row_structure_bench.json, worst_case_bench.json,
                            axis_bench.json, normals_bench.json, noise_bench.json and dense_spectrum_bench.json of one
                            run)

Each figure is the median over the repetitions, with the coefficient of variation; ratios are of medians of the same
run. Times are CPU times of one thread.
"""

import collections
import json
import pathlib
import statistics
import sys

NANOSECONDS = 1e9


class Sample:
    """The repetitions of one benchmark, in seconds per cell, value or number."""

    def __init__(self, seconds):
        self.median = statistics.median(seconds)
        self.variation = statistics.stdev(seconds) / statistics.mean(seconds) if len(seconds) > 1 else 0.0

    def __str__(self):
        return f"{self.median * NANOSECONDS:.3g} ± {100 * self.variation:.0f} %"


def samples(file, counter):
    """{name without the last part: {last part: Sample}}, in the program's order."""
    seconds = collections.defaultdict(list)
    for entry in json.loads(file.read_text())["benchmarks"]:
        if entry["run_type"] == "iteration":
            seconds[entry["run_name"]].append(entry[counter])
    cases = collections.defaultdict(dict)
    for name in sorted(seconds, key=order_of):
        case, who = name.rsplit("/", 1)
        cases[case][who] = Sample(seconds[name])
    return cases


ORDER = ["plane", "space", "worst", "beta", "alpha", "lambda", "rate", "gap", "regime", "float64", "float32", "x86-64",
         "x86-64-v3", "x86-64-v4", "cache", "memory"]


def order_of(name):
    """Sorts names as the tables show them: interleaved runs come in random order."""
    return [ORDER.index(part) if part in ORDER else len(ORDER) for part in name.split("/")] + [name]


def print_table(title, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join(" --- " for _ in head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def print_rate_map(folder):
    head = ["quantity", "precision", "level", "ravine, ns/cell", "million cells/s", "textbook, ns/cell",
            "fill, ns/cell", "fraction of fill", "textbook's time / ravine's"]
    cases = samples(folder / "rate_map_bench.json", "cell")
    for place, title in (("cache", "A map in cache (32 x 1024)"), ("memory", "A map to memory (65536 x 1024)")):
        rows = []
        for case, who in cases.items():
            if not case.endswith(place):
                continue
            ravine, textbook, fill = who["ravine"], who["textbook"], who["fill"]
            rows.append([*case.split("/")[:3], str(ravine), f"{1e-6 / ravine.median:.0f}", str(textbook), str(fill),
                         f"{fill.median / ravine.median:.3f}", f"{textbook.median / ravine.median:.2f}"])
        print_table(title, head, rows)


def print_row_structure(folder):
    head = ["map", "fastest axis", "quantity", "precision", "cells in bands", "with bands, ns/cell", "million cells/s",
            "every cell, ns/cell", "fill, ns/cell", "fraction of fill", "every cell / with bands"]
    file = folder / "row_structure_bench.json"
    shares = {entry["run_name"].rsplit("/", 1)[0]: entry["share"]
              for entry in json.loads(file.read_text())["benchmarks"]
              if entry["run_type"] == "iteration" and "share" in entry}
    rows = []
    for case, who in samples(file, "cell").items():
        bands, each, fill = who["rows"], who["cells"], who["fill"]
        rows.append([*case.split("/"), f"{100 * shares[case]:.0f} %", str(bands), f"{1e-6 / bands.median:.0f}",
                     str(each), str(fill), f"{fill.median / bands.median:.3f}", f"{each.median / bands.median:.2f}"])
    print_table("Whole tiles, with the bands of rows and without", head, rows)


def print_worst_case(folder):
    head = ["quantity", "precision", "eigenvalues", "one eigenvalue, ns/cell", "4096 by the ends, ns/cell",
            "4096 one by one, ns/cell", "ends / one", "one by one / ends"]
    names = {"sorted": "listed, ascending", "shuffled": "listed, shuffled", "range": "log range"}
    rows = []
    for case, who in samples(folder / "worst_case_bench.json", "cell").items():
        quantity, precision, order = case.split("/")
        one, ends, each = who["one"], who["ends"], who["each"]
        rows.append([quantity, precision, names[order], str(one), str(ends), str(each),
                     f"{ends.median / one.median:.1f}", f"{each.median / ends.median:.0f}"])
    print_table("The worst case over 4096 eigenvalues", head, rows)


def print_axis(folder):
    head = ["scale", "ravine, ns/value", "by hand, ns/value", "fill, ns/value", "ravine / by hand"]
    rows = [[scale, *(str(who[key]) for key in ("ravine", "hand", "fill")),
             f"{who['ravine'].median / who['hand'].median:.1f}"]
            for scale, who in samples(folder / "axis_bench.json", "value").items()]
    print_table("Making the values of an axis", head, rows)


def print_normals(folder):
    head = ["precision", "level", "ravine, ns/number", "million numbers/s", "std::normal_distribution, ns/number",
            "std's time / ravine's"]
    rows = []
    for case, who in samples(folder / "normals_bench.json", "number").items():
        ravine, standard = who["ravine"], who["std"]
        rows.append([*case.split("/")[1:], str(ravine), f"{1e-6 / ravine.median:.0f}", str(standard),
                     f"{standard.median / ravine.median:.1f}"])
    print_table("Normal numbers", head, rows)


def print_noise(folder):
    head = ["precision", "level", "drawing alone, ns/number", "steps, ns/step", "drawing / steps",
            "steps by one call each, ns/step", "every step recorded, ns/step"]
    cases = samples(folder / "noise_bench.json", "step")
    rows = [[*case.split("/")[1:], str(who["draws"]), str(who["steps"]),
             f"{who['draws'].median / who['steps'].median:.2f}", str(who["each"]), str(who["recorded"])]
            for case, who in cases.items() if "draws" in who]
    print_table("Steps of noise studies", head, rows)
    rows = [[case.split("/")[1], f"{who['ravine'].median * 1e6:.2f}"] for case, who in cases.items() if "ravine" in who]
    print_table("Theory of noise studies", ["recorded", "microseconds a cell and recorded step"], rows)


def print_dense_spectrum(folder):
    head = ["size", "what", "ravine with checks, ms", "dsyevd, ms", "ravine / dsyevd, of pairs"]
    repetitions = collections.defaultdict(list)
    for entry in json.loads((folder / "dense_spectrum_bench.json").read_text())["benchmarks"]:
        if entry["run_type"] == "iteration":
            repetitions[entry["run_name"]].append(entry)
    rows = []
    for name in sorted(repetitions, key=lambda name: (int(name.split("/")[1]), name)):
        figures = {key: Sample([entry[key] for entry in repetitions[name]]) for key in ("ravine", "dsyevd", "ratio")}
        rows.append([*name.split("/")[1:3], *(f"{1e3 * figures[key].median:.4g} ± {100 * figures[key].variation:.0f} %"
                                              for key in ("ravine", "dsyevd")), f"{figures['ratio'].median:.3f}"])
    print_table("Dense spectra", head, rows)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    print_rate_map(folder)
    print_row_structure(folder)
    print_worst_case(folder)
    print_axis(folder)
    print_normals(folder)
    print_noise(folder)
    print_dense_spectrum(folder)


if __name__ == "__main__":
    main()
