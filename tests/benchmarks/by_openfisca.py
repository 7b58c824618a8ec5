"""The same by openfisca-core: the worker that runs in an environment of its own, one command a line, as JSON.

What an ordinary user writes: a variable for each column, rule and criterion, parameters for figures, a reform for each
scenario. Allocation is no part of OpenFisca; it is that of ``by_numpy``, after the total.

- OpenFisca's numbers are float32. Measured at a million cases (seed 1): 2 650 totals are then a unit off. The funded set
  was the same all the same, with seeds 1 to 3 in all five tasks, but nothing makes it so. ``Exact`` makes numbers float64,
  which holds points and øre exactly; that costs OpenFisca up to a third of its time, so ``float32`` can be asked for.
- A clone of a simulation shares its stored values with the original (``Holder.clone`` copies the reference), so what the
  reformed clone computes would overwrite the baseline's. It is no way to keep the inputs; two others are measured:
  ``inputs`` keeps one simulation and its inputs, gives it the reformed system and deletes every computed value;
  ``part`` deletes only what the reform touches, as one who knows the formulas can, and allocates without a full sort.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from by_numpy import allocate, select
from memory import PeakMemory
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.reforms import Reform
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from workload import MOST_POINTS, POINT_UNITS, REGIONS, THEMES, Columns, Comparison, Settings, compare, figures

PERIOD = "2027"
START = "2027-01-01"
Case = build_entity(key="case", plural="cases", label="Case", is_person=True)
Theme = Enum("Theme", {name: name for name in THEMES})
Region = Enum("Region", {name: name for name in REGIONS})
Formula = Callable[[Any, Any, Any], Any]


class Exact(Variable):
    """A variable whose numbers are float64, or what ``number`` says."""

    number: type = np.float64

    def __init__(self, baseline_variable: Variable | None = None) -> None:
        super().__init__(baseline_variable)
        if self.value_type is float:
            self.dtype = Exact.number


def variable(name: str, value_type: type, formula: Formula | None = None) -> type[Variable]:
    """A variable as a class statement makes it."""
    content: dict[str, Any] = {
        "value_type": value_type, "entity": Case, "definition_period": DateUnit.YEAR, "label": name,
    }  # fmt: skip
    if issubclass(value_type, Enum):
        content |= {"value_type": Enum, "possible_values": value_type, "default_value": next(iter(value_type))}
    if formula is not None:
        content["formula"] = formula
    return type(name, (Exact,), content)


# --- criteria and rules ----------------------------------------------------------------------------------------------


def reach(case: Any, period: Any, parameters: Any) -> Any:
    members = case("members", period)
    return np.select([members >= 500, members >= 100, members >= 25], [10.0, 6.0, 3.0], 0.0)


def other_reach(case: Any, period: Any, parameters: Any) -> Any:
    return case("members", period) / 50


def target(case: Any, period: Any, parameters: Any) -> Any:
    return case("target_share", period) * 15


def continuity(case: Any, period: Any, parameters: Any) -> Any:
    return np.where(case("continues", period), np.minimum(case("years_running", period), 3) / 3 * 8, 0.0)


def volunteers(case: Any, period: Any, parameters: Any) -> Any:
    return case("volunteers", period) / 4


def own(case: Any, period: Any, parameters: Any) -> Any:
    return case("own_funding", period) / case("requested", period) * 60


def youth(case: Any, period: Any, parameters: Any) -> Any:
    share = case("youth_share", period)
    return share * share * 10


def theme(case: Any, period: Any, parameters: Any) -> Any:
    own_theme = case("theme", period)
    listed = [Theme.integration, Theme.health, Theme.culture]
    return np.select([own_theme == one for one in listed], [10.0, 7.0, 5.0], 2.0)


def place(case: Any, period: Any, parameters: Any) -> Any:
    region = case("region", period)
    by_region = np.select([region == Region.north, region == Region.inland], [4.0, 2.0], 0.0)
    return np.where(case("local_partner", period), 5.0, 0.0) + by_region


def completion(case: Any, period: Any, parameters: Any) -> Any:
    return np.maximum(case("completion_share", period) - 0.5, 0.0) * 20


def activity(case: Any, period: Any, parameters: Any) -> Any:
    return np.minimum(case("activities", period), 12) * 0.75 + np.where(case("employees", period) == 0, 1.0, 0.0)


CRITERIA: dict[str, Formula] = {
    one.__name__: one for one in (reach, target, continuity, volunteers, own, youth, theme, place, completion, activity)
}
RULES: dict[str, Formula] = {
    "enough_members": lambda case, period, parameters: case("members", period) >= parameters(period).least_members,
    "size": lambda case, period, parameters: (
        (case("requested", period) >= 10_000_00) & (case("requested", period) <= 1_500_000_00)
    ),
    "staff": lambda case, period, parameters: (case("employees", period) <= 4) | case("local_partner", period),
    "statutes": lambda case, period, parameters: case("has_statutes", period),
    "volume": lambda case, period, parameters: case("participants", period) * case("activities", period) >= 200,
}


def weighed(name: str, points: Formula) -> type[Variable]:
    """A criterion's whole units: cut, weighed by its parameter, rounded once."""

    def formula(case: Any, period: Any, parameters: Any) -> Any:
        cut = np.clip(points(case, period, parameters), 0.0, MOST_POINTS[name])
        return np.rint(cut * parameters(period).weights[name] * POINT_UNITS)

    return variable(f"points_{name}", float, formula)


