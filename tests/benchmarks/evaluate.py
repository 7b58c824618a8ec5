"""Run by hand: reading, checking and evaluating many cases of the bundled scheme; time and peak memory of each step.

    python tests/benchmarks/evaluate.py 50000
    python tests/benchmarks/evaluate.py 1000000 --file big.jsonl

The cases are synthetic (seed 1) and are made first, in another process, unless the file is there.
"""

import argparse
import datetime
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grantengine.bootstrap import bootstrap
from grantengine.evaluate import evaluate
from grantengine.rules.tables import read_cases

SCHEME = Path(__file__).parents[2] / "schemes" / "imdi" / "integration-work" / "scheme.yaml"


def peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at the most"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--file", type=Path, default=None)
    options = parser.parse_args()
    file = options.file or Path(tempfile.gettempdir()) / f"grantengine-{options.count}.jsonl"
    if not file.exists():
        command = [sys.executable, "-m", "grantengine.cli.main", "population", str(SCHEME)]
        subprocess.run([*command, "-n", str(options.count), "--out", str(file)], check=True)
    engine = bootstrap({})
    plan = engine.plan(SCHEME)
    start = time.perf_counter()
    cases = read_cases(file, plan)
    read = time.perf_counter()
    print(f"{len(cases)} cases read and checked in {read - start:.2f} s, {peak()}")
    outcome = evaluate(plan, cases, engine=engine.rules, as_of=datetime.date(2027, 6, 1))
    print(f"evaluated in {time.perf_counter() - read:.2f} s, {peak()}; {int(outcome.funded.sum())} funded")
    again = time.perf_counter()
    evaluate(plan, cases, engine=engine.rules, as_of=datetime.date(2027, 6, 1), committed=100)
    print(f"evaluated again with another budget in {time.perf_counter() - again:.2f} s")


if __name__ == "__main__":
    main()
