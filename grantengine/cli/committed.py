"""The option `--committed`: what is used of a budget already, of the whole or by year, strand or both."""

from __future__ import annotations

from collections.abc import Sequence

from grantengine.compile.plan import Plan
from grantengine.errors import EvaluationError, MoneyError, Problem
from grantengine.evaluate import Committed, committed_names
from grantengine.money import IN_KIND, parse_money, parse_ore


def committed_sums(written: Sequence[str], plan: Plan) -> Committed:
    """Read `SUM` once, or `NAME=SUM` for each year (`2027`), strand (`north`) or year of a strand (`north/2027`).

    :raises EvaluationError: it is no sum, in another currency, or given in both ways.
    """
    named: dict[str, int] = {}
    for text in written:
        name, equals, amount = text.rpartition("=")
        if (not equals and len(written) > 1) or name in named:
            names = [name for part in committed_names(plan) for name in part]
            raise EvaluationError([Problem("committed-of-what", params={"names": names})])
        named[name] = _sum(amount, plan.currency)
    return named.get("", named) if named else 0


def _sum(text: str, currency: str) -> int:
    try:
        with_unit = text.strip()[-3:].isalpha() or text.strip().endswith(IN_KIND)
        amount = parse_money(text) if with_unit else None
        if amount is not None and amount.currency != currency:
            raise MoneyError("money-other-currency", text=text, currency=currency)
        return amount.ore if amount is not None else parse_ore(text)
    except MoneyError as error:
        raise EvaluationError([Problem(error.code, params=error.params)]) from error
