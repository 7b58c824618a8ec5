"""A reply while the applicant waits, the receipt of an appeal, and what a committee decides by."""

from __future__ import annotations

import datetime

import pytest
from letter_samples import LAW, interim, paper, receipt
from pages import Page

from grantengine.letters.render import appeal_receipt_html, case_paper_html, interim_html
from grantengine.texts.catalogue import LANGUAGES, core_texts

TEXTS = core_texts()


def said(html: str) -> list[str]:
    return [words.replace("\u00a0", " ") for words in Page(html).said("p")]


def test_an_answer_that_takes_longer_says_why_and_when() -> None:
    assert [said(interim_html(interim(language), TEXTS))[1:4] for language in LANGUAGES] == [
        [
            "Svaret på søknaden deres tar lengre tid enn vi regnet med.",
            "Grunnen er denne: Mange har søkt.",
            "Vi regner nå med å svare senest 1. juni 2027.",
        ],
        [
            "Svaret på søknaden dykkar tek lengre tid enn vi rekna med.",
            "Grunnen er denne: Mange har søkt.",
            "Vi reknar no med å svare seinast 1. juni 2027.",
        ],
        [
            "Our answer to your application takes longer than we expected.",
            "This is the reason: Mange har søkt.",
            "We now expect to answer by 1 June 2027.",
        ],
    ]


def test_an_answer_of_which_nobody_knows_when_it_comes() -> None:
    why = "Mange har søkt. Vi er få."
    found = said(interim_html(interim(why=why, expected=None, promised=None, settings=LAW), TEXTS))
    assert found[2:4] == [
        "Grunnen står lenger ned i brevet.",
        "Vi vet ikke ennå når svaret kommer, men vi sier fra så snart vi vet det.",
    ]
    assert why in found
    assert "Vi skriver dette etter forvaltningsloven § 11 a." in found
    assert not any(words.startswith("Før sa vi") for words in found)


def test_an_appeal_in_time() -> None:
    assert [said(appeal_receipt_html(receipt(language), TEXTS))[1:4] for language in LANGUAGES] == [
        [
            "Klagen deres kom til oss 19. mai 2027.",
            "Den kom i tide, siden fristen var 25. mai 2027.",
            "Nå vurderer vi saken på nytt, og dere får svar fra oss.",
        ],
        [
            "Klaga dykkar kom til oss 19. mai 2027.",
            "Ho kom i tide, sidan fristen var 25. mai 2027.",
            "No vurderer vi saka på nytt, og de får svar frå oss.",
        ],
        [
            "Your appeal reached us on 19 May 2027.",
            "It came in time, as the last day was 25 May 2027.",
            "We now look at the case again, and you will get an answer from us.",
        ],
    ]
    found = Page(appeal_receipt_html(receipt(next_steps="Vi ringer dere.", expected=datetime.date(2027, 7, 1)), TEXTS))
    assert "K-7" in found.said("dd")
    assert "Vi ringer dere." in found.said("p")
    assert "Vi regner med å svare senest 1. juli 2027." in found.said("p")


def test_an_appeal_that_came_too_late() -> None:
    found = said(appeal_receipt_html(receipt("nn", in_time=False, arrived=datetime.date(2027, 6, 2)), TEXTS))
    assert found[1:4] == [
        "Klaga dykkar kom til oss 2. juni 2027.",
        "Ho kom for seint, sidan fristen var 25. mai 2027.",
        "No avgjer vi om klaga kan behandlast likevel, og de får svar frå oss.",
    ]
    assert any(words.startswith("Skriv til oss om det var ein grunn") for words in found)
    assert not any("Departementet" in words for words in found)


def test_a_committee_s_case_paper() -> None:
    assert [said(case_paper_html(paper(language), TEXTS))[1:4] for language in LANGUAGES] == [
        [
            "Utvalget skal avgjøre hvem som får tilskudd, og hvor mye.",
            "Forslaget gir tilskudd til 1 av 3 søknader, 200 000 kr av et budsjett på 1 000 000 kr.",
            "I én sak må utvalget velge.",
        ],
        [
            "Utvalet skal avgjere kven som får tilskot, og kor mykje.",
            "Framlegget gir tilskot til 1 av 3 søknader, 200 000 kr av eit budsjett på 1 000 000 kr.",
            "I éi sak må utvalet velje.",
        ],
        [
            "The committee is to decide who gets a grant, and how much.",
            "The proposal gives a grant to 1 of 3 applications, 200,000 kr of a budget of 1,000,000 kr.",
            "In one case the committee has to choose.",
        ],
    ]


def test_a_case_paper_has_every_application_and_the_sums() -> None:
    found = Page(case_paper_html(paper(), TEXTS))
    assert found.said("h2") == ["Tilråding", "Budsjett", "Saker der utvalget må velge", "Forslaget"]
    cells = [words.replace("\u00a0", " ") for tag, words in found.words if tag in ("th", "td")]
    assert cells == [
        "Søker", "Saksnummer", "Poeng", "Søkt om", "Foreslått", "Hvorfor",
        "Kulturlaget", "2027/123", "70", "300 000 kr", "200 000 kr", "får deler av tilskuddet",
        "Idrettslaget", "2027/124", "38,5", "300 000 kr", "0 kr", "under minstegrensen",
        "Sykkelgjengen", "2027/125", "–", "–", "0 kr", "satt for hånd: Har fått nok fra kommunen.",
        "Til sammen", "600 000 kr", "200 000 kr",
    ]  # fmt: skip
    assert [words.replace("\u00a0", " ") for words in found.said("dd")][-3:] == [
        "1 000 000 kr",
        "200 000 kr",
        "800 000 kr",
    ]
    assert {"Foreslått av Kari Nordmann.", "Godkjent av Ola Nordmann."} <= set(found.said("p"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_paper_of_hours_that_one_person_made(language: str) -> None:
    proposals = tuple(one for one in paper().proposals[2:])
    given = paper(language, currency="hours", budget=40_000, proposals=proposals, approved_by=None, choices=())
    found = Page(case_paper_html(given, TEXTS))
    assert f"400 {TEXTS.catalogues[language]['unit.hours']}" in found.said("dd")
    assert TEXTS.catalogues[language]["letter.paper.not-approved"] in found.said("p")
    assert TEXTS.catalogues[language]["letter.paper.no-choice"] in found.said("p")
    # No column for what no application has.
    assert len([words for tag, words in found.words if tag == "th"]) == 4 + len(proposals) + 1
