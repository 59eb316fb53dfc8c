"""What a step's form asks beside the procedure's fields: what was checked, who is sent, what was paid, when to call."""

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from banli.engine.procedure import Step
from banli.engine.rulebook import Rulebook
from banli.engine.verbs.pay import METHODS
from banli.web.templatetags.say import say

from .money import StepMoney
from .sent import AGAIN, AMOUNT, ASSIGNEE, METHOD, REFERENCE, TICK

if TYPE_CHECKING:
    from .forms import StepForm

Control = dict[str, Any]
#: Money that did not go through the drawer is found again by its number.
_BY_NUMBER = json.dumps(
    {"name": f"form.{METHOD}", "op": "in", "value": [one for one in METHODS if one != "cash"]}
)


def controls(form: "StepForm") -> list[Control]:
    """The controls of a step as <c-field> takes them, with what was typed and what is wrong with it."""
    extra = form.sent.extra if form.sent else {}
    told: list[Control] = []
    if form.step.checklist:
        told.append(_ticks(form.step.checklist, extra.get("ticked", [])))
    if form.rows:
        told.append(_ticks(form.rows, [str(number) for number in extra.get("ticked", [])]))
    if form.step.to:
        told.append(_whom(form, extra))
    if form.money:
        told += _paid(form, form.money, extra)
    if "later" in form.book.flow.targets[form.name]:
        again = _control(AGAIN, "datetime", _("约好再打的时间"), value=extra.get("at", ""), required=False)
        told.append(again)
    return [{**control, "error": form.error(str(control["name"]))} for control in told]


def _ticks(options: Any, ticked: Any) -> Control:
    return _control(TICK, "choices", _("逐项核对"), options=options, value=ticked)


def _whom(form: "StepForm", extra: Any) -> Control:
    only = next(iter(form.assignees), "") if len(form.assignees) == 1 else ""
    value = str(extra.get("assignee") or only)
    return _control(ASSIGNEE, "choice", _("派给"), options=form.assignees, value=value, help=_why_they(form))


def _why_they(form: "StepForm") -> str:
    """Why these may be sent, and not all who hold the post."""
    if form.sent_for is None:
        return _no_other(form.step, form.book) if form.step.not_by and not form.assignees else ""
    told = (
        _("列出的都做“%(what)s”，手上少的在前")
        if form.assignees
        else _("没有人做“%(what)s”，请主任在“谁能做什么”里设")
    )
    return told % {"what": say(form.sent_for)}


def _no_other(step: Step, book: Rulebook) -> str:
    """Why nobody can be sent by a step that is kept from somebody, and what is to be done."""
    whom = say(book.procedure.form[str(step.not_by).removeprefix("form.")].label)
    told = _("没有人可派：%(whom)s本人不能经办，这个岗位和上级岗位都没有别人；请主任先在“岗位”里指定代理人")
    return told % {"whom": whom}


def _paid(form: "StepForm", money: StepMoney, extra: Any) -> list[Control]:
    typed = form.sent.posted.get(AMOUNT, "") if form.sent else abs(money.fen)
    label, by = (_("实退"), _("退款方式")) if money.back else (_("实收"), _("付款方式"))
    amount = _control(AMOUNT, "money", label, value=typed)
    if not money.fen:  # nothing changes hands: nobody is asked how
        return [amount]
    return [
        amount,
        _control(METHOD, "choice", by, options=METHODS, value=extra.get("method")),
        _control(
            REFERENCE, "text", _("流水号"), value=extra.get("reference", ""), max=100, when=_BY_NUMBER,
            help=_("转账、扫码的凭它对账；现金没有"),
        ),
    ]  # fmt: skip


def _control(name: str, kind: str, label: str, **more: Any) -> Control:
    return {"name": name, "type": kind, "label": label, "required": True, **more}
