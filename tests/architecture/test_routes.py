"""Every address of the pages says who may use it, and the application does not start where one does not."""

from __future__ import annotations

from importlib import metadata
from inspect import signature

import pytest
from flask import Flask

from grantengine.bootstrap import bootstrap
from grantengine_web import create_app
from grantengine_web.access import Who, access_of, check_declared, open_to

WITHOUT_A_VIEW = {"static"}
"""Files of our own."""


def app() -> Flask:
    """The pages; no database is needed to look at their addresses."""
    return create_app(bootstrap({}))


def test_every_route_declares_who_may_use_it() -> None:
    pages = app()
    endpoints = {rule.endpoint for rule in pages.url_map.iter_rules()} - WITHOUT_A_VIEW
    assert {name for name in endpoints if access_of(pages, name) is None} == set()
    assert len(endpoints) > 5


def test_an_application_with_a_route_that_does_not_say_so_is_refused() -> None:
    @open_to(Who.SIGNED_IN)
    def said() -> str:
        return ""

    silent = Flask("silent")
    silent.add_url_rule("/said", view_func=said)
    check_declared(silent)
    silent.add_url_rule("/unsaid", "unsaid", lambda: "")
    with pytest.raises(LookupError, match="unsaid"):
        check_declared(silent)


def test_nothing_that_changes_anything_answers_to_a_mere_link() -> None:
    pages = app()
    both = [rule.rule for rule in pages.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())]
    assert both == []


def test_the_server_finds_the_pages_by_their_entry_point() -> None:
    [point] = metadata.entry_points(group="grantengine.web", name="app")
    assert point.load() is create_app
    assert next(iter(signature(create_app).parameters)) == "engine"
