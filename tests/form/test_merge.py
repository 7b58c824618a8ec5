"""What two have written in one draft is brought together: nothing is lost, and nobody's order matters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import answers

from grantengine.compile.plan import Plan
from grantengine.form.burden import minutes_to_apply, told_minutes
from grantengine.form.merge import NOTHING, Clash, clean_text, digest, merge
from grantengine.form.progress import progress, shown_fields

Answers = dict[str, Any]


def shown(plan: Plan, draft: Answers) -> dict[str, str]:
    """The digests that a page with this draft carries."""
    return {name: digest(field, draft.get(name)) for name, field in plan.form.by_id.items()}


def whole(plan: Plan, draft: Answers) -> Answers:
    """Every question of the form with its answer, as a page that shows all of it sends it."""
    return {name: draft.get(name) for name in plan.form.by_id}


def same(plan: Plan, one: Answers, other: Answers) -> bool:
    return shown(plan, one) == shown(plan, other)


def test_only_what_was_changed_is_taken(example: Plan) -> None:
    draft = {"members": 5, "summary": "Kari skrev dette"}
    page = shown(example, {"members": 5})
    merged = merge(example.form, draft, page, {"members": 12, "summary": None})
    assert merged.answers == {"members": 12, "summary": "Kari skrev dette"}
    assert (merged.taken, merged.clashes) == (("members",), ())


def test_where_both_have_written_both_sides_are_told(example: Plan) -> None:
    page = shown(example, {"summary": "Først"})
    merged = merge(example.form, {"summary": "Karis"}, page, {"summary": "Mitt", "members": 3})
    assert merged.clashes == (Clash("summary", "Mitt", "Karis"),)
    assert merged.answers == {"summary": "Karis", "members": 3}


def test_an_answer_is_taken_away(example: Plan) -> None:
    merged = merge(example.form, {"members": 5}, shown(example, {"members": 5}), {"members": None})
    assert (merged.answers, merged.taken) == ({}, ("members",))


def test_a_page_that_does_not_say_what_it_showed_takes_nothing_away(example: Plan) -> None:
    merged = merge(example.form, {"summary": "Karis"}, {}, {"summary": "Mitt"})
    assert merged.clashes == (Clash("summary", "Mitt", "Karis"),)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("requested", "12000", "12000.00"),
        ("requested", 12000, "12000.0"),
        ("members", 5, 5.0),
        ("summary", "a\r\nb", "a\nb"),
        ("summary", " \n", None),
        ("summary", "a\x07b", "ab"),
        ("partners", [], None),
        ("partners", [{"name": "B", "task": ""}, {}], [{"name": "B", "amount": None}]),
        ("partners", [{"name": "B", "amount": 5}], [{"amount": "5.00", "name": "B"}]),
    ],
)
def test_two_ways_to_write_the_same_are_no_change(example: Plan, question: str, one: Any, other: Any) -> None:
    field = example.form.by_id[question]
    assert digest(field, one) == digest(field, other)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [("continues_earlier", 1, True), ("continues_earlier", False, None), ("members", "5", 5), ("requested", "12 000", "12000")],
)  # fmt: skip
def test_what_reads_alike_but_is_not_the_same_is_a_change(example: Plan, question: str, one: Any, other: Any) -> None:
    field = example.form.by_id[question]
    assert digest(field, one) != digest(field, other)


def test_a_text_is_kept_without_what_nobody_can_see() -> None:
    assert (
        clean_text("en\r\nto\rtre\vfire\ffem\x07\tseks \u202eא\u200f 🎉")
        == "en\nto\ntre\nfire\nfem\tseks \u202eא\u200f 🎉"
    )


@given(before=answers(), mine=answers(), theirs=answers())
def test_nothing_is_lost(example: Plan, before: Answers, mine: Answers, theirs: Answers) -> None:
    merged = merge(example.form, theirs, shown(example, before), whole(example, mine))
    told = {clash.field: clash for clash in merged.clashes}
    for name, field in example.form.by_id.items():
        was, here, there, now = (digest(field, one.get(name)) for one in (before, mine, theirs, merged.answers))
        if name in told:
            assert (told[name].mine, told[name].theirs) == (mine.get(name), theirs.get(name))
            assert (was != here, was != there, here != there, now) == (True, True, True, there)
        else:
            assert now == (there if here == was else here)


@given(
    before=answers(), one=answers(), other=answers(), names=st.sets(st.sampled_from(["members", "summary", "partners"]))
)
def test_where_they_write_in_different_fields_the_order_does_not_matter(
    example: Plan, before: Answers, one: Answers, other: Answers, names: set[str]
) -> None:
    base = shown(example, before)
    first = {name: one.get(name) if name in names else before.get(name) for name in example.form.by_id}
    second = {name: before.get(name) if name in names else other.get(name) for name in example.form.by_id}
    orders = []
    for pages in ((first, second), (second, first)):
        draft = before
        for page in pages:
            merged = merge(example.form, draft, base, page)
            assert merged.clashes == ()
            draft = dict(merged.answers)
        orders.append(draft)
    assert same(example, *orders)


@given(before=answers(), mine=answers())
def test_the_same_page_sent_twice_changes_nothing_more(example: Plan, before: Answers, mine: Answers) -> None:
    base = shown(example, before)
    once = merge(example.form, before, base, whole(example, mine))
    again = merge(example.form, once.answers, base, whole(example, mine))
    assert (again.answers, again.taken, again.clashes) == (once.answers, (), ())


def test_no_answer_has_one_digest(example: Plan) -> None:
    assert {digest(field, None) for field in example.form.fields} == {NOTHING}


def test_how_far_one_has_come(example: Plan) -> None:
    draft = {"members": 5, "employees": "mange", "municipality": "0301", "continues_earlier": True}
    shown_now = shown_fields(example.form, draft)
    assert "years_running" in shown_now
    assert "years_running" not in shown_fields(example.form, {"continues_earlier": False, "years_running": 2})
    pages = progress(example.form, draft, shown_now, ())
    assert (pages["organisation"].answered, pages["organisation"].missing) == (3, ())
    assert pages["organisation"].is_complete
    assert (pages["project"].asked, pages["project"].answered) == (7, 1)
    assert pages["project"].missing == ("summary", "years_running", "requested", "target_group_share")
    assert not pages["project"].is_complete


def test_the_minutes_of_pages_add_up_to_what_is_told_of_the_whole(example: Plan) -> None:
    def left(draft: Answers) -> dict[str, int]:
        pages = progress(example.form, draft, shown_fields(example.form, draft), ())
        return {page: one.minutes_left for page, one in pages.items()}

    at_first = left({})
    assert sum(at_first.values()) == told_minutes(minutes_to_apply(example.form))
    assert all(at_first.values())
    # Where it is known that a question does not come, it takes no time; where a page is done, nothing on it does.
    assert sum(left({"continues_earlier": False}).values()) <= sum(left({}).values())
    done = {"members": 5, "employees": 2, "municipality": "0301"}
    assert left(done)["organisation"] == 0
    assert sum(left(done).values()) == left(done)["project"] > 0


def test_minutes_are_rounded_up_as_they_are_told() -> None:
    assert [told_minutes(one) for one in (0.5, 5, 31, 89, 91)] == [5, 5, 35, 90, 120]
