"""The question kinds every scheme can use."""

from __future__ import annotations

from grantengine import QuestionKind, hookimpl
from grantengine_plugins.questions.numbers import Integer, MoneyAmount, Number, Percentage
from grantengine_plugins.questions.places import Municipality, OrganisationNumber
from grantengine_plugins.questions.tables import Activities, Budget, Partners, Table
from grantengine_plugins.questions.texts_and_choices import (
    Attachment,
    Choice,
    Choices,
    Consent,
    Date,
    LongText,
    Text,
    YesNo,
)

always = True


@hookimpl
def grantengine_question_kinds() -> list[type[QuestionKind]]:
    return [
        Text, LongText, Choice, Choices, Integer, Number, Percentage, MoneyAmount, YesNo, Consent, Date,
        Municipality, OrganisationNumber, Attachment, Table, Partners, Activities, Budget,
    ]  # fmt: skip
