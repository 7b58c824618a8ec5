"""A person erases the own account, having shown once more who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantengine.errors import NotAllowedError
from grantengine.records import By
from grantengine.services.change_password import check_own_password
from grantengine.services.erase_user import erase_user

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine


def erase_own_account(engine: Engine, by: By, user_id: str, password: str) -> None:
    """Erase the account of whoever asks and knows its password.

    :raises InputError: ``password-wrong``.
    :raises NotAllowedError: ``own-account-only`` or ``too-many-tries``.
    :raises NotPossibleError: ``person-last-contact`` or ``person-last-administrator``.
    """
    if by.kind != "user" or by.id != user_id:
        raise NotAllowedError("own-account-only")
    check_own_password(engine, by, password)
    erase_user(engine, by, user_id)
