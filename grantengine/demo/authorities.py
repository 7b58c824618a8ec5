"""The authorities of the demo, those who work there in every role, and the words of their letters."""

from __future__ import annotations

from grantengine.demo.invented import DOMAIN
from grantengine.demo.letters import letter_words
from grantengine.demo.world import World
from grantengine.services.appoint import ROLES, appoint
from grantengine.services.create_authority import create_authority

MARK = f"demo@grantengine.{DOMAIN}"
"""The address of every authority of a demo, by which its database is known."""

NAMES = {
    "imdi": {
        "nb": "Integrerings- og mangfoldsdirektoratet (demo)", "nn": "Integrerings- og mangfaldsdirektoratet (demo)",
        "en": "Directorate of Integration and Diversity (demo)",
    },
    "vestland": {"nb": "Vestland fylkeskommune (demo)", "nn": "Vestland fylkeskommune (demo)"},
    "bergen": {"nb": "Bergen kommune (demo)", "nn": "Bergen kommune (demo)"},
}  # fmt: skip
MANY = {"handler": 2, "assessor": 4}
"""How many there are of those of whom one is not enough."""
LOCAL = ("vestland", "bergen")
"""Below the first authority that a scheme names, as those to whom schemes may be delegated."""


def make_authorities(world: World, keys: list[str]) -> None:
    """Make the authorities that schemes name, with people in every role; a county and a municipality below the first."""
    for key in keys:
        _authority(world, key, parent=None)
        for role in ROLES:
            for place in range(MANY.get(role, 1)):
                world.staff[f"{key}/{role}/{place}"] = _worker(world, key, role, is_first=place == 0)
        letter_words(world, key)
    for key in LOCAL:
        if key not in keys:
            _authority(world, key, parent=world.authorities[keys[0]])
            for role in ("handler", "leader"):
                world.staff[f"{key}/{role}/0"] = _worker(world, key, role, is_first=True)


def _authority(world: World, key: str, parent: str | None) -> None:
    world.authorities[key] = create_authority(
        world.engine, world.system, key=key, name=NAMES.get(key, {"nb": f"{key} (demo)"}), parent=parent, email=MARK
    )


def _worker(world: World, key: str, role: str, *, is_first: bool) -> str:
    user, email = world.user(key)
    appoint(world.engine, world.system, authority_id=world.authorities[key], user_id=user, role=role)
    if is_first:
        world.sign_in.setdefault(role, email)
    return user
