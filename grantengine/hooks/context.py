"""What plugins are handed at run time: frozen values, and read-only protocols that the store implements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Applicant:
    """The organisation that applies, as it stands in the store. ``profile`` holds what it says of itself."""

    id: str
    name: str
    organisation_number: str | None = None
    kind: str = "organisation"
    municipality: str | None = None
    founded: int | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is submitted. ``questions`` names the ids of the form's questions by their kind."""

    application_id: str
    call_id: str
    authority: str
    applicant: Applicant
    answers: Mapping[str, Any]
    at: datetime
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EarlierAward:
    """A grant given before, here or as imported. ``amount`` in øre; ``report``: none, due, overdue or delivered.

    ``starts`` and ``ends`` are ISO dates of what it pays for, ``report_due`` the last day for a report that is due.
    ``authority`` is the giver's name in scheme files.
    """

    authority: str
    scheme: str
    year: int
    amount: int
    report: str = "none"
    activity: str | None = None
    target_group: str | None = None
    municipality: str | None = None
    starts: str | None = None
    ends: str | None = None
    report_due: str | None = None


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    """An invited partner and what it has answered. ``status``: invited, confirmed or declined; ``amount`` in øre."""

    id: str
    name: str
    organisation_number: str | None
    status: str
    task: str | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity that someone else has applied for or is paid for. ``starts`` and ``ends`` are ISO dates."""

    of: str
    name: str
    target_group: str | None
    municipality: str | None
    starts: str | None
    ends: str | None


class FactReader(Protocol):
    """What a fact source may read of the store about the submission at hand, and nothing else."""

    def earlier_awards(self) -> Sequence[EarlierAward]:
        """The applicant's earlier grants, oldest first."""

    def partner_answers(self) -> Sequence[PartnerAnswer]:
        """The partners of the application, in the order they were invited."""

    def similar_cases(self, municipalities: Sequence[str], since: date, until: date) -> Sequence[Activity]:
        """Activities of other organisations in these municipalities that overlap the time, applied for or running."""

    def is_invited(self) -> bool:
        """Whether the applicant is invited to the call."""


class SourceDown(Exception):
    """A source outside can not be asked now; a fact that rests on it is not obtained, and asked for again later."""


class HttpReader(Protocol):
    """Asks other systems, with time-outs and a few retries."""

    def get_json(self, url: str) -> tuple[int, Any]:
        """The status and the JSON of the answer (None where it has none).

        :raises SourceDown: no answer in time, an answer of 500 or above, or no JSON.
        """


@dataclass(frozen=True, slots=True)
class FactContext:
    """What a fact source may use: the submission, the day, what the store knows, settings, and other systems.

    ``settings`` are the variables of the environment that begin with ``GRANTENGINE_``, in lower case without that.
    """

    submission: Submitted
    as_of: date
    read: FactReader
    settings: Mapping[str, str]
    http: HttpReader


@dataclass(frozen=True, slots=True)
class Collected:
    """What a source gives: ``values`` by column (or, for one that fills answers, by question id); ``raw`` as it came."""

    values: Mapping[str, Any]
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as plugins see it when its status changes."""

    id: str
    number: str
    status: str
    scheme: str
    call_id: str
    organisation_id: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageAttachment:
    """A file that goes with a message. ``media_type`` with its parameters, such as ``text/calendar; method=REQUEST``."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to deliver. ``id`` stays the same when it is sent again, so that a repeat can be recognised.

    ``channel`` is ``email`` or ``sms``; ``made_at`` is when it was written. Only e-mail has ``attachments``, and, where a
    person wrote it, the address for answers: ``reply_to``.
    """

    id: str
    channel: str
    address: str
    language: str
    subject: str
    body: str
    made_at: datetime
    attachments: tuple[MessageAttachment, ...] = ()
    reply_to: str | None = None


class DeliveryRefused(Exception):
    """This receiver will never take the message, such as an address that does not exist; it is not tried again."""
