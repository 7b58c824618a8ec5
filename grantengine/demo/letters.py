"""The words of letters, the reasons that are written for each, and the job that sends them."""

from __future__ import annotations

from datetime import timedelta

from grantengine.demo.invented import DOMAIN
from grantengine.demo.invented_words import APPEALS_GO_TO, BLOCKS, CONDITION, NOTES, SECTIONS, WHY
from grantengine.demo.timeline import Story
from grantengine.demo.world import DemoCall, World
from grantengine.services.letter_settings import change_letter_settings
from grantengine.services.list_applications import list_of_call
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.run_jobs import run_jobs
from grantengine.services.see_allocation import ProposedSeen, see_allocation
from grantengine.services.text_blocks import keep_text_block
from grantengine.services.write_reasons import see_reasons, write_reasons

CONDITIONS = 5
"""Every fifth grant has a condition."""


def letter_words(world: World, key: str) -> None:
    """What the letters of an authority say of the law, and the texts that it uses again and again."""
    authority = world.authorities[key]
    change_letter_settings(
        world.engine, world.by(world.staff[f"{key}/leader/0"]), authority, **SECTIONS, email=f"post@{key}.{DOMAIN}",
        appeal_body=APPEALS_GO_TO,
    )  # fmt: skip
    for name, (grounds, words) in BLOCKS.items():
        keep_text_block(
            world.engine, world.by(world.staff[f"{key}/handler/0"]), authority, name, words, grounds=grounds
        )  # fmt: skip


def reasons(world: World, call: DemoCall, allocation: str) -> Story:
    """A handler writes why, case by case; to those who are refused also what would have changed it."""
    rated = [criterion.id for criterion in call.plan.all_criteria if criterion.rated]
    for place, case in enumerate(see_allocation(world.engine, world.by(call.handler), allocation).cases):
        yield world.now + timedelta(minutes=3)
        rng = world.chance(f"reasons/{call.scheme}/{place}")
        level = "high" if case.granted else "middle"
        write_reasons(
            world.engine, world.by(call.handler), case.application_id, note=rng.choice(WHY[case.granted > 0]),
            notes={criterion: rng.choice(NOTES[level]) for criterion in rated},
            blocks=[name for name, (grounds, _) in BLOCKS.items() if case.ground.split(":")[0] in grounds],
            counterfactuals=_changes(world, call, case),
            conditions=[CONDITION] if case.granted and place % CONDITIONS == 0 else (),
        )  # fmt: skip


def _changes(world: World, call: DemoCall, case: ProposedSeen) -> list[str]:
    """All that would have changed a refusal; a handler reads it, and approves."""
    if case.granted:
        return []
    return [one.id for one in see_reasons(world.engine, world.by(call.handler), case.application_id).offered]


def publish(world: World, call: DemoCall, allocation: str) -> Story:
    """The letters are ordered, and the worker sends them some minutes later."""
    publish_decisions(world.engine, world.by(call.handler), allocation)
    yield world.now + timedelta(minutes=5)
    run_jobs(world.engine, world.system, limit=1000)
    told = {one.id: one for one in world.received[call.id]}
    for status in ("granted", "refused"):
        after: str | None = ""
        while after is not None:
            page = list_of_call(
                world.engine, world.by(call.handler), call.id, statuses={status}, after=after, limit=200
            )  # fmt: skip
            for one in page.items:
                told[one.id].is_granted = status == "granted"
            after = page.after
