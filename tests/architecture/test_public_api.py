"""The public API is what ``import grantengine`` gives, whatever has been imported before."""

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

import grantengine

SAME_NAME = ("bootstrap", "evaluate", "explain")
"""Public functions that live in modules of their own name."""


@pytest.mark.parametrize("name", SAME_NAME)
def test_a_function_is_never_hidden_by_its_module(name: str) -> None:
    module = importlib.import_module(f"grantengine.{name}")
    assert isinstance(module, ModuleType)
    for _ in range(2):
        assert getattr(grantengine, name) is getattr(module, name)


def test_every_public_name_outlives_the_import_of_every_module() -> None:
    code = (
        "import grantengine, importlib, pkgutil, types\n"
        "for module in pkgutil.walk_packages(grantengine.__path__, 'grantengine.'):\n"
        "    if module.name != 'grantengine.store.migrations.env':  # alembic runs it\n"
        "        importlib.import_module(module.name)\n"
        "for name in grantengine.__all__:\n"
        "    is_module = isinstance(getattr(grantengine, name), types.ModuleType)\n"
        "    assert is_module == (name == 'types'), name\n"
        "from grantengine.evaluate import evaluate\n"
        "assert evaluate is grantengine.evaluate\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_package_imports_nothing_of_it() -> None:
    code = "import sys, grantengine; print(sorted(name for name in sys.modules if name.startswith('grantengine.')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
