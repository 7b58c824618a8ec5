"""Settings come from the environment; what can not be understood is told in words."""

import os
import subprocess
import sys

import pytest

from grantengine.errors import SettingError
from grantengine.settings import Settings, read_settings


def test_what_is_not_set_has_its_default() -> None:
    assert read_settings({}) == Settings()
    assert read_settings({"GRANTENGINE_MEMORY": "", "GRANTENGINE_PASSWORD_MEMORY": " "}) == Settings()


def test_what_is_set_is_read() -> None:
    found = read_settings(
        {
            "GRANTENGINE_LANGUAGE": "nn", "GRANTENGINE_MEMORY": "2 GB", "GRANTENGINE_PASSWORD_MEMORY": "1024",
            "GRANTENGINE_URL": "https://tilskudd.example/", "GRANTENGINE_REGISTER_URL": "https://register.example",
            "GRANTENGINE_DISABLE_PLUGINS": "a, b,", "HOME": "/",
        }
    )  # fmt: skip
    assert found == Settings(
        language="nn", memory="2 GB", password_memory=1024, url="https://tilskudd.example",
        disabled_plugins=("a", "b"), plugins={"register_url": "https://register.example"},
    )  # fmt: skip


@pytest.mark.parametrize("got", ["abc", "-1", "63", "4194305", "1e5", "١٢٣٤", "9" * 400])
def test_a_number_that_is_none(got: str) -> None:
    with pytest.raises(SettingError) as error:
        read_settings({"GRANTENGINE_PASSWORD_MEMORY": got})
    assert (error.value.code, error.value.params["got"]) == ("setting-number", got[:40])


@pytest.mark.parametrize("got", ["abc", "512", "0MB", "-1GB", "2 GB extra"])
def test_memory_that_is_none(got: str) -> None:
    with pytest.raises(SettingError) as error:
        read_settings({"GRANTENGINE_MEMORY": got})
    assert error.value.code == "setting-memory"


@pytest.mark.parametrize("command", [["plugins"], ["worker", "--once"]])
def test_a_wrong_setting_is_told_in_words(command: list[str]) -> None:
    variables = {**os.environ, "GRANTENGINE_PASSWORD_MEMORY": "much", "GRANTENGINE_LANGUAGE": "nb"}
    done = subprocess.run(
        [sys.executable, "-m", "grantengine.cli.main", *command],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "setting-number: GRANTENGINE_PASSWORD_MEMORY må være et helt tall fra 64 til 4194304, ikke «much»\n"
    )
