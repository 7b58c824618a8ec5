"""The catalogues hold every text the code asks for, in every language, and nothing else."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

import grantengine
import grantengine_plugins
from grantengine.errors import Message, Problem, Where
from grantengine.expressions import nodes
from grantengine.hooks.kinds import ROLES
from grantengine.hooks.manager import load_registry
from grantengine.hooks.registry import Registry
from grantengine.lifecycle import LIFECYCLE, Status, Who
from grantengine.money import IN_KIND, Money
from grantengine.records import GROUNDS
from grantengine.scheme.yaml_events import SYNTAX_WORDS
from grantengine.services.appoint import ROLES as AUTHORITY_ROLES
from grantengine.services.invite_member import ROLES as MEMBER_ROLES
from grantengine.simulation.caution import CAN_NOT_KNOW, HELD_CONSTANT
from grantengine.simulation.compare import CHANGES
from grantengine.stages.eligibility import Verdict
from grantengine.texts.catalogue import LANGUAGES, Texts, core_texts, read_catalogue

CORE = Path(grantengine.__file__).parent
PLUGINS = Path(grantengine_plugins.__file__).parent
OWNERS = {"core": CORE} | {
    name: PLUGINS / name for _, name, is_package in pkgutil.iter_modules([str(PLUGINS)]) if is_package
}


def literals(node: ast.AST) -> Iterator[str]:
    """The texts an argument may be: itself, or either branch of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def templates(file: Path) -> Iterator[str]:
    """The templates of the messages that a service sends."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "send":
            yield from (word for arg in node.args[3:4] for word in literals(arg))


CODE_OF = {
    "Finding": 0, "Fault": 0, "JsonProblem": 0, "MomentError": 0, "MoneyError": 0, "PluginError": 1, "Problem": 0,
    "Refused": 0, "Told": 0, "refusal": 0, "refuse": 0, "fault": 0, "_fault": 0, "_at": 0, "_bound": 0, "_matching": 1,
    "_own": 0, "fail": 0, "NotFoundError": 0, "NotAllowedError": 0, "NotPossibleError": 0, "StoreError": 0, "SettingError": 0,
    "AuditFinding": 0, "DuplicateError": 0, "_problem": 0,
}  # fmt: skip
"""Which argument of these calls is the code of a problem."""

IN_TABLES = {
    CORE / "form/problems.py": r"answer-[a-z-]+",
    CORE / "hooks/values.py": r"language-code-format|list-empty|text-empty|text-language-missing|wrong-type",
    CORE / "scheme/translation.py": r"(number|list|text)-too-[a-z]+|number-not-[a-z]+|text-format",
    CORE / "expressions/read.py": r"expression-[a-z-]+",
    CORE / "store/findings.py": r"audit-[a-z-]+",
}
"""Files whose codes also stand in tables or variables, and what these look like."""

NOT_SAID = {"problem.several"}
"""Codes that are taken apart before anyone sees them."""

TEMPLATES = {
    *(template for file in (CORE / "services").glob("*.py") for template in templates(file)),
    # services/invite_partner.py
    "partner-confirmed", "partner-declined",
}  # fmt: skip
"""The messages that services send."""

BY_EMAIL = {"email-change", "email-changed", "join", "partner", "password-changed", "reset", "verify"} | {
    "second-factor-off", "second-factor-on", "sign-in-link", "written-by-unlisted", "written-to",
}  # fmt: skip
"""Those that always go to an e-mail address: it is what they are about, or all that is known."""

FAMILIES = {
    # compile/check.py and hooks/kinds.py: roles in messages and in the list of plugins
    "role.": {*ROLES, "checked"},
    # form/visible.py
    "node.": {cls.__name__.lower() for cls in nodes.Node.__subclasses__()},
    "type.": {"integer", "number", "money", "percent", "text", "yes_no", "date", "null", "list", "record"},
    # form/problems.py: the types of JSON Schema
    "json.": {"string", "integer", "number", "boolean", "array", "object", "null"},
    # form/problems.py: keywords of our own
    "problem.answer-": {"money-minimum", "money-maximum", "pattern", "format"},
    # compile/life.py
    "problem.unknown-": {"question", "round"},
    # cli/summary.py and explain.py
    "ground.": {str(ground).replace(" ", "-") for ground in GROUNDS},
    "explain.ground.": {*(str(ground).replace(" ", "-") for ground in GROUNDS), "waiting"},
    "verdict.": {verdict.name.lower() for verdict in Verdict},
    # scheme/checks.py: what an id is of; cli/summary.py: headings
    "word.": {"page", "figure", "rule", "criterion", "round", "report", "strand", "goal", "question", "authority"}
    | {"choice", "reason", "refused", "rank", "case", "points", "granted", "baseline", "scenario", "change", "group"}
    | {"cases", "funded", "left", "gain", "lose", "tips"}
    | {f"{what}-{when}" for what in ("funded", "granted") for when in ("before", "after")},
    # cli/demo_database.py
    "demo.stage.": {"coming", "open", "closed"},
    "demo.role.": {"handler", "assessor", "approver", "leader", "reviewer", "administrator", "contact"},
    "demo.next.": {"verify", "worker", "again"},
    # cli/demo_pages.py
    "demo.try.": {"send", "change", "refused", "register", "partner", "calls", "alert", "work", "rate", "agree"},
    "demo.status.": {str(status) for status in Status},
    # cli/simulation_summary.py
    "change.": {change.replace("_", "-") for change in CHANGES},
    "simulate.robust-": {"always", "depends", "never", "unsure"},
    "simulate.": {"by", "changed", "most-changed", "sweep", "robustness", "notes", "held-constant", "can-not-know"},
    # simulation/templates: what pages say themselves
    "report.": {
        end
        for page in (CORE / "simulation" / "templates").glob("*.html")
        for end in re.findall(r'say\("report\.([a-z-]+)"', page.read_text("utf-8"))
    },
    # letters/templates: what letters say themselves; letters/sentences.py and render.py: of grounds and units
    "letter.": {
        end
        for page in (CORE / "letters" / "templates").glob("*.html")
        for end in re.findall(r'say\("letter\.([a-z.-]+)"', page.read_text("utf-8"))
    }
    | {f"reason.{end}" for end in ("funded-in-part", "does-not-fit", "budget-used", "not-rated")}
    | {f"more.{end}" for end in ("not-eligible", "does-not-fit", "budget-used", "not-rated", "funded-in-part")}
    | {f"unit.{end}" for end in (*IN_KIND, "money")},
    # simulation/words.py
    "unit.": set(IN_KIND),
    # simulation/caution.py
    "caution.": {key.removeprefix("caution.") for key in (*HELD_CONSTANT, *CAN_NOT_KNOW)}
    | {"cap-raised", "cap-lowered"},
    "why.": {"now-above-minimum", "now-below-minimum", "amount", "budget"},
    "form.needed.": {"to_submit", "to_decide", "optional"},
    "criterion.": {"points.title"},
    # lifecycle.py, services/access.py
    "status.": {f"{status}{end}" for status in Status for end in ("", ".help")},
    "verb.": {*(one.verb for one in LIFECYCLE.transitions), "attach", "comment", "complete", "invite", "save"}
    | {"assess", "assign", "check", "judge"},
    # services/blockers.py
    "blocker.": {
        "to-clarify",
        "changes-asked",
        "unconfirmed",
        "not-delivered",
        "not-rated",
        "not-discussed",
        "extension",
    },
    # services/decide_interest.py
    "interest.": {"declared", "conflict", "no-conflict"},
    # services/messages.py
    "mail.": {f"{template}.{part}" for template in TEMPLATES for part in ("subject", "body")},
    "sms.": TEMPLATES - BY_EMAIL,
    # errors.py, store/database.py, services/pre_check.py, services/blockers.py
    "problem.": {
        "cases-to-clarify",
        "extensions-run",
        "draft-conflict",
        "store-busy",
        "store-unreachable",
        "scheme-does-not-run",
        "audit-detail-inserted",
    },
    # explain.short and the like, said through a local function or chosen beforehand
    "explain.": {"short", "short-unreachable"},
}
"""Keys that code puts together, by their beginning."""

VOCABULARY = {
    "kinds of values": {"nothing", "yes-no", "whole-number", "number", "text", "mapping", "list", "text-per-language"}
    | {"money", "percent", "moment", "date"},
    "types": {*FAMILIES["type."], "unknown"} | {f"list-of-{item}" for item in FAMILIES["type."] - {"list", "null"}},
    "constructs": {"backslash", "comment", "quoted-name", "semicolon", "braces", "brackets", "parameter", "operator"}
    | {"text-prefix", "method", "word", "cast", "arrow", "star", "node", "in-without-list", "is", "case-value"},
    "YAML": set(SYNTAX_WORDS),
    "roles": {*ROLES, "kind"},
    "who may do what": {*Who, *AUTHORITY_ROLES, *MEMBER_ROLES},
    "what methods of plugins give": {
        "column-type",
        "expression",
        "fact-columns",
        "fact-sample",
        "json-schema",
        "round-terms",
        "sample",
    },
    "formats": {"date", "no-orgnr", "local-or-instant"},
    "no limit": {"None"},
}
"""The values that words show with ``{name:v}``: each has the text ``v.<value>``."""

ADDED = {
    "PluginError": {"plugin"},
    "Finding": {"first_line"},
    "AuditFinding": {"chain", "place"},
    "_at": {"path"},
    "_matching": {"text"},
    "add": {"field"},
}
"""Parameters that these calls add to those they are given."""

MISNAMED: frozenset[tuple[str, str]] = frozenset()
"""Calls whose parameters have other names than the words."""

LETTER = re.compile(r"mail\..*\.body")
"""Words that are a letter, of several paragraphs."""

SAYERS = frozenset({"say", "Message"})


@cache
def catalogue(owner: str, language: str) -> dict[str, str]:
    """One catalogue: key to words."""
    return dict(read_catalogue((OWNERS[owner] / "texts" / f"{language}.po").read_bytes()))


@cache
def parsed(folder: Path) -> dict[Path, ast.Module]:
    """Every module below a folder."""
    return {file: ast.parse(file.read_text("utf-8")) for file in sorted(folder.rglob("*.py"))}


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_collector(node: ast.Call) -> bool:
    """Whether this is ``collector.add(code, …)``, ``checks.add(code, …)``, or ``self.add(code, …)`` of either itself."""
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "add"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("checks", "collector", "self")
    )


def asked_for(folder: Path) -> dict[str, str]:
    """Every key that the code of a folder names outright, with the file that does."""
    found: dict[str, str] = {}
    for file, tree in parsed(folder).items():
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and re.fullmatch(IN_TABLES.get(file, r"(?!)"), value):
                found[f"problem.{value}"] = str(file)
            if not isinstance(node, ast.Call):
                continue
            name = called(node)
            place = 0 if is_collector(node) else CODE_OF.get(name)
            if place is not None and len(node.args) > place:
                found |= {f"problem.{code}": str(file) for code in literals(node.args[place])}
            if name in SAYERS and node.args:
                found |= {key: str(file) for key in literals(node.args[0])}
    return {key: file for key, file in found.items() if key not in NOT_SAID}


def lacking(owner: str) -> Iterator[tuple[str, int, str, set[str]]]:
    """File, line and key of calls whose parameters are written out and lack some that the words name."""
    words = catalogue("core", "en") | catalogue(owner, "en")
    for file, tree in parsed(OWNERS[owner]).items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = called(node)
            place = 0 if is_collector(node) or name in SAYERS else CODE_OF.get(name)
            mappings = [arg for arg in (*node.args, *(k.value for k in node.keywords)) if isinstance(arg, ast.Dict)]
            given = {key.value for one in mappings for key in one.keys if isinstance(key, ast.Constant)}
            named = [k for k in node.keywords if not (isinstance(k.value, ast.Constant) and k.value.value is True)]
            given |= {k.arg for k in named if k.arg not in (None, "params", "hint")}
            if place is None or len(node.args) <= place or not given:
                continue
            start = "" if name in SAYERS else "problem."
            for key in (f"{start}{literal}" for literal in literals(node.args[place])):
                absent = fields(words.get(key, "")) - given - ADDED.get(name, set())
                if absent and (file.name, key) not in MISNAMED:
                    yield file.name, node.lineno, key, absent


def families() -> set[str]:
    """Every key that the core puts together."""
    made = {f"{start}{end}" for start, ends in FAMILIES.items() for end in ends}
    return made | {f"v.{word}" for words in VOCABULARY.values() for word in words}


def fields(words: str) -> set[str]:
    """The names of the parameters in some words."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@cache
