"""What is asked again while one thing is read is answered from what was read first: nothing changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy.orm import Session

ANSWERS = "answers"
"""Where a session that only reads keeps what it was answered; one that changes things has no such place."""


class Asking(Protocol):
    """Whoever asks questions of a session."""

    session: Session


A = TypeVar("A", bound=Asking)
P = ParamSpec("P")
T = TypeVar("T")


def once(question: Callable[Concatenate[A, P], T]) -> Callable[Concatenate[A, P], T]:
    """A question that a session sends to the database once, as long as all that is read is as it was at one moment.

    Each who asks gets a list or dictionary of its own.
    """

    @wraps(question)
    def ask(self: A, /, *args: P.args, **options: P.kwargs) -> T:
        answers: dict[Hashable, Any] | None = self.session.info.get(ANSWERS)
        if answers is None:
            return question(self, *args, **options)
        key = (question, *map(_fixed, args), *((name, _fixed(value)) for name, value in sorted(options.items())))
        if key not in answers:
            answers[key] = question(self, *args, **options)
        found: Any = answers[key]
        return cast(T, found.copy() if isinstance(found, list | dict) else found)

    return ask


def foretell(answers: dict[Hashable, Any], question: Callable[..., Any], answer: Any, *args: Any) -> None:
    """What a question will be answered, where it was read with something else."""
    answers.setdefault((question.__wrapped__, *map(_fixed, args)), answer)  # type: ignore[attr-defined]


def _fixed(value: object) -> Hashable:
    """A value as part of a key; what a key can not hold, such as a list of lists, is nothing that is kept: by its looks."""
    found = frozenset(map(_fixed, value)) if isinstance(value, set | list | tuple | frozenset) else value
    try:
        hash(found)
    except TypeError:
        return repr(value)
    return found
