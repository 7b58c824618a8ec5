"""Habits that a reader relies on: one composition root, a light front page, errors that are raised."""

import ast
import subprocess
import sys
from pathlib import Path

import grantengine
from grantengine import errors

ROOT = Path(__file__).parents[2]
CLOCKS = {"now", "utcnow", "today", "uuid4", "uuid1"}
BASES = ("GrantEngineError", "InputError", "CodedError")
"""Errors that are raised through the classes derived from them."""
WHERE_ALLOWED = {ROOT / "grantengine" / "bootstrap.py"}


def _calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{node.func.value.id if isinstance(node.func.value, ast.Name) else '…'}.{node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    }


def test_time_and_new_ids_are_read_in_the_composition_root_only() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(calls - {"engine.today", "engine.now"})
        for folder in ("grantengine", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        if path not in WHERE_ALLOWED and (calls := _calls(path)) - {"engine.today", "engine.now"}
    }
    assert found == {}


def test_every_public_name_resolves() -> None:
    missing = [name for name in grantengine.__all__ if getattr(grantengine, name, None) is None]
    assert missing == []


def test_importing_the_front_page_loads_nothing_heavy() -> None:
    program = (
        "import grantengine, sys; print(sorted({'duckdb','pyarrow','numpy','sqlglot','pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from grantengine.cli.main import run; run(['--help']); "
        "print(sorted({'duckdb','pyarrow','numpy','sqlglot','pydantic'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_every_error_is_raised_in_some_test() -> None:
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception) and name not in BASES
    ]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in classes if f"raises({name}" not in tests] == []
