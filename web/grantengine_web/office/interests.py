"""Before cases are opened: the list of applicants is read, ties are told, and a leader decides about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotAllowedError, Problem, Where
from grantengine.services.decide_interest import decide_interest
from grantengine.services.declare_interests import declare_interests
from grantengine.services.see_desk import see_desk
from grantengine.services.see_interests import ApplicantListed, InterestsSeen, alphabetical, see_interests
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.account.typed import local
from grantengine_web.office import office
from grantengine_web.office.desk import WORKERS
from grantengine_web.words import t

MANY = 30
"""From so many names on, letters lead into the list."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was filled in: ``answer`` is ``none`` or ``ties``, ``ties`` are the organisations ticked, ``what`` the words."""

    answer: str
    ties: frozenset[str]
    what: dict[str, str]


@office.get("/calls/<id>/interests")
@open_to(Who.SIGNED_IN, *WORKERS)
def interests(id: str) -> ResponseReturnValue:
    """The list of names, with what was declared before."""
    return _page(id)


@office.post("/calls/<id>/interests")
@open_to(Who.SIGNED_IN, *WORKERS)
def declare(id: str) -> ResponseReturnValue:
    """Declare: ties, or that there are none; then on to where one was going."""
    typed = _typed()
    told = {one: typed.what.get(one, "") for one in sorted(typed.ties)}
    problems = _unclear(typed)
    if problems:
        return _page(id, typed=typed, problems=problems, status=422)
    try:
        declare_interests(here.engine(), here.by(), id, told)
    except InputError as error:
        return _page(id, typed=typed, problems=error.problems, status=422)
    to = local(request.form.get("next"), "")
    if told:
        flash(t("web.interests.told"))
        return redirect(url_for("office.interests", id=id, next=to or None), 303)
    flash(t("web.interests.declared"))
    return redirect(to or url_for("office.interests", id=id), 303)


@office.post("/calls/<id>/interests/<interest>")
@open_to(Who.SIGNED_IN, "leader")
def decide(id: str, interest: str) -> ResponseReturnValue:
    """A leader decides about a tie."""
    chosen = request.form.get("conflict", "")
    try:
        taken = decide_interest(
            here.engine(), here.by(), interest, conflict={"yes": True, "no": False}.get(chosen),  # type: ignore[arg-type]
            reason=request.form.get("reason", ""), of_call=id,
        )  # fmt: skip
    except InputError as error:
        return _page(id, deciding=interest, problems=error.problems, status=422)
    except NotAllowedError as error:
        if error.code not in ("own-interest", "conflict-of-interest"):
            raise
        return _page(id, deciding=interest, problems=(error.problem,), status=403)
    flash(t("web.interests.decided-taken", count=len(taken)) if taken else t("web.interests.decided"))
    return redirect(url_for("office.interests", id=id, _anchor=f"tie-{interest}"), 303)


def _typed() -> Typed:
    form = request.form
    what = {name.removeprefix("what."): words for name, words in form.items() if name.startswith("what.")}
    return Typed(form.get("answer", ""), frozenset(form.getlist("tie")), what)


def _unclear(typed: Typed) -> tuple[Problem, ...]:
    """The explicit choice is made, and fits what is ticked."""
    where = Where(pointer="/answer")
    if typed.answer not in ("none", "ties"):
        return (Problem("interests-not-said", where),)
    if typed.answer == "none" and typed.ties:
        return (Problem("interests-contradict", where),)
    if typed.answer == "ties" and not typed.ties:
        return (Problem("interests-none-chosen", where),)
    return ()


def _page(
    id: str, *, typed: Typed | None = None, deciding: str = "", problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    engine, by = here.engine(), here.by()
    seen = see_interests(engine, by, id)
    problems = _named(problems, seen)
    # A short list is one list: letters would leave gaps beside each of them.
    groups = list(letters(seen.applicants)) if len(seen.applicants) > MANY else [("", seen.applicants)]
    return render_template(
        "office/interests/interests.html", desk=see_desk(engine, by, id), seen=seen, problems=problems, deciding=deciding,
        typed=typed or Typed("", frozenset(), {}), groups=groups, many=MANY,
        waiting=sum(one.may_decide and one.tie.status == "declared" for one in seen.of_others),
        next=local(request.values.get("next"), ""), fields=_fields(problems, deciding), form=request.form,
    ), status  # fmt: skip


def _named(problems: Iterable[Problem], seen: InterestsSeen) -> tuple[Problem, ...]:
    """A tie without words is told with the name of the applicant."""
    names = {f"/ties/{one.organisation_id}": one.name for one in seen.applicants}
    return tuple(
        replace(one, code="tie-not-told", params={"name": names[one.where.pointer]})
        if one.code == "reason-missing" and one.where.pointer in names else one
        for one in problems
    )  # fmt: skip


def letters(applicants: Iterable[ApplicantListed]) -> Iterator[tuple[str, list[ApplicantListed]]]:
    """Names by their first letter; those that begin with none of the alphabet come together."""
    for letter, found in groupby(applicants, key=lambda one: _letter(one.name)):
        yield letter, list(found)


def _letter(name: str) -> str:
    first = alphabetical(name)[:1]
    return first.translate(str.maketrans("{|}", "ÆØÅ")).upper() if "a" <= first <= "}" else "#"


def _fields(problems: Iterable[Problem], deciding: str) -> dict[str, Any]:
    """The ids of the fields that problems are about."""
    if deciding:
        return {"/reason": f"reason-{deciding}", "/conflict": f"conflict-{deciding}"}
    return {
        one.where.pointer: f"what-{one.where.pointer.rsplit('/', 1)[-1]}"
        for one in problems
        if one.where.pointer != "/answer"
    }
