"""Files of an application: sent, listed, opened, taken away; what can not be taken is said and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from reader import Browser, Page, Site
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart
from worlds import ANSWERS, NUMBERS, WITH_FILE

from grantengine.services.read_application import read_application
from grantengine.services.run_jobs import run_jobs
from grantengine.services.save_draft import save_draft
from grantengine.services.submit_application import submit_application

PDF = b"%PDF-1.7 budget"
JPEG = b"\xff\xd8\xff\xe0 photo"


@pytest.fixture
def written(site: Site) -> tuple[Browser, str, str, str]:
    """A browser of Kari, her application that takes a file, the page of its files, and Kari."""
    world = site.world
    call, kari = world.call(WITH_FILE), world.user("Kari Nordmann")
    id = world.draft(call, world.organisation(kari), kari, ANSWERS)
    return site.browser(kari), id, f"/applications/{id}/files/budget_file", kari


def send(browser: Browser, path: str, *files: tuple[bytes, str], follow: bool = True) -> Page:
    token = browser.get(path).form(path).values["csrf_token"]
    data = MultiDict[str, Any]([("csrf_token", token)])
    for content, name in files:
        data.add("file", FileStorage(BytesIO(content), name))
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(browser.client.post(path, data=body, content_type=kind, follow_redirects=follow))


def names(site: Site, who: str, id: str) -> list[str]:
    return [one.file_name for one in read_application(site.world.engine, site.world.by(who), id).attachments]


def test_files_and_photos_are_sent_and_are_the_answer(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, id, path, kari = written
    page = browser.get(path)
    assert page.faults() == []
    control = page.find("input", id="file")
    assert control is not None
    assert "image/*" in (control.get("accept") or "")
    page = send(browser, path, (PDF, "Budsjett 2027.pdf"), (JPEG, "IMG_1.jpg"))
    assert page.status == 200
    assert "Lagt ved: Budsjett 2027.pdf, IMG_1.jpg" in page.html
    assert page.faults() == []
    seen = read_application(site.world.engine, site.world.by(kari), id)
    assert [one.file_name for one in seen.attachments] == ["Budsjett 2027.pdf", "IMG_1.jpg"]
    assert seen.draft is not None
    assert seen.draft.answers["budget_file"] == seen.attachments[0].id
    assert {**seen.draft.answers, "budget_file": None} == {**ANSWERS, "budget_file": None}


def test_a_file_is_given_out_to_be_saved_and_never_shown(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, _, path, _ = written
    page = send(browser, path, (PDF, "Årsbudsjett «ny».pdf"))
    answer = browser.client.get(page.links["Årsbudsjett «ny».pdf"])
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"_rsbudsjett _ny_.pdf\"; filename*=UTF-8''%C3%85rsbudsjett%20%C2%ABny%C2%BB.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "tom.pdf", "tom"),
        (b"MZ\x90", "virus.exe", "virus.exe"),
        (b"<html>", "side.pdf", "side.pdf"),
        (b"MZ", "faktura\u202efdp.exe", "fakturafdp.exe"),
        (b"%PDF-" + b"x" * 25_000_000, "stor.pdf", "25"),
    ],
    ids=["empty", "kind", "not-as-named", "turned", "large"],
)
def test_what_can_not_be_taken_is_said_and_the_rest_is_kept(
    site: Site, written: tuple[Browser, str, str, str], content: bytes, name: str, words: str
) -> None:
    browser, id, path, kari = written
    send(browser, path, (PDF, "god.pdf"))
    page = send(browser, path, (content, name), (JPEG, "bilde.jpg"))
    assert page.status == 422
    assert len(page.problems) == 1
    assert words in page.problems[0]
    assert page.faults() == []
    assert names(site, kari, id) == ["god.pdf", "bilde.jpg"]
    seen = read_application(site.world.engine, site.world.by(kari), id)
    assert seen.draft is not None
    assert seen.draft.answers["summary"] == ANSWERS["summary"]


def test_a_request_beyond_all_bounds_is_refused(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, id, path, kari = written
    page = send(browser, path, (b"%PDF-" + b"x" * 31_000_000, "film.pdf"))
    assert (page.status, page.title) == (413, "Det du sendte, er for stort")
    assert names(site, kari, id) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("bud\u202ejsett\u200f.pdf", "budjsett.pdf"),
        ("<b>:*?|.pdf", "b.pdf"),
        ("æøå 😀.pdf", "æøå 😀.pdf"),
    ],
)
def test_names_are_made_harmless(site: Site, written: tuple[Browser, str, str, str], sent: str, kept: str) -> None:
    browser, id, path, kari = written
    page = send(browser, path, (PDF, sent))
    assert names(site, kari, id) == [kept]
    answer = browser.client.get(page.links[kept])
    assert (answer.status_code, "\n" in answer.headers["Content-Disposition"]) == (200, False)


def test_no_file_at_all(written: tuple[Browser, str, str, str]) -> None:
    browser, _, path, _ = written
    page = send(browser, path)
    assert (page.status, page.problems) == (422, ["Velg minst én fil"])


def test_a_file_sent_twice_is_one_and_one_taken_away_leaves_the_other_as_the_answer(
    site: Site, written: tuple[Browser, str, str, str]
) -> None:
    browser, id, path, kari = written
    for _ in range(2):
        page = send(browser, path, (PDF, "b.pdf"), (JPEG, "b.jpg"))
    assert names(site, kari, id) == ["b.pdf", "b.jpg"]
    form = next(one for one in page.forms() if one.action.endswith("/remove"))
    page = browser.send(form)
    assert "Filen er tatt bort" in page.words
    seen = read_application(site.world.engine, site.world.by(kari), id)
    assert seen.draft is not None
    assert [(one.file_name, one.id) for one in seen.attachments] == [("b.jpg", seen.draft.answers["budget_file"])]
    assert browser.send(form).status == 404
    page = browser.send(next(one for one in page.forms() if one.action.endswith("/remove")))
    seen = read_application(site.world.engine, site.world.by(kari), id)
    assert seen.draft is not None
    assert (seen.attachments, "budget_file" in seen.draft.answers) == ((), False)
    assert page.faults() == []


def test_what_was_handed_in_stays(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, id, path, kari = written
    world = site.world
    page = send(browser, path, (PDF, "b.pdf"))
    form = next(one for one in page.forms() if one.action.endswith("/remove"))
    submit_application(world.engine, world.by(kari), id, 2)
    page = browser.get(path)
    assert "Filene kan ikke endres nå." in page.words
    assert [one.action for one in page.forms() if "/files/" in one.action] == []
    page = browser.send(form)
    assert page.status == 409
    assert page.faults() == []
    assert names(site, kari, id) == ["b.pdf"]
    world.declare(read_application(world.engine, world.by(kari), id).call_id)
    assert site.browser(world.made["handler"]).client.get(page.links["b.pdf"]).data == PDF


def test_files_of_others_are_not_there(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, id, path, _ = written
    page = send(browser, path, (PDF, "b.pdf"))
    ola = site.world.user("Ola Hansen")
    site.world.organisation(ola, "Turlaget", NUMBERS[1])
    other = site.browser(ola)
    assert other.get(path).status == 404
    assert other.get(page.links["b.pdf"]).status == 404
    remove = next(one.action for one in page.forms() if one.action.endswith("/remove"))
    assert other.post(remove).status == 404
    assert other.post(path, {"file": (BytesIO(PDF), "b.pdf")}).status == 404
    assert browser.get(f"/applications/{id}/files/members").status == 404
    assert browser.get(f"/applications/{id}/files/no_such").status == 404


def test_a_file_needed_to_decide_comes_afterwards(site: Site) -> None:
    world = site.world
    source = WITH_FILE.replace("kind: attachment, optional: true", "kind: attachment, needed: to_decide")
    call, kari = world.call(source), world.user("Kari Nordmann")
    id = world.draft(call, world.organisation(kari), kari)
    version = save_draft(world.engine, world.by(kari), id, 1, {**ANSWERS, "own_funding": "5000"}).version
    submit_application(world.engine, world.by(kari), id, version)
    browser = site.browser(kari)
    page = browser.get(f"/applications/{id}")
    page = browser.get(page.links["Svar på det som mangler"])
    assert page.faults() == []
    page = send(browser, page.links["Legg ved filer: Budsjett"], (PDF, "b.pdf"))
    assert page.status == 200
    page = browser.get(f"/applications/{id}/complete")
    page = browser.send(page.form("/complete"))
    assert "Svarene er sendt." in page.words
    seen = read_application(world.engine, world.by(kari), id)
    assert seen.to_complete == ()
    assert (seen.answers or {})["budget_file"] == seen.attachments[0].id


def test_what_a_scanner_says_of_a_file_is_shown(site: Site, written: tuple[Browser, str, str, str]) -> None:
    browser, id, path, _ = written
    send(browser, path, (PDF, "før.pdf"))
    assert "virus" not in browser.get(path).words  # nobody scans files here
    verdicts = {b"%PDF-1.7 sound": "clean"}
    moments = {"grantengine_scan": (("mine", lambda **file: verdicts.get(file["content"])),)}
    engine = replace(site.world.engine, registry=replace(site.world.engine.registry, moments=moments))
    engine.__dict__.update(store=site.world.engine.store, plans=site.world.engine.plans, rules=site.world.engine.rules)
    site.app.extensions["grantengine"] = engine
    send(browser, path, (b"%PDF-1.7 sound", "ren.pdf"), (b"%PDF-1.7 odd", "rar.pdf"))
    verdicts[b"%PDF-1.7 odd"] = "infected"
    site.world.clock.turn(minutes=2)
    run_jobs(engine, site.world.system)
    page = browser.get(path)
    lines = [" ".join("".join(one.itertext()).split()) for one in page.tree.iter("li")]
    found = {name: [tag for tag in TAGS if any(name in line and tag in line for line in lines)] for name in NAMES}
    assert found == {"før.pdf": [TAGS[0]], "ren.pdf": [TAGS[1]], "rar.pdf": [TAGS[2]]}
    assert "kan ikke åpne filen før den er sjekket" in page.words
    assert page.faults() == []
    for other in (f"/applications/{id}", f"/applications/{id}/form/project"):
        seen = browser.get(other)
        assert seen.faults() == []
        assert [tag for tag in TAGS if tag not in seen.words] == []


TAGS = ("Venter på virusskanneren", "Sjekket for virus", "Avvist av virusskanneren")
NAMES = ("før.pdf", "ren.pdf", "rar.pdf")
