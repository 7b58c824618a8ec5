"""Run by hand: one simulation by grantengine, by hand in NumPy and by openfisca-core, in interleaved rounds.

    python tests/benchmarks/simulate.py 10000 1000000
    python tests/benchmarks/simulate.py 10000 --rounds 21 --only grantengine numpy

Every implementation is given the same columns (``workload.py``), and each must fund the same cases with the same øre in
every scenario before any timing counts. OpenFisca gets an environment of its own, made at the first run. Scenarios are
timed from the change to the comparison with the baseline; «first» is the first evaluation of a loaded table.
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from memory import PeakMemory
from openfisca_process import ByOpenFiscaProcess, OpenFiscaProcess, environment
from workload import Columns, Settings, baseline_settings, columns, figures, scenarios, sweep

CACHE = Path.home() / ".cache" / "grantengine-benchmarks" / "openfisca"
SWEEP_SIZE, SWEEP_STEPS, SWEEP_SECONDS = 10_000, 200, 1.0
OPENFISCA = {"nothing": "OpenFisca", "inputs": "OpenFisca, inputs kept", "part": "OpenFisca, tuned"}
# Imported where they are wanted, so that the memory of one is not that of another's libraries.
MAKERS = {
    "grantengine": ("by_grantengine", "ByGrantengine"),
    "numpy": ("by_numpy", "ByNumpy"),
    "numpy-tuned": ("by_numpy", "ByNumpyKeeping"),
}
GROUPS = {"grantengine": ["grantengine"], "numpy": ["numpy", "numpy-tuned"], "openfisca": list(OPENFISCA)}


class Here:
    """An implementation in this process, timed from outside; runs as :class:`ByOpenFiscaProcess` does."""

    def __init__(self, key: str, cases: Columns, base: Settings) -> None:
        module, name = MAKERS[key]
        self.key, self.made = key, getattr(importlib.import_module(module), name)()
        self.name = self.made.name
        self.made.load(cases, base)

    def run(self, do: str, settings: list[Settings]) -> tuple[float, np.ndarray]:
        start = time.perf_counter()
        if do == "baseline":
            granted = [self.made.baseline()]
        elif do == "scenario":
            granted = [self.made.scenario(settings[0]).granted]
        elif do == "sweep":
            granted = [one.granted for one in self.made.sweep(settings)]
        else:
            granted = [figures(one) for one in self.made.sweep(settings)]
        seconds = time.perf_counter() - start
        return seconds, np.stack(granted)


Runner = Here | ByOpenFiscaProcess
Times = dict[str, dict[str, list[float]]]


def runners(
    chosen: list[str], cases: Columns, base: Settings, options: argparse.Namespace, stack: ExitStack
) -> list[Runner]:
    """What takes part, loaded."""
    found: list[Runner] = [Here(key, cases, base) for key in GROUPS["grantengine"] + GROUPS["numpy"] if key in chosen]
    if "nothing" in chosen:
        process = stack.enter_context(OpenFiscaProcess(environment(options.openfisca_venv), options.openfisca_numbers))
        process.load(cases, base)
        found += [ByOpenFiscaProcess(process, name, how) for how, name in OPENFISCA.items()]
    return found


def tasks(base: Settings) -> Iterator[tuple[str, str, list[Settings]]]:
    yield "first", "baseline", [base]
    for name, settings in scenarios(base).items():
        yield name, "scenario", [settings]


def check(task: str, runner: Runner, granted: np.ndarray, expected: dict[str, np.ndarray]) -> None:
    """The same cases get the same øre as those of whoever ran first."""
    if not np.array_equal(expected.setdefault(task, granted), granted):
        raise SystemExit(
            f"{runner.name} funds others in {task!r}: {int((expected[task] != granted).sum())} cases differ"
        )


def single_changes(chosen: list[str], size: int, options: argparse.Namespace) -> None:
    """The baseline and each single change, round by round; the first round checks and does not count."""
    cases = columns(size, options.seed)
    base = baseline_settings(cases)
    times: Times = defaultdict(lambda: defaultdict(list))
    expected: dict[str, np.ndarray] = {}
    with ExitStack() as stack:
        taking_part = runners(chosen, cases, base, options, stack)
        for task, runner in ((task, runner) for task, _, _ in tasks(base) for runner in taking_part):
            times[task][runner.name] = []
        for number in range(options.rounds + 1):
            for runner in _from(taking_part, number):
                for task, do, settings in tasks(base):
                    seconds, granted = runner.run(do, settings)
                    check(task, runner, granted, expected)
                    if number:
                        times[task][runner.name].append(seconds)
        _print_times(f"{size} cases, {options.rounds} rounds, {_funded(expected['first'])}", times)
        for runner in taking_part:
            if isinstance(runner, Here) and runner.key == "grantengine":
                explain_some(runner.made, cases)


def _from(taking_part: list[Runner], number: int) -> list[Runner]:
    """Who begins changes from round to round."""
    place = number % len(taking_part)
    return taking_part[place:] + taking_part[:place]


def _sweeps(runner: Runner, base: Settings, steps: list[Settings], expected: dict[str, np.ndarray]) -> Iterator[float]:
    """Seconds of one sweep after the other, for a second in all.

    A machine that others use is by turns quick and slow: who needs a tenth of a second would otherwise be seen in one of
    the two, and who needs a second in both.
    """
    spent = 0.0
    while spent < SWEEP_SECONDS:
        runner.run("baseline", [base])
        seconds, found = runner.run("figures", steps)
        check("figures", runner, found, expected)
        spent += seconds
        yield seconds


def sweeping(chosen: list[str], options: argparse.Namespace) -> None:
    """Many scenarios over one baseline, each told by who gains, loses, is newly and no longer funded, and then let go.

    That the same cases are funded with the same øre in every one of them is seen in a first round that does not count.
    """
    cases = columns(SWEEP_SIZE, options.seed)
    base = baseline_settings(cases)
    times: Times = defaultdict(lambda: defaultdict(list))
    expected: dict[str, np.ndarray] = {}
    steps = sweep(base, SWEEP_STEPS)
    with ExitStack() as stack:
        taking_part = runners(chosen, cases, base, options, stack)
        for number in range(options.sweep_rounds + 1):
            for runner in _from(taking_part, number):
                if not number:
                    runner.run("baseline", [base])
                    check("sweep", runner, runner.run("sweep", steps)[1], expected)
                seconds = list(_sweeps(runner, base, steps, expected))
                if number:
                    times["sweep"][runner.name].append(mean(seconds))
    different = len({one.tobytes() for one in expected["sweep"]})
    _print_times(f"{SWEEP_STEPS} scenarios over {SWEEP_SIZE} cases, {different} outcomes", times)


def explain_some(ours: Any, cases: Columns) -> None:
    """Refused cases, those who lost for rank, and funded ones; each is explained once."""
    ours.baseline()
    funded, eligible = ours.before.granted > 0, ours.before.parts[0].eligible
    times: dict[str, list[float]] = {}
    for kind, where, count in (("refused", ~eligible, 8), ("rank lost", eligible & ~funded, 8), ("funded", funded, 4)):
        found = np.flatnonzero(where)
        for position in found[:: max(len(found) // count, 1)][:count]:
            start = time.perf_counter()
            ours.explain(int(cases["id"][position]))
            times.setdefault(kind, []).append(time.perf_counter() - start)
    every = [seconds for kind in times.values() for seconds in kind]
    by_kind = ", ".join(f"{kind} {_ms(median(seconds))}" for kind, seconds in times.items())
    print(f"explain, {len(every)} cases: median {_ms(median(every))}, most {_ms(max(every))} ({by_kind})\n")


def peak_memory(chosen: list[str], size: int, options: argparse.Namespace) -> None:
    """Each implementation in a process of its own: what the first evaluation and a changed weight add to the table."""
    print(f"memory of the first evaluation and a changed weight, {size} cases")
    for key in [key for key in MAKERS if key in chosen]:
        command = [sys.executable, __file__, str(size), "--memory-of", key, "--seed", str(options.seed)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        _print_memory(key, json.loads(done.stdout))
    for how in [how for how in OPENFISCA if how in chosen]:
        cases = columns(size, options.seed)
        base = baseline_settings(cases)
        with OpenFiscaProcess(environment(options.openfisca_venv), options.openfisca_numbers) as process:
            process.load(cases, base)
            _print_memory(OPENFISCA[how], process.ask("memory", [scenarios(base)["weight"]], how))


def memory_of(key: str, size: int, seed: int) -> None:
    """One implementation's peak, told as JSON to the process that asked."""
    cases = columns(size, seed)
    base = baseline_settings(cases)
    here = Here(key, cases, base)
    with PeakMemory() as memory:
        here.made.baseline()
        here.made.scenario(scenarios(base)["weight"])
    print(json.dumps({"before": memory.before, "peak": memory.peak}))


