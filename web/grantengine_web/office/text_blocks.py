"""Texts that an authority uses again and again in its letters: listed, written, changed, and used no more."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, Problem
from grantengine.services.text_blocks import (
    GROUNDS,
    NEEDED,
    WHO,
    TextBlockSeen,
    keep_text_block,
    list_text_blocks,
    remove_text_block,
)
from grantengine.settings import LANGUAGES
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.office import office
from grantengine_web.office.authorities import authority_seen
from grantengine_web.words import labelled, t

WRITERS = tuple(sorted(WHO))


@office.get("/authorities/<id>/texts")
@open_to(Who.SIGNED_IN, *WRITERS)
def text_blocks(id: str) -> ResponseReturnValue:
    """All that are in use; with ``change``, one of them to be written anew; and a form for another."""
    blocks = list_text_blocks(here.engine(), here.by(), id)
    wanted = request.args.get("change")
    one = next((block for block in blocks if block.key == wanted), None)
    if wanted and one is None:
        raise NotFoundError("text-block-unknown", key=wanted)
    return _page(id, blocks, _written(one) if one else {"grounds": []}, changes=one is not None)


@office.post("/authorities/<id>/texts")
@open_to(Who.SIGNED_IN, *WRITERS)
def keep_text(id: str) -> ResponseReturnValue:
    """Keep a text, in place of one of the same name."""
    form = request.form
    said = {code: form.get(f"words/{code}", "") for code in LANGUAGES}
    try:
        keep_text_block(
            here.engine(), here.by(), id, form.get("key", "").strip(), said, grounds=form.getlist("grounds")
        )
    except InputError as error:
        blocks = list_text_blocks(here.engine(), here.by(), id)
        typed = {**form, "grounds": form.getlist("grounds")}
        problems = labelled(error.problems, "admin.texts")
        return _page(id, blocks, typed, problems, 422, changes=bool(form.get("changes")))
    flash(t("web.admin.texts.kept"))
    return redirect(url_for("office.text_blocks", id=id), 303)


@office.post("/authorities/<id>/texts/remove")
@open_to(Who.SIGNED_IN, *WRITERS)
def remove_text(id: str) -> ResponseReturnValue:
    """Use a text no more."""
    remove_text_block(here.engine(), here.by(), id, request.form.get("key", ""))
    flash(t("web.admin.texts.removed"))
    return redirect(url_for("office.text_blocks", id=id), 303)


def _written(block: TextBlockSeen) -> Mapping[str, object]:
    return {"key": block.key, "grounds": list(block.grounds)} | {
        f"words/{code}": words for code, words in block.words.items()
    }


def _page(
    id: str, blocks: tuple[TextBlockSeen, ...], typed: Mapping[str, object], problems: tuple[Problem, ...] = (),
    status: int = 200, *, changes: bool = False,
) -> ResponseReturnValue:  # fmt: skip
    return render_template(
        "office/admin/texts.html", seen=authority_seen(id, *WRITERS), blocks=blocks, typed=typed, problems=problems,
        changes=changes, grounds=GROUNDS, codes=LANGUAGES, needed=NEEDED,
    ), status  # fmt: skip
