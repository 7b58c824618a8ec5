"""The first shape of the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from grantengine.store.guards import Erasable, guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As they were when this was written: a migration never changes.
ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
FIXED = ("scheme_versions", "audit_events", "audit_seals", "audit_sealed_heads")
REVISION = Erasable(("id", "application_id", "place", "cause", "draft_version", "author_id", "kept_at"), "answers")

DETAIL = Erasable(("event_id",), "body")
ADDED = ("personal_reads",)


def upgrade() -> None:
    """Make every table, and the guards of rows that never change."""
    op.create_table(
        "audit_details",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_details")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("aggregate", KEY, nullable=False),
        sa.Column("aggregate_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("details_digest", sa.String(length=64), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("aggregate", "aggregate_id", "place", name=op.f("uq_audit_events_aggregate")),
    )
    op.create_index(op.f("ix_audit_events_actor_id"), "audit_events", ["actor_id"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("aggregate", KEY, nullable=False),
        sa.Column("aggregate_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("aggregate", "aggregate_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_seals",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "authorities",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["authorities.id"],
            name=op.f("fk_authorities_parent_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("key", name=op.f("uq_authorities_key")),
    )
    op.create_index(op.f("ix_authorities_parent_id"), "authorities", ["parent_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_jobs_kind")),
    )
    op.create_index("ix_jobs_due_at_id", "jobs", ["due_at", "id"], unique=False)
    op.create_table(
        "one_time_links",
        sa.Column("id", ID, nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("chain_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_one_time_links_secret_digest")),
    )
    op.create_index("ix_one_time_links_chain", "one_time_links", ["chain", "chain_id"], unique=False)
    op.create_index(op.f("ix_one_time_links_email"), "one_time_links", ["email"], unique=False)
    op.create_index(op.f("ix_one_time_links_subject_id"), "one_time_links", ["subject_id"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", KEY, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("founded", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("offices", sa.JSON(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('organisation', 'municipality', 'network', 'person', 'host')",
            name=op.f("ck_organisations_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("number", name=op.f("uq_organisations_number")),
    )
    op.create_index(op.f("ix_organisations_municipality"), "organisations", ["municipality"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about", ID, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_about"), "outbox", ["about"], unique=False)
    op.create_index("ix_outbox_due_at_id", "outbox", ["due_at", "id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "audit_sealed_heads",
        sa.Column("seal", sa.Integer(), nullable=False),
        sa.Column("aggregate", KEY, nullable=False),
        sa.Column("aggregate_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["seal"],
            ["audit_seals.place"],
            name=op.f("fk_audit_sealed_heads_seal_audit_seals"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seal", "aggregate", "aggregate_id", name=op.f("pk_audit_sealed_heads")),
    )
    op.create_index(
        "ix_audit_sealed_heads_chain", "audit_sealed_heads", ["aggregate", "aggregate_id", "seal"], unique=False
    )
    op.create_table(
        "authority_roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role in ('handler', 'assessor', 'approver', 'leader', 'reviewer', 'administrator')",
            name=op.f("ck_authority_roles_known"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_authority_roles_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_authority_roles_user_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_roles")),
    )
    op.create_index(op.f("ix_authority_roles_authority_id"), "authority_roles", ["authority_id"], unique=False)
    op.create_index(op.f("ix_authority_roles_user_id"), "authority_roles", ["user_id"], unique=False)
    op.create_table(
        "earlier_grants",
        sa.Column("id", ID, nullable=False),
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("organisation_number", KEY, nullable=True),
        sa.Column("organisation_id", ID, nullable=True),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("report_due", sa.String(), nullable=True),
        sa.Column("activity", sa.String(), nullable=True),
        sa.Column("target_group", sa.String(), nullable=True),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_earlier_grants_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_earlier_grants_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_grants")),
    )
    op.create_index(op.f("ix_earlier_grants_organisation_id"), "earlier_grants", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_earlier_grants_organisation_number"), "earlier_grants", ["organisation_number"], unique=False
    )
    op.create_index("ix_earlier_grants_of", "earlier_grants", ["authority_id", "id"], unique=False)
    op.create_index("ix_earlier_grants_place", "earlier_grants", ["municipality", "ends"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("host_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_by", ID, nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_hosts_asked_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["consented_by"],
            ["users.id"],
            name=op.f("fk_hosts_consented_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["host_id"],
            ["organisations.id"],
            name=op.f("fk_hosts_host_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_hosts_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
        sa.UniqueConstraint("organisation_id", "host_id", "asked_at", name=op.f("uq_hosts_organisation_id")),
    )
    op.create_index(op.f("ix_hosts_host_id"), "hosts", ["host_id"], unique=False)
    op.create_table(
        "network_members",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["users.id"],
            name=op.f("fk_network_members_asked_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["organisations.id"],
            name=op.f("fk_network_members_network_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_network_members_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("network_id", "organisation_id", name=op.f("pk_network_members")),
    )
    op.create_index(op.f("ix_network_members_organisation_id"), "network_members", ["organisation_id"], unique=False)
    op.create_table(
        "profile_terms",
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("term", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_profile_terms_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "term", name=op.f("pk_profile_terms")),
    )
    op.create_index("ix_profile_terms_term", "profile_terms", ["kind", "term", "organisation_id"], unique=False)
    op.create_table(
        "organisation_invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("takes_over_from", ID, nullable=True),
        sa.Column("invited_by", ID, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_organisation_invitations_invited_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_invitations_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["takes_over_from"],
            ["users.id"],
            name=op.f("fk_organisation_invitations_takes_over_from_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_invitations")),
    )
    op.create_index(op.f("ix_organisation_invitations_email"), "organisation_invitations", ["email"], unique=False)
    op.create_index(
        op.f("ix_organisation_invitations_organisation_id"),
        "organisation_invitations",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "organisation_roles",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("role in ('contact', 'writer', 'signatory')", name=op.f("ck_organisation_roles_known")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_roles_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_organisation_roles_user_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_roles")),
    )
    op.create_index("ix_organisation_roles_member", "organisation_roles", ["organisation_id", "user_id"], unique=False)
    op.create_index(op.f("ix_organisation_roles_user_id"), "organisation_roles", ["user_id"], unique=False)
    op.create_table(
        "schemes",
        sa.Column("id", ID, nullable=False),
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_schemes_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schemes")),
        sa.UniqueConstraint("key", name=op.f("uq_schemes_key")),
    )
    op.create_index(op.f("ix_schemes_authority_id"), "schemes", ["authority_id"], unique=False)
    op.create_table(
        "settings",
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_settings_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("authority_id", "name", name=op.f("pk_settings")),
    )
    op.create_table(
        "scheme_versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("scheme_id", ID, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("compiled", sa.JSON(), nullable=False),
        sa.Column("plugins", sa.JSON(), nullable=False),
        sa.Column("published_by", ID, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["users.id"],
            name=op.f("fk_scheme_versions_published_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["schemes.id"],
            name=op.f("fk_scheme_versions_scheme_id_schemes"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_versions")),
        sa.UniqueConstraint("scheme_id", "version", name=op.f("uq_scheme_versions_scheme_id")),
    )
    op.create_table(
        "calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("authority_id", ID, nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("patch", sa.JSON(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_by", ID, nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announced_by"],
            ["users.id"],
            name=op.f("fk_calls_announced_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authorities.id"],
            name=op.f("fk_calls_authority_id_authorities"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["scheme_versions.id"],
            name=op.f("fk_calls_version_id_scheme_versions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_authority_id"), "calls", ["authority_id"], unique=False)
    op.create_index("ix_calls_closes_at_id", "calls", ["closes_at", "id"], unique=False)
    op.create_index(op.f("ix_calls_version_id"), "calls", ["version_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("strand", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("request_id", KEY, nullable=True),
        sa.Column("copied_from", ID, nullable=True),
        sa.Column("host_id", ID, nullable=True),
        sa.Column("begun_by", ID, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision_id", ID, nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("channel in ('web', 'oral', 'paper')", name=op.f("ck_applications_channel_known")),
        sa.ForeignKeyConstraint(
            ["begun_by"],
            ["users.id"],
            name=op.f("fk_applications_begun_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_applications_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["copied_from"],
            ["applications.id"],
            name=op.f("fk_applications_copied_from_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["host_id"],
            ["organisations.id"],
            name=op.f("fk_applications_host_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_applications_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("number", name=op.f("uq_applications_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_applications_request_id")),
    )
    op.create_index("ix_applications_call_id_id", "applications", ["call_id", "id"], unique=False)
    op.create_index("ix_applications_status_id", "applications", ["status", "id"], unique=False)
    op.create_index("ix_applications_organisation_id_id", "applications", ["organisation_id", "id"], unique=False)
    op.create_table(
        "call_patches",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("operations", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_patches_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["users.id"], name=op.f("fk_call_patches_made_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_patches")),
    )
    op.create_index(op.f("ix_call_patches_call_id"), "call_patches", ["call_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by", ID, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_extensions_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["users.id"], name=op.f("fk_extensions_given_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_extensions_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index("ix_extensions_of", "extensions", ["call_id", "organisation_id"], unique=False)
    op.create_table(
        "invitees",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("invited_by", ID, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_invitees_call_id_calls"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_invitees_invited_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_invitees_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("call_id", "organisation_id", name=op.f("pk_invitees")),
    )
    op.create_index(op.f("ix_invitees_organisation_id"), "invitees", ["organisation_id"], unique=False)
    op.create_table(
        "application_numbers",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=False), nullable=False
        ),
        sa.Column("application_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_numbers_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_application_numbers")),
        sa.UniqueConstraint("application_id", name=op.f("uq_application_numbers_application_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("scan", sa.String(), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["users.id"],
            name=op.f("fk_attachments_added_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_attachments_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_application_id"), "attachments", ["application_id"], unique=False)
    op.create_table(
        "checked_values",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_checked_values_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_checked_values_set_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checked_values")),
        sa.UniqueConstraint("application_id", "name", name=op.f("uq_checked_values_application_id")),
    )
    op.create_table(
        "drafts",
        sa.Column("application_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_drafts_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_drafts_author_id_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "facts",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("source", KEY, nullable=False),
        sa.Column("values", sa.JSON(), nullable=True),
        sa.Column("raw", sa.JSON(), nullable=True),
        sa.Column("plugin", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", ID, nullable=True),
        sa.Column("source_note", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_facts_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_facts_entered_by_users"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("application_id", "source", name=op.f("uq_facts_application_id")),
    )
    op.create_index("ix_facts_retry_at", "facts", ["retry_at"], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_number", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("answered_as", sa.String(), nullable=True),
        sa.Column("invited_by", ID, nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.CheckConstraint("status in ('invited', 'confirmed', 'declined')", name=op.f("ck_partners_status_known")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_partners_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_partners_invited_by_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    op.create_index(op.f("ix_partners_application_id"), "partners", ["application_id"], unique=False)
    op.create_index(op.f("ix_partners_email"), "partners", ["email"], unique=False)
    op.create_table(
        "planned_activities",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("target_group", sa.String(), nullable=True),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_planned_activities_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_planned_activities_organisation_id_organisations"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_activities")),
    )
    op.create_index(
        op.f("ix_planned_activities_application_id"), "planned_activities", ["application_id"], unique=False
    )
    op.create_index("ix_planned_activities_place", "planned_activities", ["municipality", "ends"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_revisions_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_revisions_author_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("application_id", "place", name=op.f("uq_revisions_application_id")),
    )
    op.create_table(
        "attachment_contents",
        sa.Column("attachment_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_attachment_contents_attachment_id_attachments"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_contents")),
    )
    op.create_table(
        "personal_reads",
        sa.Column("id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_personal_reads_application_id_applications"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_personal_reads_user_id_users"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_reads")),
    )
    op.create_index(op.f("ix_personal_reads_at"), "personal_reads", ["at"], unique=False)
    op.create_index("ix_personal_reads_of", "personal_reads", ["application_id", "id"], unique=False)
    op.create_index(op.f("ix_personal_reads_user_id"), "personal_reads", ["user_id"], unique=False)

    for statement in guard(op.get_bind().dialect.name, FIXED, {"revisions": REVISION, "audit_details": DETAIL}, ADDED):
        op.execute(statement)
