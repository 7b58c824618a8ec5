"""The functions of the language, how many arguments each takes, and the words that can not be names."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Function:
    """A function: from ``least`` to ``most`` arguments (None: any number); ``trusted`` ones are for templates only."""

    name: str
    least: int = 1
    most: int | None = 1
    trusted: bool = False
    takes_lambda: bool = False


FUNCTIONS = {
    function.name: function
    for function in (
        Function("abs"),
        Function("coalesce", most=None),
        Function("date_diff", 3, 3),
        Function("floor"),
        Function("greatest", most=None),
        Function("least", most=None),
        Function("len"),
        Function("length"),
        Function("list_filter", 2, 2, takes_lambda=True),
        Function("list_max", trusted=True),
        Function("list_median", trusted=True),
        Function("list_min", trusted=True),
        Function("list_sum"),
        Function("list_transform", 2, 2, takes_lambda=True),
        Function("lower"),
        Function("trim"),
    )
}

DATE_UNITS = ("day", "month", "year")

_ALIASES = {
    "char_length": "length", "character_length": "length", "datediff": "date_diff", "ifnull": "coalesce",
    "lcase": "lower", "max": "greatest", "min": "least", "nvl": "coalesce", "size": "len", "sum": "list_sum",
}  # fmt: skip

KEYWORDS = frozenset(
    {"and", "or", "not", "between", "in", "is", "case", "when", "then", "else", "end", "lambda"}
)  # fmt: skip
CONSTANTS = frozenset({"null", "true", "false"})
# Words of SQL that begin or join a construct the language does not have. They get a fault of their own, because
# «unknown name» would send a writer looking for a column.
REFUSED_WORDS = frozenset(
    {
        "select", "from", "where", "with", "union", "intersect", "except", "having", "as", "cast",
        "try_cast", "like", "ilike", "exists", "distinct", "over", "interval", "collate", "escape",
        "isnull", "notnull", "xor", "div", "using", "insert", "update", "delete", "create", "drop",
        "attach", "pragma", "similar", "qualify",
    }
)  # fmt: skip
RESERVED_WORDS = KEYWORDS | CONSTANTS | REFUSED_WORDS


def nearest_function(name: str, trusted: bool = False) -> str | None:
    """The allowed function that ``name`` was most likely meant to be, None where nothing is near."""
    allowed = [function.name for function in FUNCTIONS.values() if trusted or not function.trusted]
    wanted = _ALIASES.get(name.lower())
    if wanted is not None:
        return wanted
    found = get_close_matches(name.lower(), allowed, n=1, cutoff=0.6)
    return found[0] if found else None
