"""Who acts for an organisation, which networks it is in, and who receives money for it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grantengine.errors import InputError, NotFoundError, NotPossibleError, Problem, Where
from grantengine.services.find_organisations import see_entry
from grantengine.services.host_organisation import ask_host, consent_as_host, end_hosting
from grantengine.services.invite_member import ROLES, end_role, invite_member, take_back_invitation
from grantengine.services.join_network import ask_to_join, leave_network, take_in
from grantengine.services.read_organisation import OrganisationView, list_my_organisations, read_organisation
from grantengine_web import here, words
from grantengine_web.access import Who, open_to
from grantengine_web.applicant import applicant
from grantengine_web.applicant.organisations import is_contact

DECIDES = ("contact", "signatory")


def _to_members(organisation_id: str) -> ResponseReturnValue:
    return redirect(url_for("applicant.members", organisation_id=organisation_id), 303)


def _members(organisation_id: str, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = ()) -> str:
    view = read_organisation(here.engine(), here.by(), organisation_id)
    return render_template(
        "applicant/members.html", organisation=view, may_change=is_contact(view), me=here.by().id, roles=ROLES,
        typed=typed or {"role": "contact"}, problems=problems, decides=_decides(view),
        people={one.user_id: one.name for one in view.people},
    )  # fmt: skip


def _decides(view: OrganisationView) -> bool:
    return any(one.user_id == here.by().id and one.role in DECIDES for one in view.people)


@applicant.get("/organisations/<organisation_id>/members")
@open_to(Who.SIGNED_IN, "contact", "writer", "signatory")
def members(organisation_id: str) -> str:
    """The people and their roles; who has been asked; and, of a network, the organisations in it."""
    return _members(organisation_id)


@applicant.post("/organisations/<organisation_id>/members")
@open_to(Who.SIGNED_IN, "contact")
def ask_member(organisation_id: str) -> ResponseReturnValue:
    """Ask someone by e-mail to take a role, also in the place of someone who leaves."""
    typed = {name: request.form.get(name, "") for name in ("email", "role", "takes_over_from")}
    try:
        invite_member(
            here.engine(), here.by(), organisation_id=organisation_id, email=typed["email"], role=typed["role"],
            takes_over_from=typed["takes_over_from"] or None,
        )  # fmt: skip
    except InputError as error:
        return _members(organisation_id, typed, error.problems), 422
    except NotPossibleError as error:
        return _members(organisation_id, typed, (error.problem,)), 409
    flash(words.t("web.members.asked", email=typed["email"].strip()))
    return _to_members(organisation_id)


@applicant.post("/organisations/<organisation_id>/members/take-back")
@open_to(Who.SIGNED_IN, "contact")
def take_back(organisation_id: str) -> ResponseReturnValue:
    """An invitation is taken back."""
    id = request.form.get("invitation", "")
    take_back_invitation(here.engine(), here.by(), organisation_id=organisation_id, invitation_id=id)
    flash(words.t("web.members.taken-back"))
    return _to_members(organisation_id)


@applicant.post("/organisations/<organisation_id>/members/end")
@open_to(Who.SIGNED_IN, "contact", "writer", "signatory")
def end_member(organisation_id: str) -> ResponseReturnValue:
    """End a role: one's own, or as a contact someone else's."""
    user_id, role = request.form.get("user", ""), request.form.get("role", "")
    try:
        end_role(here.engine(), here.by(), organisation_id=organisation_id, user_id=user_id, role=role)
    except NotPossibleError as error:
        flash(words.problem(error.problem), "warning")
        return _to_members(organisation_id)
    flash(words.t("web.members.ended"))
    mine = (
        {one.id for one in list_my_organisations(here.engine(), here.by())}
        if user_id == here.by().id
        else {organisation_id}
    )
    return _to_members(organisation_id) if organisation_id in mine else redirect(url_for("applicant.mine"), 303)


@applicant.post("/organisations/<organisation_id>/members/take-in")
@open_to(Who.SIGNED_IN, "contact", "signatory")
def take_in_member(organisation_id: str) -> ResponseReturnValue:
    """A network takes in an organisation that has asked."""
    take_in(here.engine(), here.by(), network_id=organisation_id, organisation_id=request.form.get("organisation", ""))
    flash(words.t("web.networks.taken-in"))
    return _to_members(organisation_id)


@applicant.post("/organisations/<organisation_id>/members/leave")
@open_to(Who.SIGNED_IN, "contact", "signatory")
def end_membership(organisation_id: str) -> ResponseReturnValue:
    """Either side ends a membership, or says no to one that was asked for; ``organisation_id`` is the side that does."""
    network, member = request.form.get("network", ""), request.form.get("organisation", "")
    if organisation_id not in (network, member):
        raise NotFoundError("membership-not-asked")
    try:
        leave_network(here.engine(), here.by(), network_id=network, organisation_id=member)
    except NotPossibleError as error:
        flash(words.problem(error.problem), "warning")
    else:
        flash(words.t("web.networks.ended"))
    return _to_members(organisation_id)


@applicant.get("/organisations/<network_id>/join")
@open_to(Who.SIGNED_IN)
def join(network_id: str) -> str:
    """Choose which of one's organisations asks to be in a network."""
    entry = see_entry(here.engine(), here.by(), network_id)
    if entry.kind != "network":
        raise NotFoundError("network-not-found")
    mine = [
        one
        for one in list_my_organisations(here.engine(), here.by())
        if one.id != network_id and "contact" in one.roles
    ]
    return render_template("applicant/join_network.html", network=entry, mine=mine)


