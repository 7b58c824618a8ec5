"""What engines write differently: the constructs of SQL that a writer builds its text from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache

from sqlglot import exp

SqlTree = exp.Expr


def call(function: str, *args: SqlTree) -> SqlTree:
    """A function by the exact name given."""
    return exp.Anonymous(this=function, expressions=list(args))


def cast(tree: SqlTree, to: str, safe: bool = False) -> SqlTree:
    """The tree cast to the type; ``safe`` gives NULL where the value does not fit."""
    kind = exp.TryCast if safe else exp.Cast
    return kind(this=tree, to=_type(to).copy())


@cache
def _type(name: str) -> exp.DataType:
    """Read once: the names of types are ours, and few."""
    return exp.DataType.build(name, dialect="duckdb")


def group(tree: SqlTree) -> SqlTree:
    """The tree in parentheses."""
    return exp.Paren(this=tree)


def number(digits: str) -> SqlTree:
    """A number written with these digits."""
    return exp.Literal.number(digits)


class Constructs(ABC):
    """One engine's way of writing what differs; operands come in parentheses where they need them."""

    dialect: str

    def double(self, tree: SqlTree) -> SqlTree:
        """``tree`` as a double."""
        done = type(tree) is exp.Cast and tree.to.this == exp.DataType.Type.DOUBLE
        return tree if done else cast(tree, "DOUBLE")

    def divide(self, left: SqlTree, right: SqlTree) -> SqlTree:
        """Division of doubles, NULL by zero."""
        return group(exp.Div(this=self.double(left), expression=call("nullif", self.double(right), number("0"))))

    def remainder(self, left: SqlTree, right: SqlTree) -> SqlTree:
        """The remainder with the sign of ``left``, NULL by zero."""
        return group(exp.Mod(this=left, expression=call("nullif", right, number("0"))))

    @abstractmethod
    def whole_divide(self, left: SqlTree, right: SqlTree) -> SqlTree:
        """Division of whole numbers, rounded towards zero, NULL by zero."""

    @abstractmethod
    def list_length(self, tree: SqlTree) -> SqlTree:
        """How many items a list has, NULL for NULL."""

    @abstractmethod
    def list_sum(self, tree: SqlTree) -> SqlTree:
        """The sum of the items that are not NULL, NULL where there are none."""

    @abstractmethod
    def list_best(self, function: str, tree: SqlTree) -> SqlTree:
        """``list_min``, ``list_max`` or ``list_median`` of the items that are not NULL."""

    @abstractmethod
    def with_lambda(self, function: str, source: SqlTree, param: str, body: SqlTree) -> SqlTree:
        """``list_filter`` (NULL keeps nothing) or ``list_transform`` with a lambda of one parameter."""

    @abstractmethod
    def date_difference(self, unit: str, start: SqlTree, end: SqlTree) -> SqlTree:
        """Days between two dates, or how many boundaries of months or years lie between them."""

    @abstractmethod
    def round_even(self, tree: SqlTree) -> SqlTree:
        """A double rounded to a whole double, ties to even."""

    @abstractmethod
    def guarded(self, tree: SqlTree) -> SqlTree:
        """NULL where computing ``tree`` fails, as on overflow: one case must not end the run."""

    def extreme(self, function: str, trees: Sequence[SqlTree]) -> SqlTree:
        """``least`` or ``greatest``, which skip NULL."""
        return call(function, *trees)
