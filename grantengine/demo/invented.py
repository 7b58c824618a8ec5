"""Names, numbers and sentences of nobody: what the demo fills its world with."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from stdnum.no import orgnr

DOMAIN = "example"
"""Reserved by RFC 2606: no message can reach anybody."""

# Number and name of municipalities as in Statistics Norway's classification 131 from 2024; the places are real.
PLACES = (
    ("0301", "Oslo"), ("4601", "Bergen"), ("5001", "Trondheim"), ("1103", "Stavanger"), ("3301", "Drammen"),
    ("4204", "Kristiansand"), ("3107", "Fredrikstad"), ("5501", "Tromsø"), ("1804", "Bodø"), ("4003", "Skien"),
    ("1508", "Ålesund"), ("3403", "Hamar"), ("3405", "Lillehammer"), ("1505", "Kristiansund"), ("1506", "Molde"),
    ("3905", "Tønsberg"), ("3907", "Sandefjord"), ("1108", "Sandnes"), ("1106", "Haugesund"), ("4203", "Arendal"),
    ("5601", "Alta"), ("1824", "Vefsn"), ("5006", "Steinkjer"), ("3407", "Gjøvik"), ("3303", "Kongsberg"),
    ("4640", "Sogndal"), ("4647", "Sunnfjord"), ("4614", "Stord"), ("1577", "Volda"), ("4001", "Porsgrunn"),
)  # fmt: skip

FIRST_NAMES = tuple(
    "Amina Bjørn Chidi Dilan Elif Farah Gro Hodan Ingvild Jamal Kari Leyla Magnus Nadia Ole Parisa Qasim Ragnhild Samira "
    "Tor Ulla Viktor Warsan Ximena Yusuf Zainab Åse Øyvind Binta Daniel Eirin Fatima".split()
)
LAST_NAMES = tuple(
    "Aas Berisha Dahl Eriksen Farah Gebre Haugen Ibrahim Johansen Karimi Lie Mohamud Nguyen Osman Petrov Quist Rahimi "
    "Solberg Tesfay Ueland Vik Warsame Yilmaz Zaman Ødegård".split()
)
PROPER = tuple(
    "Solstreif Fargekart Brobygd Lyspunkt Trådspole Nyland Vindrose Kveldsol Morgenkaffe Sammensatt Ordskap Fellestråd "
    "Bakgård Regnbukk Langbord Åpendør Kaffekjele Nabolys Skjærgang Havglimt Vårløsning Ukesrytme Tusenord Møteplassen "
    "Granskogen Fjelltråkk Byvandring Elvebredd Tekoppen Nærkraft".split()
)
KINDS = (
    "Foreningen {proper} {place}", "{proper} språkkafé, {place}", "Kvinnegruppa {proper}, {place}",
    "{proper} ungdom {place}", "{proper} aktivitetshus i {place}", "Vennelaget {proper} ({place})",
)  # fmt: skip

ACTIVITIES = ("språkkafé", "svømmekurs for kvinner", "turgruppe", "leksehjelp", "matlaging på tvers", "fotballøkt")
TARGETS = ("kvinner", "barn", "ungdom", "voksne", "eldre", "familier")
LANGUAGES = ("norsk", "arabisk", "somali", "tigrinja", "ukrainsk", "tyrkisk", "engelsk", "dari")
PLANS = (
    "Vi møtes til {activity} hver uke i {place}. Alle er velkomne, og frivillige følger de nye de første gangene.",
    "Femten kvelder med {activity}. Deltakerne er med og bestemmer programmet, og vi avslutter med en felles fest.",
    "{activity} i {place}, for {target}. Vi vil nå dem som ikke er med noe sted ennå, og gå sammen med andre der vi kan.",
    "Vi starter {activity} for {target}. To med språket følger hver gruppe, og vi låner lokale på kveldstid.",
)
TASKS = ("Låner bort lokale og hjelper til med å rekruttere", "Stiller med frivillige", "Holder to kvelder", None)
PUBLIC_PARTNERS = ("Frivilligsentralen i {place}", "Folkebiblioteket i {place}", "Flyktningtjenesten i {place}")
OTHER_PARTNERS = ("Idrettslaget {proper}", "Sanitetslaget {proper}", "Menigheten {proper}", "Husflidslaget {proper}")

ABOUT = "Oppdiktet: finnes bare i denne demoen."
"""Stands in the profile of every organisation."""


def numbers() -> Iterator[str]:
    """Organisation numbers with a right check digit that are nobody's.

    The register gives numbers that begin with 8 and 9, and published test data has 2 and 3; these begin with 1.
    """
    for first in range(10_000_019, 20_000_000, 9_973):
        for digit in "0123456789":
            if orgnr.is_valid(f"{first}{digit}"):
                yield f"{first}{digit}"


def people() -> Iterator[str]:
    """Names of people, each once."""
    for round in count():
        for place, first in enumerate(FIRST_NAMES):
            last, again = LAST_NAMES[(place + round * 7) % len(LAST_NAMES)], round // len(LAST_NAMES)
            yield f"{first} {last}{'-' + LAST_NAMES[again - 1] if again else ''}"
