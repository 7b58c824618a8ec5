"""Codes of the second step: those that change with time (TOTP, RFC 6238), and those for a lost device."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp

from grantengine.errors import InputError, Problem, Where
from grantengine.store.tables.sign_in import SecondFactor

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

ISSUER = "Tilskuddsportalen"
"""What the device calls us."""
SECONDS = 30
DRIFT = (-1, 0, 1)
"""Steps beside the present one whose codes are right too: clocks of telephones differ a little, and people type slowly."""
SPARE = 10
"""How many codes there are for a lost device."""
_SPARE_LENGTH = 12
_READ_AS = str.maketrans("01", "ol")


def new_shared_secret(engine: Engine) -> str:
    """A new secret for a device: 160 bits in base32."""
    return base64.b32encode(hashlib.sha256(engine.new_secret().encode()).digest()[:20]).decode()


def address_for_device(secret: str, email: str) -> str:
    """The address that a device takes in from a picture (``otpauth:``)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def new_spare_codes(engine: Engine) -> tuple[str, ...]:
    """Codes for a lost device, each for one use: 60 bits in groups that are easy to copy."""
    drawn = (base64.b32encode(hashlib.sha256(engine.new_secret().encode()).digest()) for _ in range(SPARE))
    texts = (one.decode().lower()[:_SPARE_LENGTH] for one in drawn)
    return tuple("-".join(re.findall("....", text)) for text in texts)


def digest_of_code(user_id: str, code: str) -> str:
    """What is kept of a code for a lost device. None holds a nought or a one: who reads them so means the letters."""
    return hashlib.sha256(f"{user_id}\n{_plain(code).translate(_READ_AS)}".encode(errors="replace")).hexdigest()


def use_code(work: Work, factor: SecondFactor, code: str) -> None:
    """Take a code, which can not be used once more. Whoever calls this holds the locks of the user and the factor.

    :raises InputError: ``code-wrong``: it is not the one of now, or it has been used.
    """
    written = _plain(code) if len(code) <= 100 else ""
    step = _step_of(factor, written, work.by.at)
    spare = digest_of_code(factor.user_id, written)
    if step is not None:
        factor.last_step = step
        work.record("code-used", factor)
    elif factor.confirmed_at is not None and len(written) == _SPARE_LENGTH and spare in factor.codes:
        factor.codes = [one for one in factor.codes if one != spare]
        work.record("spare-code-used", factor, left=len(factor.codes))
    else:
        raise InputError([Problem("code-wrong", Where(pointer="/code"))])


def _step_of(factor: SecondFactor, code: str, at: datetime) -> int | None:
    """The step of time that this is the code of, if it is one of now and later than the last one used."""
    device, now, found = pyotp.TOTP(factor.secret), int(at.timestamp()) // SECONDS, None
    for step in (now + by for by in DRIFT):
        if (
            hmac.compare_digest(device.generate_otp(step).encode(), code.encode(errors="replace"))
            and step > factor.last_step
        ):
            found = step
    return found


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()