def total(case: Any, period: Any, parameters: Any) -> Any:
    return sum(case(f"points_{name}", period) for name in CRITERIA)


def eligible(case: Any, period: Any, parameters: Any) -> Any:
    return np.logical_and.reduce([case(name, period) for name in RULES])


# --- system, reform, simulation --------------------------------------------------------------------------------------


def value_type(values: NDArray[Any], name: str) -> type:
    if name in ("theme", "region"):
        return Theme if name == "theme" else Region
    if values.dtype == np.bool_:
        return bool
    # Øre do not fit into int32; as float64 they are exact.
    return float if values.dtype == np.float64 or name in ("requested", "own_funding") else int


def system(cases: Columns, base: Settings) -> TaxBenefitSystem:
    """The baseline legislation."""
    made = TaxBenefitSystem([Case])
    figures = {name: {"values": {START: weight}} for name, weight in base.weights.items()}
    made.parameters = ParameterNode(
        "", data={"weights": figures, "least_members": {"values": {START: base.least_members}}}
    )
    for name, values in cases.items():
        if name != "id":
            made.add_variable(variable(name, value_type(values, name)))
    for name, formula in RULES.items():
        made.add_variable(variable(name, bool, formula))
    for name, formula in CRITERIA.items():
        made.add_variable(weighed(name, formula))
    made.add_variable(variable("total", float, total))
    made.add_variable(variable("eligible", bool, eligible))
    return made


def reformed(baseline: TaxBenefitSystem, base: Settings, settings: Settings) -> TaxBenefitSystem:
    """The legislation with other settings; what only allocation reads needs no reform."""
    weights = {name: weight for name, weight in settings.weights.items() if weight != base.weights[name]}
    other_members = settings.least_members != base.least_members
    if not (weights or other_members or settings.other_reach):
        return baseline

    def change(parameters: ParameterNode) -> ParameterNode:
        for name, weight in weights.items():
            getattr(parameters.weights, name).update(period=PERIOD, value=weight)
        if other_members:
            parameters.least_members.update(period=PERIOD, value=settings.least_members)
        return parameters

    class Changed(Reform):
        def apply(self) -> None:
            if weights or other_members:
                self.modify_parameters(change)
            if settings.other_reach:
                self.update_variable(weighed("reach", other_reach))

    return Changed(baseline)


def touched(base: Settings, settings: Settings) -> list[str]:
    """The variables that a reform changes, and those that follow from them."""
    found = [f"points_{name}" for name, weight in settings.weights.items() if weight != base.weights[name]]
    if settings.other_reach and "points_reach" not in found:
        found.append("points_reach")
    rules = ["enough_members", "eligible"] if settings.least_members != base.least_members else []
    return [*found, *(["total"] if found else []), *rules]


