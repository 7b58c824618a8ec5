"""What tests of pages share."""

from __future__ import annotations

import pytest
from reader import Site
from worlds import World


@pytest.fixture
def site(world: World) -> Site:
    """The pages on a small world."""
    return Site.of(world)
