"""What nobody has said or written: the sentences of handlers, assessors and applicants in the demo."""

from __future__ import annotations

CLOSE_TIE = "Jeg sitter i styret der."
OLD_TIE = "Jeg holdt et kurs for dem for noen år siden."
TIE_REASONS = {
    True: "Den som sitter i styret, kan ikke være med og vurdere.",
    False: "Det er lenge siden, og det var ett kurs. Ingen kan tro at det har noe å si.",
}
"""By whether it is a conflict."""
STAND_IN = "En av de som vurderer, er inhabil i hele utlysningen."

PLACES_TO_MEET = ("Videomøte: lenken kommer i e-posten", "Telefon: vi ringer dere", "Møterom 3, inngang fra gata")
WISHES = ("Vi lurer på hva vi kan søke om.", "Kan dere se på utkastet vårt?", "Vi har ikke søkt før.", "")
ADVICE = (
    "Vi gikk gjennom skjemaet. De vil skrive kortere, og spørre biblioteket om å være med.",
    "De spurte hva som teller som egeninnsats. Vi forklarte det, og viste hvor det står.",
    "De lurte på om en ny gruppe kan søke. Det kan den.",
)
HEARD = (
    "De svarte på begge spørsmålene, og fortalte om medlemmer som har funnet veien til lagene i bygda.",
    "De svarte på begge spørsmålene. Det første året vil de bruke på å finne et fast sted å møtes.",
    "De svarte på begge spørsmålene. De har avtaler med kommunen og to lag, og leter etter flere.",
)
ASKED = (
    ("Kan vi søke om penger til mat?", "Ja, når maten er en del av aktiviteten. Skriv hva den er til."),
    ("Må vi ha med en offentlig partner?", "Nei. Men skriv hvem dere snakker med i kommunen."),
    ("Kan vi levere på papir?", "Ja. Ring oss, så skriver vi det inn sammen med dere."),
)
"""Questions of general interest, and the answers that all can read."""

LACKS = "Vi mangler svar på dette for å kunne avgjøre søknaden."
UNCLEAR = "Vi er usikre på om vi forstår svaret riktig. Kan dere se på det en gang til?"
TALK = (
    "Kan dere si litt mer om hvem som er med, og hvordan dere når dem?",
    "Vi lurer på om dette er nok tid. Hvordan har dere tenkt?",
    "Dette er en god plan. Hvem i nærmiljøet kan hjelpe dere?",
)
ANSWERS = (
    "Takk for at dere spør. Vi skriver det tydeligere.",
    "Ja, det kan vi si mer om.",
    "Vi har snakket om det i styret.",
)
CHANGE = "Skriv det dere sa til oss, inn i søknaden."
MORE_PARTNERS = "Dere fortalte om en partner til. Spør den nå, så teller den med."
DONE = ("Nå er det rettet.", "Her er svaret. Takk for hjelpen.", "")
ADDED = (
    "Vi møter deltakerne hjemme først.",
    "To frivillige følger opp dem som slutter å komme.",
    "Naboene er med og planlegger.",
)

JUDGED = {
    True: ("Vedtektene og det de skriver, viser det.", "Ja, det går klart fram av planen."),
    False: ("Vi finner det ikke i det de har sendt.", "Planen viser noe annet."),
}
LOWERED = "Noe av dette hører ikke til tiltaket, og er trukket fra."

NOTES = {
    "low": ("Planen er vag. Det står ikke hvem som gjør hva.", "Vi ser ikke hvordan de skal nå målgruppa."),
    "middle": ("Greit forklart, men lite om hvordan de følger opp.", "God idé. Tidsplanen kunne vært tydeligere."),
    "high": ("Konkret og gjennomtenkt. De kjenner dem de vil nå.", "Tydelig plan, og mange er med og tar ansvar."),
}
"""What assessors note, by how high the mark is."""
APART = "Dere ser ulikt på dette. Hva bygger dere på?"
EXPLAINED = "Jeg så mest på planen. Jeg hadde ikke lagt vekt på det de skriver om frivillige."
MOVED = "Etter samtalen ser jeg at planen er bedre enn jeg trodde."

ADOPTED = "Budsjettet er vedtatt, og ble mindre enn i forslaget."
TOO_MUCH = "Budsjettet som dette bygger på, ble ikke vedtatt."
BY_HAND = "De får lokalet gratis likevel, og trenger ikke den delen."
RECOMMENDED = "Komiteen gir tilskudd som foreslått."
COMMITTEE = "Tilskuddsutvalget"
MEETING_MOVED = "Møtet i utvalget er flyttet fordi flere var syke."
WHY = {
    True: (
        "Tiltaket når mange som ellers ikke er med. Dere har en god plan.",
        "Dere vet hvem dere vil nå, og hvordan.",
    ),
    False: (
        "Vi har lest søknaden nøye. Det er mye bra i den.",
        "Vi ser at dere vil noe viktig for dem dere er til for.",
    ),
}
"""The view of the authority, by whether anything is granted."""
CONDITION = "Dere forteller oss om det hvis planen endrer seg mye."
NO_TIME = "Vi har ikke nok frivillige i år."
NOT_TAKEN = "De har ikke svart på tre henvendelser om hvem pengene skal betales til."
APPEALS = (
    "Vi mener at dere har misforstått planen. Vi har partnere som dere ikke har tatt med, og vi ber dere se på det på nytt.",
    "Vi ringer fordi vi ikke skriver så godt. Vi synes det er urettferdig, og vil klage.",
)

BLOCKS = {
    "how-to-use-it": (
        ("funded", "funded in part", "set by hand"),
        {
            "nb": "Pengene skal brukes slik dere skrev i søknaden.",
            "nn": "Pengane skal brukast slik de skreiv i søknaden.",
            "en": "The money is to be used as you wrote in the application.",
        },
    ),
    "money-short": (
        ("does not fit", "budget used"),
        {
            "nb": "Det kom inn flere gode søknader enn det er penger til.",
            "nn": "Det kom inn fleire gode søknader enn det er pengar til.",
            "en": "More good applications came in than there is money for.",
        },
    ),
    "more-points": (
        ("below minimum",),
        {
            "nb": "Søknaden fikk færre poeng enn det ordningen krever.",
            "nn": "Søknaden fekk færre poeng enn det ordninga krev.",
            "en": "The application got fewer points than the scheme asks for.",
        },
    ),
    "apply-again": (
        ("not eligible", "below minimum", "does not fit", "budget used"),
        {
            "nb": "Dere kan gjerne søke igjen neste gang. Vi hjelper dere.",
            "nn": "De kan gjerne søkje igjen neste gong. Vi hjelper dykk.",
            "en": "You are welcome to apply again next time. We will help you.",
        },
    ),
}
"""Text blocks: the grounds they go with, and their words."""
SECTIONS = {
    "reasons_section": "forvaltningsloven § 25", "appeal_section": "forvaltningsloven §§ 28 og 29",
    "access_section": "forvaltningsloven §§ 18 og 19", "interim_section": "forvaltningsloven § 11 a",
}  # fmt: skip
APPEALS_GO_TO = {"nb": "Departementet", "nn": "Departementet", "en": "The ministry"}
