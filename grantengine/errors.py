"""The error tree: what can go wrong, and the data that says what, where, why and what to do.

Errors carry data, never finished sentences. The words come from the catalogues in ``texts`` so that
the same problem can be read in Norwegian bokmål, nynorsk and English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NONE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """A text key with parameters; ``texts`` renders it in a language."""

    key: str
    params: Mapping[str, object] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Where:
    """A place a person can go to.

    ``file`` is a path as the user gave it, ``line`` and ``column`` count from 1 (0: not known), ``pointer``
    addresses the value inside its document (list items by ``id`` where they have one).
    """

    file: str | None = None
    line: int = 0
    column: int = 0
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: a stable code, where it is, and parameters for the words.

    The message key is ``problem.<code>``; ``hint`` says what to do when the engine can tell.
    """

    code: str
    where: Where = field(default_factory=Where)
    params: Mapping[str, object] = field(default_factory=lambda: _NONE)
    hint: Message | None = None


class GrantEngineError(Exception):
    """Base of every error this project raises on purpose."""


class InputError(GrantEngineError):
    """An input (scheme, cases file, answers) has problems; all of them are in ``problems``."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0] if self.problems else None
        at = f" at {first.where.file}:{first.where.line}" if first and first.where.file else ""
        super().__init__(f"{len(self.problems)} problem(s), first {first.code if first else '-'}{at}")


class SchemeError(InputError):
    """A scheme can not be loaded or compiled."""


class CasesError(InputError):
    """A cases file can not be read, or cases in it do not fit the scheme's form."""


class AnswersError(InputError):
    """The answers of one application do not fit the form."""


class EvaluationError(InputError):
    """A rule can not be computed for some case, or the cases and the call contradict each other."""


class MoneyError(GrantEngineError, ValueError):
    """A text is not an amount of money; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(f"{code}: {params}")


class PluginError(GrantEngineError):
    """A plugin is missing, contradicts another, breaks its contract, or raised; ``plugin`` names it."""

    def __init__(self, plugin: str, code: str, **params: object) -> None:
        self.plugin, self.code, self.params = plugin, code, params
        super().__init__(f"plugin {plugin}: {code}: {params}")

    @property
    def problem(self) -> Problem:
        """The same as a :class:`Problem`, for those who collect or print problems."""
        return Problem(self.code, Where(), {"plugin": self.plugin, **self.params})


class CodedError(GrantEngineError):
    """One thing that can not be done; ``problem`` says what, why and what to do."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(f"{code}: {params}" if params else code)

    @property
    def problem(self) -> Problem:
        """The same as a :class:`Problem`, for those who show problems."""
        return Problem(self.code, Where(), self.params)


class SettingError(CodedError):
    """A variable of the environment can not be understood."""


class StoreError(CodedError):
    """The database can not be reached, is not set up, or is asked to keep something it must not."""


class DuplicateError(StoreError):
    """Something that may stand once stands there already."""


class NotFoundError(CodedError):
    """What was asked for is not there, or not for this person to know of."""


class NotAllowedError(CodedError):
    """This person may not do this."""


class NotPossibleError(CodedError):
    """It can not be done now: the status, a deadline, or a plugin's veto stands in the way."""


class ConflictError(CodedError):
    """Someone else saved in the meantime: ``mine`` is what was sent, ``theirs`` what is kept, ``version`` its version.

    Nothing was written, and nothing is lost: both sides are here to be brought together.
    """

    def __init__(
        self, mine: Mapping[str, object], theirs: Mapping[str, object], version: int, **params: object
    ) -> None:
        super().__init__("draft-conflict", version=version, **params)
        self.mine, self.theirs, self.version = mine, theirs, version
