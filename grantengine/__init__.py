"""grantengine: schemes as data, rules as expressions, every award explained. This is the whole public API.

Names are resolved when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine as Engine
    from grantengine.bootstrap import bootstrap as bootstrap
    from grantengine.compile.check import check as check
    from grantengine.compile.plan import Plan as Plan
    from grantengine.errors import AnswersError as AnswersError
    from grantengine.errors import CasesError as CasesError
    from grantengine.errors import EvaluationError as EvaluationError
    from grantengine.errors import GrantEngineError as GrantEngineError
    from grantengine.errors import InputError as InputError
    from grantengine.errors import Message as Message
    from grantengine.errors import MoneyError as MoneyError
    from grantengine.errors import PluginError as PluginError
    from grantengine.errors import Problem as Problem
    from grantengine.errors import SchemeError as SchemeError
    from grantengine.errors import Where as Where
    from grantengine.evaluate import Outcome as Outcome
    from grantengine.evaluate import evaluate as evaluate
    from grantengine.explain import explain as explain
    from grantengine.expressions import types as types
    from grantengine.expressions.expression import Expression as Expression
    from grantengine.expressions.templates import column as column
    from grantengine.expressions.templates import expr as expr
    from grantengine.expressions.templates import expression as expression
    from grantengine.expressions.templates import literal as literal
    from grantengine.form.answers import check_answers as check_answers
    from grantengine.hooks.context import Activity as Activity
    from grantengine.hooks.context import Applicant as Applicant
    from grantengine.hooks.context import CaseView as CaseView
    from grantengine.hooks.context import Collected as Collected
    from grantengine.hooks.context import DeliveryRefused as DeliveryRefused
    from grantengine.hooks.context import EarlierAward as EarlierAward
    from grantengine.hooks.context import FactContext as FactContext
    from grantengine.hooks.context import FactReader as FactReader
    from grantengine.hooks.context import HttpReader as HttpReader
    from grantengine.hooks.context import MessageAttachment as MessageAttachment
    from grantengine.hooks.context import OutgoingMessage as OutgoingMessage
    from grantengine.hooks.context import PartnerAnswer as PartnerAnswer
    from grantengine.hooks.context import SourceDown as SourceDown
    from grantengine.hooks.context import Submitted as Submitted
    from grantengine.hooks.draw import Draw as Draw
    from grantengine.hooks.expression_texts import AmountExpression as AmountExpression
    from grantengine.hooks.expression_texts import AnyExpression as AnyExpression
    from grantengine.hooks.expression_texts import ExpressionText as ExpressionText
    from grantengine.hooks.expression_texts import NumberExpression as NumberExpression
    from grantengine.hooks.expression_texts import RateExpression as RateExpression
    from grantengine.hooks.expression_texts import WeightExpression as WeightExpression
    from grantengine.hooks.expression_texts import YesNoExpression as YesNoExpression
    from grantengine.hooks.kinds import AllocationMethod as AllocationMethod
    from grantengine.hooks.kinds import Audience as Audience
    from grantengine.hooks.kinds import ConditionKind as ConditionKind
    from grantengine.hooks.kinds import CriterionKind as CriterionKind
    from grantengine.hooks.kinds import FactSource as FactSource
    from grantengine.hooks.kinds import PaymentPlan as PaymentPlan
    from grantengine.hooks.kinds import QuestionKind as QuestionKind
    from grantengine.hooks.kinds import ReportProfile as ReportProfile
    from grantengine.hooks.kinds import RoundKind as RoundKind
    from grantengine.hooks.manager import hookimpl as hookimpl
    from grantengine.hooks.options import AllocationOptions as AllocationOptions
    from grantengine.hooks.options import KindOptions as KindOptions
    from grantengine.hooks.options import Points as Points
    from grantengine.hooks.options import QuestionRef as QuestionRef
    from grantengine.hooks.options import RoundRef as RoundRef
    from grantengine.hooks.pool import Pool as Pool
    from grantengine.hooks.values import LocalizedText as LocalizedText
    from grantengine.hooks.values import Percent as Percent
    from grantengine.hooks.values import PlainOrLocalizedText as PlainOrLocalizedText
    from grantengine.hooks.values import SchemeMoney as SchemeMoney
    from grantengine.hooks.values import refuse as refuse
    from grantengine.money import Money as Money
    from grantengine.money import format_ore as format_ore
    from grantengine.money import parse_money as parse_money
    from grantengine.money import parse_ore as parse_ore
    from grantengine.money import split as split
    from grantengine.records import Candidates as Candidates
    from grantengine.records import FactColumn as FactColumn
    from grantengine.records import Grants as Grants
    from grantengine.records import Ground as Ground
    from grantengine.records import RoundTerms as RoundTerms
    from grantengine.rules.case_table import CaseTable as CaseTable
    from grantengine.rules.tables import read_cases as read_cases
    from grantengine.scheme.load import load as load
    from grantengine.simulation.population import population as population

_HOMES = {
    "bootstrap": "Engine bootstrap",
    "compile.check": "check",
    "compile.plan": "Plan",
    "errors": "AnswersError CasesError EvaluationError GrantEngineError InputError Message MoneyError PluginError "
    "Problem SchemeError Where",
    "evaluate": "Outcome evaluate",
    "explain": "explain",
    "expressions.expression": "Expression",
    "expressions.templates": "column expr expression literal",
    "form.answers": "check_answers",
    "hooks.context": "Activity Applicant CaseView Collected DeliveryRefused EarlierAward FactContext FactReader HttpReader "
    "MessageAttachment OutgoingMessage PartnerAnswer SourceDown Submitted",
    "hooks.draw": "Draw",
    "hooks.kinds": "AllocationMethod Audience ConditionKind CriterionKind FactSource PaymentPlan QuestionKind ReportProfile "
    "RoundKind",
    "hooks.manager": "hookimpl",
    "hooks.options": "AllocationOptions KindOptions Points QuestionRef RoundRef",
    "hooks.pool": "Pool",
    "hooks.expression_texts": "AmountExpression AnyExpression ExpressionText NumberExpression RateExpression "
    "WeightExpression YesNoExpression",
    "hooks.values": "LocalizedText Percent PlainOrLocalizedText SchemeMoney refuse",
    "money": "Money format_ore parse_money parse_ore split",
    "records": "Candidates FactColumn Grants Ground RoundTerms",
    "rules.case_table": "CaseTable",
    "rules.tables": "read_cases",
    "scheme.load": "load",
    "simulation.population": "population",
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = ["types", *sorted(_HOME_OF)]  # noqa: PLE0604 - the names are those of _HOMES
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "types":
        return import_module("grantengine.expressions.types")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'grantengine' has no attribute {name!r}")
    return getattr(import_module(f"grantengine.{_HOME_OF[name]}"), name)


class _PublicApi(ModuleType):
    """A package whose public names are never hidden by modules of the same name, such as ``evaluate``.

    Importing a module below a package sets it as the package's attribute; here the public name stays what it is.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _HOME_OF or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _PublicApi
