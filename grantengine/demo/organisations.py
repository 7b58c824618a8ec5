"""The organisations of the demo: with and without number, networks with a host, municipalities, and those told orally."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from grantengine.demo.invented import ABOUT, ACTIVITIES, DOMAIN, KINDS, PLACES, PROPER, TARGETS
from grantengine.demo.timeline import Story, evening, office_hours
from grantengine.demo.world import Group, World, address
from grantengine.services.create_organisation import create_organisation
from grantengine.services.edit_organisation import edit_organisation
from grantengine.services.host_organisation import ask_host, consent_as_host
from grantengine.services.invite_member import accept_invitation, invite_member
from grantengine.services.register_organisation import register_organisation

SHAPES = (
    "organisation", "host", "organisation", "municipality", "organisation", "unnumbered", "organisation", "network",
    "organisation", "organisation", "told", "organisation",
)  # fmt: skip
"""One after the other, and over again. ``told``: a handler has written it down, and nobody acts for it yet."""
FORMS = {"organisation": "FLI", "host": "FLI", "municipality": "KOMM"}
ARRIVE = (-410, -330)
"""Between how many days before the day of the demo they come."""


def organisations(world: World, count: int) -> Iterator[Story]:
    """The stories of all organisations."""
    for place in range(count):
        # Whole rounds have one municipality each; one is enough after the first.
        shape = SHAPES[place % len(SHAPES)]
        yield _story(world, place, "organisation" if shape == "municipality" and place >= len(SHAPES) * 2 else shape)


def _story(world: World, place: int, shape: str) -> Story:
    rng = world.chance(f"organisation/{place}")
    day = world.in_days(rng.uniform(*ARRIVE)).date()
    yield office_hours(rng, day) if shape == "told" else evening(rng, day)
    group = _arrives(world, rng, place, shape)
    world.groups.append(group)
    if group.contact is None:
        return
    yield world.soon(rng, 0.5, 3)
    _tells_of_itself(world, rng, group)
    if shape == "network":
        yield from _finds_a_host(world, rng, group)
    for role in _wanted(place):
        yield world.soon(rng, 1, 6)
        name = next(world.people)
        invitation = invite_member(
            world.engine, world.by(group.contact), organisation_id=group.id, email=address(name, _domain(place)), role=role
        )  # fmt: skip
        yield world.soon(rng, 0.5, 3)
        group.others.append(_joins(world, place, name, invitation)[0])
    if place % 20 == 2:
        yield from _board_changes(world, rng, place, group)


def _arrives(world: World, rng: Random, place: int, shape: str) -> Group:
    where = PLACES[rng.randrange(len(PLACES))]
    name = _name(place, shape, where[1])
    number = next(world.numbers) if shape in FORMS else None
    kind = "organisation" if shape in ("unnumbered", "told") else shape
    founded = world.now.year - (rng.randint(1, 30) if number else 0)
    members = rng.randint(4, 60) if number is None else int(25 * 2 ** rng.uniform(0, 5))
    employees = max(0, int(rng.gauss(1, 4))) if number else 0
    group = Group("", name, number, kind, where, founded, members, employees, f"post@{_domain(place)}.{DOMAIN}")
    if number:
        world.register.add(
            number, name, form=FORMS[shape], municipality=where[0], founded=founded, employees=employees
        )  # fmt: skip
    language = "nn" if place % 5 == 4 else "nb"
    if shape == "told":
        staff, authority = next(iter(world.staff.values())), next(iter(world.authorities.values()))
        group.id = register_organisation(
            world.engine, world.by(staff), authority_id=authority, name=name, municipality=where[0], language=language
        )
        return group
    group.contact, group.contact_email = world.user(_domain(place), language=_language(place))
    group.id = create_organisation(
        world.engine, world.by(group.contact), name=name, number=number, kind=kind, municipality=where[0],
        founded=founded, language=language,
    )  # fmt: skip
    return group


def _tells_of_itself(world: World, rng: Random, group: Group) -> None:
    profile = {
        "activities": sorted(rng.sample(ACTIVITIES, 2)), "target_groups": sorted(rng.sample(TARGETS, 2)),
        "languages": world.spoken(rng), "members": group.members, "employees": group.employees, "about": ABOUT,
        "mentor": rng.choice(["offers", "none", "none"] if group.number else ["wishes", "none"]),
    }  # fmt: skip
    changes = {"profile": profile, "listed": rng.random() < 0.7, "offices": {"chair": next(world.people)}}
    edit_organisation(world.engine, world.by(group.contact or ""), group.id, 1, changes)


def _finds_a_host(world: World, rng: Random, group: Group) -> Story:
    yield world.soon(rng, 2, 10)
    host = next((one for one in world.groups if one.kind == "host" and one.contact), None)
    if host is None or host.number is None:
        return  # the one that would be has not come yet
    ask_host(world.engine, world.by(group.contact or ""), organisation_id=group.id, host_number=host.number)
    if rng.random() < 0.7:
        yield world.soon(rng, 1, 8)
        consent_as_host(world.engine, world.by(host.contact or ""), group.id)
        group.hosted = True


def _board_changes(world: World, rng: Random, place: int, group: Group) -> Story:
    yield world.soon(rng, 20, 30)
    assert group.contact is not None  # those whom nobody acts for have no board here
    name = next(world.people)
    invitation = invite_member(
        world.engine, world.by(group.contact), organisation_id=group.id, email=address(name, _domain(place)),
        role="contact", takes_over_from=group.contact,
    )  # fmt: skip
    yield world.soon(rng, 1, 4)
    group.contact, group.contact_email = _joins(world, place, name, invitation)


def _joins(world: World, place: int, name: str, invitation: str) -> tuple[str, str]:
    user, email = world.user(_domain(place), name=name, language=_language(place))
    accept_invitation(world.engine, world.by(user), world.link(invitation))
    return user, email


def _wanted(place: int) -> list[str]:
    """Whom the contact asks to join: two contacts are wanted, and some have a writer or a signatory too."""
    return [role for role, every in (("contact", 2), ("writer", 3), ("signatory", 5)) if place % every == 0]


def _name(place: int, shape: str, where: str) -> str:
    proper = PROPER[place % len(PROPER)]
    if shape == "municipality":
        return f"{proper} kommune"
    if shape == "network":
        return f"Nettverket {proper}, {where}"
    if shape == "host":
        return f"Fellesrådet {proper} i {where}"
    name = KINDS[(place // len(PROPER) * 5 + place) % len(KINDS)].format(proper=proper, place=where)
    return name if place < len(PROPER) * len(KINDS) else f"{name} {place}"


def _domain(place: int) -> str:
    return f"org{place + 1:02d}"


def _language(place: int) -> str:
    return "en" if place % 7 == 3 else "nn" if place % 5 == 4 else "nb"
