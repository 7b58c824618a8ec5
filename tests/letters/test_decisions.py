"""What an applicant reads: three plain sentences first, in each language and on each ground; then the rest, in order."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest
from letter_samples import APPEAL, FEW, LAW, TOLD, granted, not_eligible, refused
from pages import Page

from grantengine.letters.data import AppealRight, Counterfactual, DecisionLetter, RuleLine
from grantengine.letters.render import decision_html
from grantengine.outcome import AwardLine
from grantengine.records import Ground
from grantengine.texts.catalogue import LANGUAGES, core_texts

LONG = (
    "Vi har støttet et likt tilbud i samme bydel i år, og midlene skal komme flere bydeler til gode, slik det står i "
    "utlysningen og i planen for året."
)


def page(letter: DecisionLetter) -> Page:
    return Page(decision_html(letter, core_texts()))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def sentences(letter: DecisionLetter) -> list[str]:
    """The first three paragraphs after the heading."""
    said = [plain(words) for tag, words in page(letter).words if tag == "p"]
    return said[1:4]


def test_all_that_was_asked_for() -> None:
    assert sentences(granted("nb")) == [
        "Dere får 300 000 kr i tilskudd.",
        "Søknaden oppfyller vilkårene, og budsjettet rakk til den.",
        "Er dere uenige, kan dere klage senest 25. mai 2027.",
    ]
    assert sentences(granted("nn")) == [
        "De får 300 000 kr i tilskot.",
        "Søknaden oppfyller vilkåra, og budsjettet rakk til han.",
        "Er de usamde, kan de klage seinast 25. mai 2027.",
    ]
    assert sentences(granted("en")) == [
        "You get a grant of 300,000 kr.",
        "Your application meets the conditions, and the budget was large enough for it.",
        "If you disagree, you can appeal by 25 May 2027.",
    ]


PART = {"kind": "granted_in_part", "ground": Ground.FUNDED_IN_PART}


def test_a_part_of_what_was_asked_for() -> None:
    assert sentences(granted("nb", 150_000, **PART))[:2] == [
        "Dere får 150 000 kr i tilskudd av de 300 000 kr dere søkte om.",
        "Søknaden oppfyller vilkårene, men budsjettet rakk ikke til mer.",
    ]
    assert sentences(granted("nn", 150_000, **PART))[:2] == [
        "De får 150 000 kr i tilskot av dei 300 000 kr de søkte om.",
        "Søknaden oppfyller vilkåra, men budsjettet rakk ikkje til meir.",
    ]
    assert sentences(granted("en", 150_000, **PART))[:2] == [
        "You get a grant of 150,000 kr of the 300,000 kr you applied for.",
        "Your application meets the conditions, but the budget was not large enough for more.",
    ]


def test_a_part_where_nothing_says_how_much_was_asked_for() -> None:
    letter = granted("nb", 150_000, **PART, requested=None)
    assert sentences(letter)[0] == "Dere får 150 000 kr i tilskudd, som er en del av det dere kunne fått."


def test_less_than_was_asked_for_though_the_budget_was_enough() -> None:
    first, second, _ = sentences(granted("nb", 250_000))
    assert first == "Dere får 250 000 kr i tilskudd av de 300 000 kr dere søkte om."
    assert second == "Søknaden oppfyller vilkårene, og dette er det meste ordningen kan gi dere."


def test_one_condition_that_is_not_met() -> None:
    assert sentences(not_eligible("nb")) == [
        "Dere får ikke tilskudd denne gangen.",
        "Grunnen er denne: Organisasjonen må ha minst fem medlemmer.",
        "Er dere uenige, kan dere klage senest 25. mai 2027.",
    ]
    assert sentences(not_eligible("nn", "De må vere minst fem."))[:2] == [
        "De får ikkje tilskot denne gongen.",
        "Grunnen er denne: De må vere minst fem.",
    ]
    assert sentences(not_eligible("en", "You must be at least five."))[:2] == [
        "You do not get a grant this time.",
        "This is the reason: You must be at least five.",
    ]


def test_a_condition_whose_words_are_too_many_is_told_of_below() -> None:
    for because in (LONG, "Rapporten mangler. Lever den først."):
        letter = not_eligible("nb", because)
        assert sentences(letter)[1] == "Søknaden oppfyller ikke ett av vilkårene i ordningen."
        assert because in page(letter).said("li")


REASONS = {
    "several": (
        lambda language: not_eligible(language, FEW, "Tilbudet må være gratis."),
        "Det er 2 vilkår i ordningen som søknaden ikke oppfyller.",
        "Det er 2 vilkår i ordninga som søknaden ikkje oppfyller.",
        "There are 2 conditions of the scheme that your application does not meet.",
    ),
    "below minimum": (
        lambda language: refused(Ground.BELOW_MINIMUM, language),
        "Søknaden fikk 38,5 poeng, og ordningen krever minst 40.",
        "Søknaden fekk 38,5 poeng, og ordninga krev minst 40.",
        "Your application got 38.5 points, and the scheme requires at least 40.",
    ),
    "an amount of nothing": (
        lambda language: refused(Ground.BELOW_MINIMUM, language, minimum=None),
        "Etter reglene i ordningen er det ikke noe å gi til denne søknaden.",
        "Etter reglane i ordninga er det ikkje noko å gje til denne søknaden.",
        "By the rules of the scheme there is nothing to give to this application.",
    ),
    "does not fit": (
        lambda language: refused(Ground.DOES_NOT_FIT, language),
        "Det som var igjen av budsjettet, var ikke nok til søknaden deres.",
        "Det som var att av budsjettet, var ikkje nok til søknaden dykkar.",
        "What was left of the budget was not enough for your application.",
    ),
    "budget used": (
        lambda language: refused(Ground.BUDGET_USED, language),
        "Budsjettet var brukt opp før det ble deres tur.",
        "Budsjettet var brukt opp før det vart dykkar tur.",
        "The budget was used up before it was your turn.",
    ),
    "not rated": (
        lambda language: refused(Ground.NOT_RATED, language, total=None),
        "Søknaden er ikke vurdert på alle tildelingskriteriene.",
        "Søknaden er ikkje vurdert på alle tildelingskriteria.",
        "Your application has not been rated on all the award criteria.",
    ),
    "set to nothing": (
        lambda language: refused(Ground.SET_BY_HAND, language, reason=LONG),
        "Saksbehandleren har sagt nei etter en egen vurdering av saken.",
        "Saksbehandlaren har sagt nei etter ei eiga vurdering av saka.",
        "The case handler has said no after looking at your case in particular.",
    ),
    "set to something": (
        lambda language: granted(language, ground=Ground.SET_BY_HAND, reason=LONG),
        "Saksbehandleren har satt beløpet etter en egen vurdering av saken.",
        "Saksbehandlaren har sett beløpet etter ei eiga vurdering av saka.",
        "The case handler has set the amount after looking at your case in particular.",
    ),
}
Maker = Callable[[str], DecisionLetter]


@pytest.mark.parametrize("case", REASONS)
def test_the_main_reason_in_one_sentence(case: str) -> None:
    make, *wanted = REASONS[case]
    assert [sentences(make(language))[1] for language in LANGUAGES] == wanted
    decided = (
        "Dere får 300 000 kr i tilskudd." if case == "set to something" else "Dere får ikke tilskudd denne gangen."
    )
    assert sentences(make("nb"))[0] == decided


@pytest.mark.parametrize("kind", ["granted", "refused"])
def test_a_handler_s_short_reason_stands_in_the_sentence(kind: str) -> None:
    reason = "Dere fikk det samme fra kommunen."
    letter = refused(Ground.SET_BY_HAND) if kind == "refused" else granted(ground=Ground.SET_BY_HAND)
    assert sentences(replace(letter, reason=reason))[1] == f"Grunnen er denne: {reason}"


def test_a_handler_s_long_reason_stands_below_in_its_paragraphs() -> None:
    found = page(refused(Ground.SET_BY_HAND, reason=f"{LONG}\n\nSøk gjerne igjen."))
    assert [words for words in found.said("p") if words in (LONG, "Søk gjerne igjen.")] == [LONG, "Søk gjerne igjen."]


def every_letter(language: str) -> list[DecisionLetter]:
    made = [make(language) for make, *_ in REASONS.values()]
    parts = [granted(language), granted(language, 150_000, **PART), not_eligible(language)]
    reserve = refused(Ground.BUDGET_USED, language, reserve=3)
    return [*made, *parts, reserve, granted(language, answer_by=TOLD), not_eligible(language, LONG)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_three_sentences_is_short_and_one_sentence(language: str) -> None:
    for letter in every_letter(language):
        three = sentences(letter)
        assert len(three) == 3
        for one in three:
            assert len(one.split()) <= 25, one
            assert one.endswith(".")
            # Dates have a full stop of their own.
            assert ". " not in one.replace("25. mai", "25 mai").replace("4. mai", "4 mai"), one


def test_nynorsk_is_not_bokmal_and_english_is_neither() -> None:
    for nb, nn, en in zip(*(every_letter(language) for language in LANGUAGES), strict=True):
        first, second, third = sentences(nb), sentences(nn), sentences(en)
        assert all(a != b for a, b in zip(first, third, strict=True))
        assert first[0] != second[0]
        assert first[2] != second[2]
        # A reason that a person wrote is in the words it was written in.
        assert first[1] != second[1] or first[1].startswith("Grunnen er denne")


def test_first_what_to_do_about_the_grant_and_the_reserve_list() -> None:
    assert (
        sentences(granted(answer_by=datetime.date(2027, 5, 20)))[2]
        == "Si fra senest 20. mai 2027 om dere tar imot tilskuddet."
    )
    waiting = refused(Ground.BUDGET_USED, reserve=2)
    assert sentences(waiting)[2] == "Dere står på reservelisten, og er dere uenige, kan dere klage senest 25. mai 2027."
    assert (
        "Dere er nummer 2 på reservelisten. Blir noe ledig, kan dere få tilskudd likevel. Da hører dere fra oss."
        in page(waiting).said("p")
    )


def test_who_moves_up_is_told_which_refusal_this_takes_the_place_of_and_a_committee_is_named() -> None:
    moved = page(granted(instead_of=datetime.date(2027, 3, 15), resolved_by="Kulturutvalget, Sak 7/27"))
    assert (
        "Dette vedtaket kommer i stedet for avslaget i brevet fra 15. mars 2027. Dere sto på reservelisten, og nå er det penger "
        "til dere." in moved.said("p")
    )
    assert "Kulturutvalget, Sak 7/27" in moved.said("dd")
    assert "Vedtatt av" in moved.said("dt")
    assert "Vedtatt av" not in page(granted()).said("dt")


# --- what follows ----------------------------------------------------------------------------------------------------


def full() -> DecisionLetter:
    change = Counterfactual("few", FEW, "Hvor mange er dere?", "3", "5")
    return not_eligible(
        rules=(RuleLine(FEW, (), change), RuleLine("Dere må si hvor dere er.", ("Kommune", "Adresse"))),
        criteria=granted().criteria, total=38.5, note="Dere har en god plan.", blocks=("Søk igjen.\n\nVi hjelper til.",),
        counterfactuals=(change, Counterfactual(points=2.5)), reserve=1, settings=LAW,
    )  # fmt: skip


def test_sections_of_a_refusal_stand_in_their_order() -> None:
    assert page(full()).said("h2") == [
        "Begrunnelse", "Poeng", "Vår vurdering", "Hva som ville endret utfallet", "Reservelisten", "Dere kan klage",
        "Dere kan se dokumentene", "Kontakt",
    ]  # fmt: skip


def test_sections_of_a_grant_stand_in_their_order() -> None:
    letter = granted("nn", conditions=("Lever rapport.",), blocks=("Lykke til.",))
    assert page(letter).said("h2") == [
        "Dette får de", "Dette må de gjere", "Grunngiving", "Poeng", "Vurderinga vår", "De kan klage",
        "De kan sjå dokumenta", "Kontakt",
    ]  # fmt: skip
    assert "Lever rapport." in page(letter).said("li")


def test_failed_conditions_with_what_was_not_answered() -> None:
    found = page(full())
    assert "Søknaden stopper på disse vilkårene:" in found.said("p")
    assert found.said("li")[:2] == [FEW, "Dere må si hvor dere er. Dette er ikke besvart: «Kommune», «Adresse»."]


def test_what_would_have_changed_the_outcome_is_said_once_each() -> None:
    found = page(full())
    assert found.said("strong") == [FEW]
    assert [words for words in found.said("p") if words.startswith(("Vilkåret ville", "Med "))] == [
        "Vilkåret ville vært oppfylt om svaret på «Hvor mange er dere?» var: 5. Dere svarte: 3.",
        "Med 2,5 poeng til ville dere fått tilskudd, om alt annet var likt.",
    ]


def test_only_what_is_approved_is_said_of_what_would_have_changed_the_outcome() -> None:
    assert "Hva som ville endret utfallet" not in page(not_eligible()).said("h2")


def test_a_change_of_what_was_not_answered() -> None:
    letter = not_eligible(counterfactuals=(Counterfactual("free", FEW, "Er det gratis?", "", "ja"),))
    wanted = "Vilkåret ville vært oppfylt om svaret på «Er det gratis?» var: ja. Dere svarte ikke på spørsmålet."
    assert wanted in page(letter).said("p")


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (4, "Med 4 poeng til"),
        (2.3456, "Med 2,3456 poeng til"),
        (5.0001, "Med litt mer enn 5 poeng til"),
        (0.2501, "Med litt mer enn 0,25 poeng til"),
        (0.0001, "Med bare litt flere poeng"),
    ],
)
def test_points_that_were_short_are_said_as_people_say_them(points: float, said: str) -> None:
    found = page(refused(Ground.BUDGET_USED, counterfactuals=(Counterfactual(points=points),)))
    assert f"{said} ville dere fått tilskudd, om alt annet var likt." in found.said("p")


@pytest.mark.parametrize(
    ("crowded", "why"), [(True, ", as the budget went to applications with at least as many points."), (False, ".")]
)
def test_points_beyond_the_minimum_say_that_the_minimum_was_not_enough(crowded: bool, why: str) -> None:
    short = Counterfactual(points=30.45, minimum=40, crowded=crowded)
    said = page(refused(Ground.BELOW_MINIMUM, "en", total=39.5, minimum=40, counterfactuals=(short,))).said("p")
    assert "Your application got 39.5 points, and the scheme requires at least 40." in said
    enough = f"Reaching the minimum of 40 points would not have been enough in this call{why}"
    assert f"{enough} With 30.45 points more you would have got a grant, all else being equal." in said


def test_points_with_their_notes_and_their_sum() -> None:
    found = page(granted("nb"))
    assert found.said("caption")[1] == "Poengene dere fikk på hvert tildelingskriterium"
    cells = [words for tag, words in found.words if tag in ("th", "td")]
    start = cells.index("Samarbeid")
    assert cells[start : start + 5] == ["Samarbeid", "10", "20", "To partnere har bekreftet.", "Rekkevidde"]
    assert cells[-3:] == ["Til sammen", "38,5", "60"]
    without = page(granted("nb", criteria=(replace(granted().criteria[0], note="", most=None),)))
    assert "Planen er tydelig." not in without.said("td")
    assert "ingen grense" in without.said("td")


def test_the_award_year_by_year_in_money_and_in_kind() -> None:
    award = (AwardLine(2027, "money", 10_000_000), AwardLine(2028, "money", 5_000_050), AwardLine(2028, "hours", 4_000))
    letter = granted("nn", award=award)
    assert sentences(letter)[0] == "De får 150 000,50 kr og 40 timar i tilskot."
    cells = [plain(words) for tag, words in page(letter).words if tag in ("th", "td")]
    assert cells[:16] == [
        "År", "Kva", "Kor mykje", "2027", "Pengar", "100 000 kr", "2028", "Pengar", "50 000,50 kr", "2028", "Timar",
        "40 timar", "Til saman", "150 000,50 kr", "Til saman", "40 timar",
    ]  # fmt: skip


def test_the_right_to_appeal_with_its_last_day_and_the_law_that_the_authority_names() -> None:
    said = page(granted(settings=LAW)).said("p")
    assert "Dere har rett til å klage på vedtaket etter forvaltningsloven § 28." in said
    assert "Fristen er 21 dager fra 4. mai 2027, da dere fikk melding om vedtaket. Siste dag er 25. mai 2027." in said
    assert any("sender vi klagen til Departementet" in words for words in said)
    assert any(
        words.startswith("Dere har rett til å se dokumentene i saken etter forvaltningsloven § 18.") for words in said
    )
    assert "Begrunnelsen er gitt etter forvaltningsloven § 25." in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_law_is_named_where_the_authority_names_none(language: str) -> None:
    for letter in every_letter(language):
        text = decision_html(letter, core_texts())
        assert "§" not in text
        assert "forvaltningslov" not in text


def test_a_deadline_from_a_day_that_is_not_known_and_a_body_without_a_name() -> None:
    said = page(granted(notified_on=None, appeal=AppealRight(28, APPEAL.until))).said("p")
    assert "Fristen er 28 dager fra dere fikk melding om vedtaket. Siste dag er 25. mai 2027." in said
    assert any("sender vi klagen til klageinstansen" in words for words in said)


@pytest.mark.parametrize("ground", [Ground.WITHDRAWN, Ground.TO_BE_CLARIFIED, Ground.FUNDED])
def test_what_is_no_refusal_gets_no_refusal(ground: Ground) -> None:
    with pytest.raises(ValueError, match=str(ground)):
        refused(ground)


def test_an_award_and_its_letter_go_together() -> None:
    with pytest.raises(ValueError, match="below minimum"):
        granted(ground=Ground.BELOW_MINIMUM)
    with pytest.raises(ValueError, match="award"):
        granted(award=())
    with pytest.raises(ValueError, match="award"):
        refused(Ground.SET_BY_HAND, award=(AwardLine(2027, "money", 100),))
