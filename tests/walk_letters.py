"""Scenes of letters: what is written for them, how they go out, and what comes back."""

from __future__ import annotations

from datetime import date, timedelta

from closed import COMMITTEE, Closed, closed, decided, proposed, sent
from stage import Call, Stage, changes, reads

from grantengine.records import By
from grantengine.services.case_paper import case_paper
from grantengine.services.interim_reply import (
    change_params,
    remind_of_slipped,
    reply_for_change,
    send_interim_replies,
)
from grantengine.services.letter_settings import change_letter_settings, read_letter_settings
from grantengine.services.publish_decisions import publish_decisions
from grantengine.services.see_letter import list_letters, preview_letter, read_letter
from grantengine.services.send_letters import send_letters
from grantengine.services.submit_appeal import list_appeals, submit_appeal
from grantengine.services.text_blocks import keep_text_block, list_text_blocks, remove_text_block
from grantengine.services.write_reasons import see_reasons, write_reasons

WORDS = {"nb": "Mange har søkt.", "nn": "Mange har søkt."}


def letter_of(on: Stage, there: Closed) -> str:
    """The id of the first applicant's letter."""
    return list_letters(on.engine, there.first.by, there.first.id)[-1].id


@changes("write_reasons.write_reasons")
def _(on: Stage) -> Call:
    there = closed(on)
    proposed(on, there)
    return Call(
        on.handler, lambda by: write_reasons(on.engine, by, there.first.id, note="Et godt tiltak."), there.first
    )


@reads("write_reasons.see_reasons")
def _(on: Stage) -> Call:
    there = closed(on)
    proposed(on, there)
    return Call(on.handler, lambda by: see_reasons(on.engine, by, there.first.id), there.first)


@changes("text_blocks.keep_text_block")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: keep_text_block(on.engine, by, on.authority, "many", WORDS))


@changes("text_blocks.remove_text_block")
def _(on: Stage) -> Call:
    keep_text_block(on.engine, on.handler, on.authority, "gone", WORDS)
    return Call(on.handler, lambda by: remove_text_block(on.engine, by, on.authority, "gone"))


@reads("text_blocks.list_text_blocks")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: list_text_blocks(on.engine, by, on.authority))


@changes("letter_settings.change_letter_settings")
def _(on: Stage) -> Call:
    return Call(
        on.admin,
        lambda by: change_letter_settings(on.engine, by, on.authority, appeal_section="forvaltningsloven § 28"),
    )


@reads("letter_settings.read_letter_settings")
def _(on: Stage) -> Call:
    return Call(on.handler, lambda by: read_letter_settings(on.engine, by, on.authority))


@reads("see_letter.preview_letter")
def _(on: Stage) -> Call:
    there = closed(on)
    decided(on, there)
    return Call(there.second, lambda by: preview_letter(on.engine, by, there.first.id), there.first)


@changes("publish_decisions.publish_decisions")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = decided(on, there)
    return Call(there.second, lambda by: publish_decisions(on.engine, by, allocation), there.first)


@changes("send_letters.send_letters")
def _(on: Stage) -> Call:
    there = closed(on)
    allocation = decided(on, there)
    return Call(on.system, lambda by: send_letters(on.engine, by, allocation), there.first)


@reads("see_letter.read_letter")
def _(on: Stage) -> Call:
    there = sent(on)
    letter = letter_of(on, there)
    return Call(there.first.by, lambda by: read_letter(on.engine, by, letter), there.first)


@reads("see_letter.list_letters")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(there.first.by, lambda by: list_letters(on.engine, by, there.first.id), there.first)


@changes("interim_reply.send_interim_replies")
def _(on: Stage) -> Call:
    there = closed(on)
    new = date(2027, 6, 15)
    return Call(
        on.handler,
        lambda by: send_interim_replies(on.engine, by, there.call, expected=new, reason="Mange har søkt"),
        there.first,
    )


@changes("interim_reply.reply_for_change")
def _(on: Stage) -> Call:
    there = closed(on)
    params = change_params(date(2027, 6, 15), date(2027, 5, 15), "Mange har søkt")
    return Call(on.system, lambda by: reply_for_change(on.engine, by, there.call, params), there.first)


@changes("interim_reply.remind_of_slipped")
def _(on: Stage) -> Call:
    closed(on)
    late = By("system", None, on.world.clock.at + timedelta(days=200))
    return Call(late, lambda by: remind_of_slipped(on.engine, by))


@changes("submit_appeal.submit_appeal")
def _(on: Stage) -> Call:
    there = sent(on)
    return Call(there.first.by, lambda by: submit_appeal(on.engine, by, there.first.id, "Vi er uenige."), there.first)


@reads("submit_appeal.list_appeals")
def _(on: Stage) -> Call:
    there = sent(on)
    submit_appeal(on.engine, there.first.by, there.first.id, "Vi er uenige.")
    return Call(there.first.by, lambda by: list_appeals(on.engine, by, there.first.id), there.first)


@reads("case_paper.case_paper")
def _(on: Stage) -> Call:
    there = closed(on, COMMITTEE)
    allocation = proposed(on, there)
    return Call(there.second, lambda by: case_paper(on.engine, by, allocation), there.first)
