"""Authorities, users, organisations, and who may do what in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Audited, Base
from grantengine.store.columns import DIGEST, ID, KEY, refers


class Authority(Audited, Base, kw_only=True):
    """A public body that gives grants; ``parent_id`` is the one above it. ``key`` is its name in scheme files."""

    __tablename__ = "authorities"
    aggregate = "authority"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(KEY, unique=True)
    name: Mapped[dict[str, Any]]
    parent_id: Mapped[str | None] = mapped_column(ID, refers("authorities.id"), default=None, index=True)
    language: Mapped[str] = mapped_column(default="nb")
    email: Mapped[str | None] = mapped_column(default=None)
    since: Mapped[datetime]


class User(Audited, Base, kw_only=True):
    """A person with an account. ``email`` is kept in lower case; an erased user has none."""

    __tablename__ = "users"
    aggregate = "user"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="nb")
    phone: Mapped[str | None] = mapped_column(default=None)
    channel: Mapped[str] = mapped_column(default="email")
    password_hash: Mapped[str | None] = mapped_column(default=None)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    since: Mapped[datetime]


class OneTimeLink(Audited, Base, kw_only=True):
    """A link that may be used once, by whoever holds it. Only a digest of its secret is kept.

    ``purpose`` says for what: ``verify``, ``reset``, ``email`` (another address), ``join`` (an organisation), ``partner``,
    ``confirm`` (a registered application). ``subject_id`` is what it is about; ``chain`` and ``chain_id`` name the
    aggregate it belongs to.
    """

    __tablename__ = "one_time_links"
    __table_args__ = (Index("ix_one_time_links_chain", "chain", "chain_id"),)
    part_of = "chain_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    secret_digest: Mapped[str] = mapped_column(DIGEST, unique=True)
    purpose: Mapped[str]
    chain: Mapped[str] = mapped_column(KEY)
    chain_id: Mapped[str] = mapped_column(ID)
    subject_id: Mapped[str] = mapped_column(ID, index=True)
    email: Mapped[str | None] = mapped_column(default=None, index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def aggregate(self) -> str:  # type: ignore[override]
        """The kind of aggregate the link belongs to."""
        return self.chain


class AuthorityRole(Audited, Base, kw_only=True):
    """What a user may do in an authority, from ``since`` until ``until``."""

    __tablename__ = "authority_roles"
    __table_args__ = (
        CheckConstraint(
            "role in ('handler', 'assessor', 'approver', 'leader', 'reviewer', 'administrator')", name="known"
        ),
    )
    aggregate = "authority"
    part_of = "authority_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    authority_id: Mapped[str] = mapped_column(ID, refers("authorities.id"), index=True)
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    role: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)


class Organisation(Audited, Base, kw_only=True):
    """An applicant: a voluntary organisation, a network, a municipality; with or without an organisation number.

    ``profile`` holds ``activities``, ``languages``, ``target_groups`` (lists of text), ``members``, ``employees``,
    ``mentor`` (``offers``, ``wishes`` or none) and ``about``. ``settled_alone`` says why one contact must do.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("kind in ('organisation', 'municipality', 'network', 'person', 'host')", name="kind_known"),
        # Those that want to be found are few, and the directory goes through no others.
        Index("ix_organisations_listed", "id", sqlite_where=text("listed = 1"), postgresql_where=text("listed")),
    )
    aggregate = "organisation"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str | None] = mapped_column(KEY, unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="organisation")
    municipality: Mapped[str | None] = mapped_column(default=None, index=True)
    founded: Mapped[int | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="nb")
    profile: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    offices: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    listed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    since: Mapped[datetime]


class OrganisationRole(Audited, Base, kw_only=True):
    """What a user may do for an organisation: ``contact``, ``writer`` or ``signatory``, from ``since`` until ``until``."""

    __tablename__ = "organisation_roles"
    __table_args__ = (
        CheckConstraint("role in ('contact', 'writer', 'signatory')", name="known"),
        Index("ix_organisation_roles_member", "organisation_id", "user_id"),
    )
    aggregate = "organisation"
    part_of = "organisation_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"), index=True)
    role: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)


class OrganisationInvitation(Audited, Base, kw_only=True):
    """A person asked by e-mail to take a role in an organisation."""

    __tablename__ = "organisation_invitations"
    aggregate = "organisation"
    part_of = "organisation_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), index=True)
    email: Mapped[str | None] = mapped_column(index=True)
    role: Mapped[str]
    takes_over_from: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    invited_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)


class Host(Audited, Base, kw_only=True):
    """A host that receives money for an organisation, once it has consented and until either ends it."""

    __tablename__ = "hosts"
    __table_args__ = (UniqueConstraint("organisation_id", "host_id", "asked_at"),)
    aggregate = "organisation"
    part_of = "organisation_id"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"))
    host_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    asked_at: Mapped[datetime]
    consented_by: Mapped[str | None] = mapped_column(ID, refers("users.id"), default=None)
    consented_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ProfileTerm(Base, kw_only=True):
    """A word by which an organisation that wants to be found is found; made anew whenever its profile changes.

    ``kind`` is ``activities``, ``languages``, ``target_groups``, ``mentor``, or ``words``: the words of the name and of all
    those. ``term`` is in small letters.
    """

    __tablename__ = "profile_terms"
    __table_args__ = (Index("ix_profile_terms_term", "kind", "term", "organisation_id"),)

    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(KEY, primary_key=True)
    term: Mapped[str] = mapped_column(KEY, primary_key=True)


class NetworkMember(Audited, Base, kw_only=True):
    """An organisation as a member of a network, from ``since`` (asked, and not taken in yet: None) until ``until``."""

    __tablename__ = "network_members"
    aggregate = "organisation"
    part_of = "network_id"

    network_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ID, refers("organisations.id"), primary_key=True, index=True)
    asked_by: Mapped[str] = mapped_column(ID, refers("users.id"))
    asked_at: Mapped[datetime]
    since: Mapped[datetime | None] = mapped_column(default=None)
    until: Mapped[datetime | None] = mapped_column(default=None)