class ByOpenFisca:
    """Simulations of one table. What a scenario keeps is told by ``how``: ``nothing``, ``inputs`` or ``part``."""

    def load(self, cases: Columns, base: Settings) -> None:
        self.cases, self.base = cases, base
        self.system = system(cases, base)
        # In the types that OpenFisca stores, so that setting an input copies and converts nothing.
        self.inputs = {
            name: stored(self.system.get_variable(name), values) for name, values in cases.items() if name != "id"
        }
        self.computed = [*RULES, *(f"points_{name}" for name in CRITERIA), "total", "eligible"]
        self.kept = self.simulation(self.system)

    def simulation(self, legislation: TaxBenefitSystem) -> Simulation:
        """A new simulation with the inputs set."""
        made = SimulationBuilder().build_default_simulation(legislation, len(self.cases["id"]))
        for name, values in self.inputs.items():
            made.set_input(name, PERIOD, values)
        return made

    def grants(self, simulation: Simulation, settings: Settings, how: str) -> NDArray[np.int64]:
        points = simulation.calculate("total", PERIOD).astype(np.int64)
        give = select if how == "part" else allocate
        return give(points, simulation.calculate("eligible", PERIOD), self.cases, settings)

    def baseline(self, how: str) -> NDArray[np.int64]:
        """The first evaluation: of a simulation built for it (``nothing``), or of one whose inputs are set already."""
        if how == "nothing":
            self.before = self.grants(self.simulation(self.system), self.base, how)
        else:
            self.forget(self.computed)
            self.before = self.grants(self.kept, self.base, how)
        return self.before

    def scenario(self, settings: Settings, how: str) -> Comparison:
        legislation = reformed(self.system, self.base, settings)
        if how == "nothing":
            return compare(self.before, self.grants(self.simulation(legislation), settings, how))
        gone = self.computed if how == "inputs" else touched(self.base, settings)
        baseline = {name: self.kept.get_array(name, PERIOD) for name in gone}
        self.forget(gone)
        self.kept.tax_benefit_system = legislation
        try:
            return compare(self.before, self.grants(self.kept, settings, how))
        finally:
            # The baseline's values are put back, for the next scenario to start from.
            self.kept.tax_benefit_system = self.system
            for name, values in baseline.items():
                self.kept.set_input(name, PERIOD, values)

    def sweep(self, steps: list[Settings], how: str) -> Iterator[Comparison]:
        return (self.scenario(settings, how) for settings in steps)

    def forget(self, names: list[str]) -> None:
        for name in names:
            self.kept.delete_arrays(name, PERIOD)


def stored(of: Variable, values: NDArray[Any]) -> NDArray[Any]:
    """An input as OpenFisca keeps it."""
    return of.possible_values.encode(values) if of.value_type is Enum else values.astype(of.dtype, copy=False)


# --- commands --------------------------------------------------------------------------------------------------------


def answer(worker: ByOpenFisca, folder: Path, command: dict[str, Any]) -> dict[str, Any]:
    """Carry out one command; øre granted, or figures, go to ``result.npy``, seconds back."""
    steps = [Settings(**one) for one in command.get("settings", [])]
    if command["do"] == "load":
        cases = {path.stem: np.load(path) for path in folder.glob("column-*.npy")}
        named = {name.removeprefix("column-"): values for name, values in cases.items()}
        start = time.perf_counter()
        worker.load(named, steps[0])
        return {"seconds": time.perf_counter() - start}
    if command["do"] == "memory":
        with PeakMemory() as memory:
            worker.baseline(command["how"])
            worker.scenario(steps[0], command["how"])
        return {"before": memory.before, "peak": memory.peak}
    start = time.perf_counter()
    if command["do"] == "baseline":
        granted = [worker.baseline(command["how"])]
    elif command["do"] == "scenario":
        granted = [worker.scenario(steps[0], command["how"]).granted]
    elif command["do"] == "sweep":
        granted = [one.granted for one in worker.sweep(steps, command["how"])]
    else:
        granted = [figures(one) for one in worker.sweep(steps, command["how"])]
    seconds = time.perf_counter() - start
    np.save(folder / "result.npy", np.stack(granted))
    return {"seconds": seconds}


def main() -> None:
    worker, folder, answers = ByOpenFisca(), Path(sys.argv[1]), sys.stdout
    if "float32" in sys.argv:
        Exact.number = np.float32
    # Nothing but answers goes to the pipe.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        print(json.dumps(answer(worker, folder, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
