"""What tests of pages share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from everyone import Everyone
from reader import Site
from worlds import World


@pytest.fixture
def site(world: World) -> Site:
    """The pages on a small world."""
    return Site.of(world)


@pytest.fixture(scope="module")
def everyone(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    """Everyone there is, in a world that is the module's own."""
    file = tmp_path_factory.mktemp("everyone") / "world.db"
    shutil.copy(sqlite_pattern, file)
    found = Everyone.on(file)
    yield found
    found.world.engine.store.database.close()
