"""The page on hooks says what fact sources are handed, with the exact names, and its example collects."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from grantengine import Applicant, Collected, FactContext, PluginError, SourceDown, Submitted
from grantengine.testing import AnswersInMemory, collected, engine_with

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cls", [FactContext, Submitted, Applicant, Collected])
def test_what_sources_are_handed_and_give_is_documented(cls: type) -> None:
    documented = re.search(rf"`{cls.__name__}\(([^)]*)\)`", PAGE)
    assert documented is not None
    names = [name.split("=")[0].strip() for name in documented[1].split(",")]
    assert names == [one.name for one in fields(cls)]


def test_the_fact_source_in_the_page_collects() -> None:
    program = next(one for one in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL) if "FactSource" in one)
    module = ModuleType("library")
    exec(compile(program, "hooks.md", "exec"), module.__dict__)
    engine = engine_with(("library", module))
    known, odd = "http://library/organisers/974760673", "http://library/organisers/971032081"
    web = AnswersInMemory({known: (200, {"events": 3, "last": "2027-01-31"}), odd: (403, None)})

    def ask(number: str) -> dict[str, object]:
        applicant = Applicant("1", "Vi", number)
        how = {"library_url": "http://library"}
        return dict(collected(engine, "library", applicant=applicant, http=web, settings=how).values)

    assert ask("974760673") == {"events": 3, "last_event": "2027-01-31"}
    assert ask("913000889") == {"events": 0, "last_event": None}
    with pytest.raises(SourceDown):
        ask("971032081")
    with pytest.raises(PluginError) as error:
        collected(engine, "library")  # its setting is missing
    assert error.value.params["hook"] == "fact_source.library.collect"