@applicant.post("/organisations/<network_id>/join")
@open_to(Who.SIGNED_IN, "contact")
def do_join(network_id: str) -> ResponseReturnValue:
    """Ask to be in a network."""
    organisation_id = request.form.get("organisation", "")
    ask_to_join(here.engine(), here.by(), network_id=network_id, organisation_id=organisation_id)
    flash(words.t("web.networks.asked"))
    return _to_members(organisation_id)


@applicant.get("/organisations/<organisation_id>/hosting")
@open_to(Who.SIGNED_IN, "contact", "writer", "signatory")
def hosting(organisation_id: str) -> str:
    """Who receives money for the organisation, and for whom it does."""
    return _hosting(organisation_id)


def _hosting(organisation_id: str, number: str = "", problems: tuple[Problem, ...] = ()) -> str:
    view = read_organisation(here.engine(), here.by(), organisation_id)
    return render_template(
        "applicant/hosting.html", organisation=view, may_change=is_contact(view), number=number, problems=problems,
        decides=_decides(view),
    )  # fmt: skip


@applicant.post("/organisations/<organisation_id>/hosting")
@open_to(Who.SIGNED_IN, "contact")
def ask_for_host(organisation_id: str) -> ResponseReturnValue:
    """Ask another organisation, by its number, to receive money for this one."""
    number = request.form.get("number", "")
    try:
        ask_host(here.engine(), here.by(), organisation_id=organisation_id, host_number=number)
    except (NotFoundError, NotPossibleError) as error:
        read_organisation(here.engine(), here.by(), organisation_id)  # who has nothing to do with it is told no more
        problem = Problem(
            "host-unknown" if isinstance(error, NotFoundError) else error.code,
            Where(pointer="/number"),
        )
        return _hosting(organisation_id, number, (problem,)), 422
    flash(words.t("web.hosting.was-asked"))
    return redirect(url_for("applicant.hosting", organisation_id=organisation_id), 303)


def _tied_to(organisation_id: str) -> str:
    """The organisation that the form names: one that this one hosts or is asked to, or this one itself.

    :raises NotFoundError: ``host-not-asked``, or who asks has nothing to do with this one.
    """
    named = request.form.get("organisation", "")
    view = read_organisation(here.engine(), here.by(), organisation_id)
    if named != organisation_id and named not in {one.organisation_id for one in view.hosted}:
        raise NotFoundError("host-not-asked")
    return named


@applicant.post("/organisations/<organisation_id>/hosting/consent")
@open_to(Who.SIGNED_IN, "contact", "signatory")
def consent(organisation_id: str) -> ResponseReturnValue:
    """Say yes to being a host; ``organisation_id`` is the host."""
    consent_as_host(here.engine(), here.by(), _tied_to(organisation_id))
    flash(words.t("web.hosting.consented"))
    return redirect(url_for("applicant.hosting", organisation_id=organisation_id), 303)


@applicant.post("/organisations/<organisation_id>/hosting/end")
@open_to(Who.SIGNED_IN, "contact", "signatory")
def end_host(organisation_id: str) -> ResponseReturnValue:
    """Either side ends it, or says no; ``organisation`` is the one that has, or asked for, a host."""
    end_hosting(here.engine(), here.by(), _tied_to(organisation_id))
    flash(words.t("web.hosting.ended"))
    return redirect(url_for("applicant.hosting", organisation_id=organisation_id), 303)
