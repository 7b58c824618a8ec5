"""Whoever has a tie to an applicant takes no part in its case, through any service that is about one, whatever roles there are.

Where a tie touches the whole call, the access table tells the same (``test_access.py``).
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import OPEN, Case
from walk import SCENES, Call, Stage
from worlds import new_world

import grantengine
from grantengine.errors import NotAllowedError, NotFoundError
from grantengine.records import By
from grantengine.services.appoint import appoint
from grantengine.services.assign_cases import make_assignment
from grantengine.services.declare_interests import declare_interests

SERVICES = Path(grantengine.__file__).parent / "services"
ROLES = ("handler", "leader", "approver", "assessor", "reviewer")
PER_CASE = OPEN.replace("impartiality: call ", "impartiality: case ")
OF_A_CASE = {
    "application_id", "assignment_id", "attachment_id", "booking_id", "comment_id", "letter_id", "partner_id", "thread_id",
}  # fmt: skip
"""What a service takes that is about one case."""
APART = {
    "publish_answer.publish_answer": "tells all who apply, and shows nothing of a case",
    "scan_file.scan_file": "is done by the system alone, and shows nothing",
    "stand_in.appoint_stand_in": "sees to it that others can take part",
}


def about_a_case() -> list[str]:
    """Every service that is about one case."""
    return sorted(
        name
        for file in SERVICES.glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and (name := f"{file.stem}.{node.name}") in SCENES and name not in APART
        and OF_A_CASE & {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    )  # fmt: skip


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_pattern: Path) -> Iterator[Stage]:
    """One world for all scenes, of a scheme that judges impartiality per case."""
    file = tmp_path_factory.mktemp("conflicted") / "conflicted.db"
    shutil.copy(sqlite_pattern, file)
    world = new_world(f"sqlite:///{file}")
    yield Stage(world, PER_CASE)
    world.engine.store.database.close()


def conflicted(on: Stage, case: Case) -> By:
    """Someone with every role in the authority but the administrator's, to whom the case is given to rate, and who then
    declares a tie to the applicant.
    """
    by = on.person()
    for role in ROLES:
        appoint(on.engine, on.admin, authority_id=on.authority, user_id=by.id or "", role=role)
    with on.engine.store.work(on.handler) as work:
        application = work.applications.get(case.id)
        assert application is not None
        make_assignment(work, case.id, by.id or "", "assessor", "assessment")
        call = application.call_id
    if application.submitted_at is not None:
        declare_interests(on.engine, by, call, {case.organisation: "Er med i styret"})
    return by


def of_authority(on: Stage, call: Call) -> bool:
    """Whether it is someone of the authority who does this."""
    with on.engine.store.read() as reading:
        return bool(call.by.id and reading.users.roles_in_authority(call.by.id, on.authority, call.by.at) & {*ROLES})


@pytest.mark.parametrize("service", about_a_case())
def test_a_conflicted_person_takes_no_part_in_the_case(stage: Stage, service: str) -> None:
    call = SCENES[service](stage)
    assert isinstance(call.about, Case)
    theirs = conflicted(stage, call.about)
    with pytest.raises((NotAllowedError, NotFoundError)) as error:
        call(theirs)
    if of_authority(stage, call):
        assert error.value.code == "conflict-of-interest"
