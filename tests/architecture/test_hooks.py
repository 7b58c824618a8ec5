"""Every hook is documented with its exact arguments and tested; bundled plugins are entry points like a stranger's."""

import ast
import inspect
import re
import tomllib
from pathlib import Path

from grantengine.hooks import specs
from grantengine.hooks.manager import HOOKS, MOMENTS

ROOT = Path(__file__).parents[2]


def _specified() -> dict[str, str]:
    return {
        name: str(inspect.signature(value))
        for name, value in vars(specs).items()
        if name.startswith("grantengine_") and callable(value)
    }


def test_every_hook_is_documented_with_its_exact_signature() -> None:
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^### `(grantengine_\w+)(\(.*?\) -> .*?)`$", text, flags=re.MULTILINE))
    # Annotations are kept as text, so they read in the documentation as they stand in the file.
    assert documented == {name: signature.replace("'", "") for name, signature in _specified().items()}


def test_every_hook_has_a_test() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in _specified() if f"def test_hook_{name}(" not in tests] == []


def test_every_hook_is_called() -> None:
    assert {*HOOKS, *MOMENTS} == set(_specified())


def test_specs_hold_no_logic() -> None:
    tree = ast.parse(Path(specs.__file__).read_text(encoding="utf-8"))
    bodies = [node.body for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert all(len(body) == 1 and isinstance(body[0], ast.Expr) for body in bodies)


def test_bundled_plugins_are_the_entry_points() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"]["grantengine"]
    folder = ROOT / "plugins" / "grantengine_plugins"
    packages = {
        path.name: f"grantengine_plugins.{path.name}" for path in folder.iterdir() if (path / "__init__.py").is_file()
    }
    assert declared == packages