def registry() -> Registry:
    """The bundled plugins, whether or not they are installed."""
    installed = {point.name for point in metadata.entry_points(group="grantengine")}
    names = [name for name in OWNERS if name != "core" and name not in installed]
    return load_registry([(name, importlib.import_module(f"grantengine_plugins.{name}")) for name in names])


@pytest.mark.parametrize("owner", sorted(OWNERS))
def test_languages_have_the_same_keys_and_parameters(owner: str) -> None:
    english = catalogue(owner, "en")
    for language in LANGUAGES:
        other = catalogue(owner, language)
        assert set(other) == set(english), language
        for key, words in other.items():
            assert words, (language, key)
            assert words.strip() == words, (language, key)
            assert fields(words) == fields(english[key]), (language, key)


@pytest.mark.parametrize("owner", sorted(OWNERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_file_is_sorted_whole_and_says_its_language(owner: str, language: str) -> None:
    text = (OWNERS[owner] / "texts" / f"{language}.po").read_text("utf-8")
    ids = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert ids == sorted(set(ids))
    assert len(ids) == len(catalogue(owner, language)), "an entry is empty or fuzzy"
    assert f'"Language: {language}\\n"' in text
    assert "charset=UTF-8" in text


def test_no_key_is_in_two_catalogues() -> None:
    keys = [key for owner in OWNERS for key in catalogue(owner, "en")]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("owner", sorted(OWNERS))
def test_every_key_that_code_uses_has_words(owner: str) -> None:
    known = set(catalogue(owner, "en")) | set(catalogue("core", "en"))
    wanted = asked_for(OWNERS[owner])
    assert len(wanted) > 100 or owner != "core", "the search finds nothing"
    assert {key: file for key, file in wanted.items() if key not in known} == {}


def test_every_key_that_code_puts_together_has_words() -> None:
    assert families() - set(catalogue("core", "en")) == set()


@pytest.mark.parametrize("owner", sorted(OWNERS))
def test_calls_give_the_parameters_that_the_words_name(owner: str) -> None:
    assert list(lacking(owner)) == []


def test_no_text_of_the_core_is_unused() -> None:
    assert set(catalogue("core", "en")) - set(asked_for(CORE)) - families() == set()


@pytest.mark.parametrize("owner", sorted(set(OWNERS) - {"core"}))
def test_no_text_of_a_plugin_is_unused(owner: str) -> None:
    used = set(asked_for(OWNERS[owner]))
    for (role, kind), entry in registry().kinds.items():
        if entry.plugin == owner:
            ends = ("title", "help", "because") if role == "condition" else ("title", "help")
            used |= {f"{role}.{kind}.{end}" for end in ends}
    assert set(catalogue(owner, "en")) - used == set()


def test_every_kind_has_title_and_help_in_every_language() -> None:
    texts, kinds = registry().texts, registry().kinds
    assert len(kinds) > 30
    for role, kind in kinds:
        for end in ("title", "help", *(["because"] if role == "condition" else [])):
            for language in LANGUAGES:
                assert texts.catalogues[language].get(f"{role}.{kind}.{end}"), (role, kind, end, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_never_fail_for_want_of_parameters(language: str) -> None:
    texts = registry().texts
    for key, words in texts.catalogues[language].items():
        said = texts.say(Message(key), language)
        assert all(f"{{{name}}}" in said for name in fields(words)), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", ["x", 3, 2.5, None, True, ("a", "b"), {"nb": "a"}, Money(100, "NOK"), Message("?")])
def test_words_take_any_parameter(language: str, value: object) -> None:
    texts = registry().texts
    for key, words in texts.catalogues[language].items():
        said = texts.say(Message(key, dict.fromkeys(fields(words), value)), language)
        assert said
        assert not re.search(r"\{\w+(:v)?\}", said), key


def test_vocabulary_is_said_in_words_item_by_item() -> None:
    params = {"construct": "+", "expected": ("integer", "money"), "found": "list of text"}
    said = core_texts().say(Message("problem.expression-wrong-type", params), "nb")
    assert said.endswith("den er en liste med tekster, og skal være en av: et heltall, et beløp")
    assert core_texts().word("hyphen-less thing", "nn") == "hyphen-less thing"


def test_problem_is_one_line_with_place_code_and_hint() -> None:
    hint = Message("hint.nearest", {"nearest": "members"})
    problem = Problem("unknown-question", Where("scheme.yaml", 3, 7), {"id": "member"}, hint)
    said = core_texts().problem(problem, "nn")
    assert said == "scheme.yaml:3:7: unknown-question: Skjemaet har ikkje noko spørsmål «member» (meinte du «members»?)"


@pytest.mark.parametrize("words", ["{a.b}", "{0}", "{", "{a:d}", "{a[x]}"])
def test_wrong_words_are_shown_as_they_are(words: str) -> None:
    texts = Texts({"en": {"k": words}})
    assert texts.say(Message("k", {"a": "value"}), "en") in (words, "value")


def test_words_of_a_line_hold_no_line_break() -> None:
    for owner in OWNERS:
        for language in LANGUAGES:
            lines = {key: words for key, words in catalogue(owner, language).items() if not LETTER.fullmatch(key)}
            assert [key for key, words in lines.items() if "\n" in words] == []