def _print_memory(name: str, found: dict[str, float]) -> None:
    above = found["peak"] - found["before"]
    print(f"  {name:<24}{found['peak']:7.0f} MB at the most, {above:5.0f} MB above the loaded table")


def _print_times(title: str, times: Times) -> None:
    """Medians, and how many times ours each needs."""
    print(f"\n{title}; median (least) in ms, and the ratio to grantengine")
    for task, by_name in times.items():
        ours = median(by_name["grantengine"]) if "grantengine" in by_name else None
        for name, seconds in by_name.items():
            ratio = f"{median(seconds) / ours:8.2f}" if ours else ""
            print(f"  {task:<10}{name:<24}{median(seconds) * 1000:10.1f} ({min(seconds) * 1000:9.1f}){ratio}")
    print()


def _funded(granted: np.ndarray) -> str:
    return f"{int((granted > 0).sum())} funded"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sweep-rounds", type=int, default=9, help="0 for no sweep")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=list(GROUPS), default=list(GROUPS))
    parser.add_argument("--openfisca-venv", type=Path, default=CACHE)
    parser.add_argument("--openfisca-numbers", choices=["float64", "float32"], default="float64")
    parser.add_argument("--memory-of", choices=list(MAKERS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        memory_of(options.memory_of, options.sizes[0], options.seed)
        return
    chosen = [key for group in options.only for key in GROUPS[group]]
    for size in options.sizes:
        single_changes(chosen, size, options)
    if options.sweep_rounds:
        sweeping(chosen, options)
    peak_memory(chosen, max(options.sizes), options)


if __name__ == "__main__":
    main()
