"""When two activities are the same, as far as their names tell: a hint, never a judgement."""

from __future__ import annotations

import re

STEM = 5
"""Letters that two long words have in common at their beginning where they are about the same: swimming and swimmers."""
SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]+")
_SAYS_LITTLE = frozenset(
    # Of these every second name is made: they say how or for whom, not what is done.
    word[:STEM]
    for word in """
    aktiv aktivitet aktivitetar aktiviteter aktivitetstilbod aktivitetstilbud alle arbeid arrangement barn barna dag dagar
    dager deltakar deltakarar deltaker deltakere den det dei dere familie familiar familier fleire flere for fra frå fritid
    fritidstilbod fritidstilbud frivillig frivillige gruppe gruppen gruppa grupper gutter gutar helg helge hos innvandrer
    innvandrere innvandrar innvandrarar integrering integreringstiltak inkludering jenter kurs kurset kvinne kvinner kveld
    lokal lokale lokalt med menn mennesker menneske møte møter møteplass nye nytt oss prosjekt prosjektet samarbeid samling
    samlinger samlingar senior seniorer seniorar sommer sommar som tilbod tilbud tiltak til ukentlig uke unge ungdom
    ungdommer ungdommar veke ved vinter vår våre voksen voksne vaksne åpen open åpent ope høst haust flyktning flyktninger
    flyktningar activity activities and children course courses family families group groups people project projects the
    with women men youth young volunteers
    """.split()
)


def same_activity(one: str, other: str) -> bool:
    """Whether two names are one, or share a word, or the first five letters of two longer words, that say what is done.

    Norwegian writes words together and what it is about comes first, so that «svømmekurs» meets «svømming for kvinner»;
    that «kulturskole» meets «kulturfestival» is the price. Words of one or two letters, and those that say little or
    begin so, such as «kurs», «barn» and «ungdomsklubb», do not count.
    """
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold()) or bool(stems(one) & stems(other))


def stems(name: str) -> frozenset[str]:
    """The words that say what is done, cut to their beginning."""
    words = {word[:STEM] for word in _WORD.findall(name.casefold()) if len(word) >= SHORTEST}
    return frozenset(words - _SAYS_LITTLE)


def same_group(one: str | None, other: str | None) -> bool:
    """Whether two target groups are the same: the words of one are all among the other's, or one is not said."""
    mine, theirs = _words(one), _words(other)
    return not mine or not theirs or mine <= theirs or theirs <= mine


def _words(group: str | None) -> frozenset[str]:
    return frozenset(_WORD.findall((group or "").casefold())) - {"og", "and", "i", "for"}
