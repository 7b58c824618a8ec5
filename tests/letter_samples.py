"""Letters that tests begin from: one organisation, one office, one call."""

from __future__ import annotations

import datetime
from typing import Any

from grantengine.letters.data import (
    AppealReceipt,
    AppealRight,
    CasePaper,
    Choice,
    CriterionLine,
    DecisionLetter,
    InterimLetter,
    LetterSettings,
    Office,
    Proposal,
    RuleLine,
    Subject,
)
from grantengine.outcome import AwardLine
from grantengine.records import Ground

AUTHORITY = {"nb": "Tilskuddskontoret", "nn": "Tilskotskontoret", "en": "The grants office"}
OFFICE = Office(AUTHORITY, "Kari Nordmann", "kari@kontoret.example", "22 33 44 55")
SCHEME = {"nb": "Språkkafeer", "nn": "Språkkafear", "en": "Language cafés"}
CALL = {"nb": "Utlysning våren 2027", "nn": "Utlysing våren 2027", "en": "Call of spring 2027"}
LAW = LetterSettings(
    "forvaltningsloven § 25", "forvaltningsloven § 28", "forvaltningsloven § 18", "forvaltningsloven § 11 a"
)
DECIDED, TOLD, UNTIL = datetime.date(2027, 5, 3), datetime.date(2027, 5, 4), datetime.date(2027, 5, 25)
APPEAL = AppealRight(21, UNTIL, "Departementet")
POINTS = (
    CriterionLine("Samarbeid", 10, 20, "To partnere har bekreftet."),
    CriterionLine("Rekkevidde", 6, 10),
    CriterionLine("Relevans", 22.5, 30, "Planen er tydelig."),
)
FEW = "Organisasjonen må ha minst fem medlemmer."


def subject(language: str = "nb", organisation: str = "Kulturlaget") -> Subject:
    return Subject(organisation, "2027/123", SCHEME, CALL, language)


def granted(language: str = "nb", kroner: int = 300_000, **changed: Any) -> DecisionLetter:
    """All that was asked for, unless something is changed."""
    given: dict[str, Any] = {
        "subject": subject(language), "office": OFFICE, "kind": "granted", "ground": Ground.FUNDED,
        "decided_on": DECIDED, "minimum": 40, "appeal": APPEAL, "notified_on": TOLD, "criteria": POINTS, "total": 38.5,
        "award": (AwardLine(2027, "money", kroner * 100),), "requested": 30_000_000, **changed,
    }  # fmt: skip
    return DecisionLetter(**given)


def refused(ground: Ground, language: str = "nb", **changed: Any) -> DecisionLetter:
    """Nothing, on this ground."""
    return granted(language, **{"kind": "refused", "ground": ground, "award": (), **changed})


def not_eligible(language: str = "nb", *because: str, **changed: Any) -> DecisionLetter:
    rules = tuple(RuleLine(one) for one in because or (FEW,))
    return refused(Ground.NOT_ELIGIBLE, language, **{"rules": rules, "criteria": (), "total": None, **changed})


def interim(language: str = "nb", **changed: Any) -> InterimLetter:
    given: dict[str, Any] = {
        "subject": subject(language), "office": OFFICE, "written_on": datetime.date(2027, 4, 1),
        "why": "Mange har søkt.", "expected": datetime.date(2027, 6, 1), "promised": datetime.date(2027, 5, 1), **changed,
    }  # fmt: skip
    return InterimLetter(**given)


def receipt(language: str = "nb", **changed: Any) -> AppealReceipt:
    given: dict[str, Any] = {
        "subject": subject(language), "office": OFFICE, "written_on": datetime.date(2027, 5, 20),
        "arrived": datetime.date(2027, 5, 19), "until": UNTIL, "in_time": True, "number": "K-7", "body": "Departementet",
        **changed,
    }  # fmt: skip
    return AppealReceipt(**given)


def paper(language: str = "nb", **changed: Any) -> CasePaper:
    given: dict[str, Any] = {
        "scheme": SCHEME, "call": CALL, "language": language, "office": OFFICE,
        "written_on": datetime.date(2027, 4, 20), "budget": 100_000_000,
        "proposals": (
            Proposal("Kulturlaget", "2027/123", 30_000_000, 20_000_000, 70, Ground.FUNDED_IN_PART),
            Proposal("Idrettslaget", "2027/124", 30_000_000, 0, 38.5, Ground.BELOW_MINIMUM),
            Proposal("Sykkelgjengen", "2027/125", None, 0, None, Ground.SET_BY_HAND, "Har fått nok fra kommunen."),
        ),
        "recommendation": "Vi rår utvalget til å vedta forslaget.", "proposed_by": "Kari Nordmann",
        "approved_by": "Ola Nordmann", "committee": "Kulturutvalget",
        "choices": (Choice("Idrettslaget", "2027/124", "Skal laget få det som er igjen?"),), **changed,
    }  # fmt: skip
    return CasePaper(**given)
