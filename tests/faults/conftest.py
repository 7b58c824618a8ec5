from collections.abc import Iterator

import pytest
from mailbox_server import Mailbox
from nursery import Nursery, nursery_in


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where the processes come from that are killed."""
    with nursery_in(tmp_path_factory.mktemp("nursery")) as made:
        yield made


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server that takes mail."""
    box = Mailbox()
    box.start()
    yield box
    box.stop()
