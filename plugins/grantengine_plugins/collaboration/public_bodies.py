"""Which units of the register are public bodies."""

from __future__ import annotations

from grantengine import FactContext
from grantengine_plugins.register.lookup import Unit, look_up

FORMS = frozenset({"STAT", "FYLK", "KOMM", "ORGL", "ADOS", "KF", "FKF", "IKS", "SF"})
"""Organisation forms (Enhetsregisteret, ``/organisasjonsformer``): the state, counties, municipalities, units of these
and administrative units of the public sector, municipal and county undertakings, intermunicipal companies, state
enterprises. Limited companies that a public body owns are not among them.
"""
SECTORS = frozenset({"6100", "6500"})
"""Institutional sectors (Statistics Norway, classification 39): central and local government. They name public bodies of
other forms, such as hospitals and universities, which are set up by acts of their own (``SÆR``).
"""


def is_public(context: FactContext, unit: Unit) -> bool:
    """Whether a unit is a public body, or a part of one, such as a school or a library.

    :raises SourceDown: the register does not answer of what it is a part of.
    """
    if unit.form in FORMS or unit.sector in SECTORS:
        return True
    if unit.part_of is None:
        return False
    whole = look_up(context, unit.part_of)
    return whole.form in FORMS or whole.sector in SECTORS
