"""What the organisation register says of an applicant: recorded answers, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from register_server import RegisterServer, register_server, sample

from grantengine import Applicant, Engine, SourceDown
from grantengine.http_client import HttpClient
from grantengine.testing import AnswersInMemory, collected

QUICK = HttpClient(connect=0.3, read=0.3, retries=2)
NOTHING = {
    "active": False, "organisation_form": None, "voluntary_register": False, "employees": None, "municipality": None,
    "founded": None,
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with register_server() as running:
        yield running


def ask(engine: Engine, server: RegisterServer, number: str | None) -> dict[str, Any]:
    """The values that the source gives of an applicant with this number."""
    found = collected(
        engine, "register", applicant=Applicant("1", "Vi", number), http=QUICK, settings={"register_url": server.url}
    )
    return dict(found.values)


def test_what_the_register_says_becomes_columns(engine: Engine, server: RegisterServer) -> None:
    company = server.knows(sample("enheter-details-response"))
    assert ask(engine, server, company) == {
        "active": True, "organisation_form": "AS", "voluntary_register": False, "employees": 50,
        "municipality": "0301", "founded": "2017-10-20",
    }  # fmt: skip
    [club] = sample("enheter-search-page2-response")["_embedded"]["enheter"]
    assert ask(engine, server, server.knows({**club, "registrertIFrivillighetsregisteret": True})) == {
        "active": True, "organisation_form": "FLI", "voluntary_register": True, "employees": 0,
        "municipality": "3101", "founded": "2005-06-20",
    }  # fmt: skip


@pytest.mark.parametrize("flag", ["konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning"])
def test_who_is_being_wound_up_is_not_active(engine: Engine, server: RegisterServer, flag: str) -> None:
    number = server.knows({**sample("enheter-details-response"), flag: True})
    assert ask(engine, server, number)["active"] is False


def test_who_is_deleted_is_not_active(engine: Engine, server: RegisterServer) -> None:
    deleted = server.knows(sample("enheter-details-deleted-response"))
    assert ask(engine, server, deleted) == {**NOTHING, "organisation_form": "UTBG"}
    server.answers["/api/enheter/974760673"] = (410, b"")
    assert ask(engine, server, "974760673") == NOTHING


def test_parts_of_units_have_numbers_too(engine: Engine, server: RegisterServer) -> None:
    closed = server.knows(sample("underenheter-details-response"), "underenheter")
    assert ask(engine, server, closed)["active"] is False  # closed in 2018
    server.knows({**sample("underenheter-details-response"), "nedleggelsesdato": "2027-06-02"}, "underenheter")
    assert ask(engine, server, closed) == {
        "active": True, "organisation_form": "BEDR", "voluntary_register": False, "employees": 50,
        "municipality": "0301", "founded": None,
    }  # fmt: skip
    deleted = server.knows(sample("underenheter-details-deleted-response"), "underenheter")
    assert ask(engine, server, deleted)["active"] is False


def test_a_number_that_nobody_has_is_not_active(engine: Engine, server: RegisterServer) -> None:
    assert ask(engine, server, "974760673") == NOTHING
    assert server.asked == ["/api/enheter/974760673", "/api/underenheter/974760673"]


def test_who_has_no_number_is_known_not_to_be_registered(engine: Engine, server: RegisterServer) -> None:
    assert ask(engine, server, None) == NOTHING
    assert server.asked == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_is_asked_again_before_it_counts_as_down(engine: Engine, server: RegisterServer, status: int) -> None:
    number = server.knows(sample("enheter-details-response"))
    server.before = [status, status]
    assert ask(engine, server, number)["active"] is True
    assert len(server.asked) == 3
    server.before = [status] * 3
    with pytest.raises(SourceDown, match=str(status)):
        ask(engine, server, number)


def test_an_answer_that_does_not_come_is_not_waited_for(engine: Engine, server: RegisterServer) -> None:
    server.hangs = True
    with pytest.raises(SourceDown):
        ask(engine, server, "974760673")


def test_nobody_who_listens_is_a_source_that_is_down(engine: Engine) -> None:
    with register_server() as server:
        pass
    with pytest.raises(SourceDown):
        ask(engine, server, "974760673")


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"{not json"),
        (200, b""),
        (200, b"[]"),
        (200, b'{"organisasjonsnummer": "971032081"}'),
        (403, b"{}"),
        (400, b'{"feilmelding": "ugyldig"}'),
    ],
    ids=["broken", "empty", "list", "another unit", "forbidden", "refused"],
)
def test_an_answer_of_another_kind_says_nothing(
    engine: Engine, server: RegisterServer, answer: tuple[int, bytes]
) -> None:
    server.answers["/api/enheter/974760673"] = answer
    with pytest.raises(SourceDown):
        ask(engine, server, "974760673")


def test_odd_values_are_no_values(engine: Engine, server: RegisterServer) -> None:
    body = {
        **sample("enheter-details-response"), "stiftelsesdato": "i fjor", "antallAnsatte": True,
        "organisasjonsform": "AS", "forretningsadresse": None, "postadresse": {"kommunenummer": ""},
    }  # fmt: skip
    assert ask(engine, server, server.knows(body)) == {**NOTHING, "active": True}


def test_addresses_are_not_kept(engine: Engine, server: RegisterServer) -> None:
    body = {**sample("enheter-details-response"), "epostadresse": "kari@example.org", "mobil": "99 99 99 99"}
    found = collected(
        engine, "register", applicant=Applicant("1", "Vi", server.knows(body)), http=QUICK,
        settings={"register_url": f"{server.url}/"},
    )  # fmt: skip
    assert found.raw == {
        "organisasjonsnummer": "112233445", "navn": "SESAM STASJON", "organisasjonsform": "AS", "konkurs": False,
        "underAvvikling": False, "underTvangsavviklingEllerTvangsopplosning": False, "antallAnsatte": 50,
        "registrertIFrivillighetsregisteret": False, "stiftelsesdato": "2017-10-20", "kommunenummer": "0301",
    }  # fmt: skip


def test_the_public_register_is_asked_where_no_other_is_set(engine: Engine) -> None:
    web = AnswersInMemory()
    collected(engine, "register", applicant=Applicant("1", "Vi", "974760673"), http=web)
    assert web.asked[0] == "https://data.brreg.no/enhetsregisteret/api/enheter/974760673"


def test_a_register_that_is_switched_off_is_not_asked(engine: Engine) -> None:
    web = AnswersInMemory()
    with pytest.raises(SourceDown, match="switched off"):
        collected(
            engine, "register", applicant=Applicant("1", "Vi", "974760673"), http=web, settings={"register_url": "off"}
        )
    assert web.asked == []
