"""What those who run an installation do for a person who can not get in."""

from __future__ import annotations

import pyotp
import terminal
from worlds import PASSWORD, World

from grantengine.services.second_factor import begin_second_factor, confirm_second_factor, see_second_factor
from grantengine.services.sign_in import sign_in


def test_a_lost_telephone_does_not_shut_its_owner_out(world: World) -> None:
    kari = world.user("Kari", "kari@example.org")
    begin_second_factor(world.engine, world.by(kari))
    factor = see_second_factor(world.engine, world.by(kari))
    assert factor is not None
    confirm_second_factor(world.engine, world.by(kari), pyotp.TOTP(factor.secret).at(world.clock()))
    address = world.engine.store.database.url.render_as_string(hide_password=False)
    given = {"GRANTENGINE_LANGUAGE": "en", "GRANTENGINE_DATABASE_URL": address}
    done = terminal.run("account", "drop-code", "kari@example.org", **given)
    assert (done.returncode, done.stdout) == (0, "kari@example.org signs in without a code from now on\n")
    assert not sign_in(world.engine, world.anyone, email="kari@example.org", password=PASSWORD).needs_code
    again = terminal.run("account", "drop-code", "kari@example.org", **given)
    assert (again.returncode, again.stdout) == (1, "")
    assert "Sign-in with a code is not on" in again.stderr
