"""What all tests share: hypothesis profiles, one wired engine, and the example scheme."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from factories import DATA, TODAY
from hypothesis import HealthCheck, settings

from grantengine.bootstrap import Engine, bootstrap
from grantengine.compile.plan import Plan

# `ci` tries the same modest number of examples every time; `search` looks for new ones.
_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("ci", deadline=None, max_examples=40, derandomize=True, suppress_health_check=_QUIET)
settings.register_profile("search", deadline=None, max_examples=1000, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as the command line wires it, on a fixed day."""
    return bootstrap({}, today=lambda: TODAY)


@pytest.fixture(scope="session")
def example_path() -> Path:
    """The file of the example scheme."""
    return DATA / "example-scheme.yaml"


@pytest.fixture(scope="session")
def example(engine: Engine, example_path: Path) -> Plan:
    """The example scheme, compiled."""
    return engine.plan(example_path)


def pytest_configure(config: pytest.Config) -> None:
    """An engine is long when it is printed; hypothesis minds, and would hide the failure it tells of."""
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")
