"""Why something was not done: a code for machines, a sentence for the person at the counter.

Every room refuses in the same way. A refusal is an answer, not an accident: nothing was changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from banli.engine.text import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


#: code → sentence. ``{name}`` is filled from the refusal's parameters.
SENTENCES: dict[str, Text] = {
    # a case and its tasks
    "case_closed": _t(
        "这件事已经办结（{status}），不能再办理。",
        "This case is closed ({status}); nothing more can be done on it.",
    ),
    "task_done": _t(
        "“{step}”已由 {who} 于 {at} 办理，请刷新后查看。",
        "“{step}” was already done by {who} at {at}. Reload to see it.",
    ),
    "task_not_open": _t(
        "“{step}”现在还轮不到办理，请先完成前面的步骤。",
        "“{step}” is not waiting to be done now. Finish the steps before it first.",
    ),
    "task_lapsed": _t(
        "“{step}”已被退回或取消，请刷新后查看。",
        "“{step}” was returned or cancelled meanwhile. Reload to see it.",
    ),
    "unknown_step": _t("这个流程里没有步骤“{step}”。", "This procedure has no step “{step}”."),
    "unknown_outcome": _t(
        "“{step}”不能选“{outcome}”，可选：{choices}。",
        "“{step}” cannot end with “{outcome}”. Choose one of: {choices}.",
    ),
    "wrong_post": _t(
        "“{step}”须由{posts}办理，您没有这个岗位。", "“{step}” is for {posts}; you do not hold that post."
    ),
    "not_assigned": _t(
        "“{step}”已派给别人，只能由被派的人办理。",
        "“{step}” is assigned to somebody else; only they can do it.",
    ),
    "four_eyes_filer": _t(
        "“{step}”不能由登记这件事的人办理，请另一位同事办理。",
        "Whoever filed this case cannot do “{step}”. Ask a colleague.",
    ),
    "four_eyes": _t(
        "“{step}”与“{other}”不能由同一个人办理，请另一位同事办理。",
        "“{step}” and “{other}” cannot be done by the same person. Ask a colleague.",
    ),
    "not_by": _t(
        "“{step}”不能由{field}（{who}）本人办理，请另一位同事办理。",
        "“{step}” cannot be done by {who} ({field}). Ask a colleague.",
    ),
    "rest_hours": _t(
        "现在是业户休息时间，不打回访电话。可以打的时间：{hours}；业户约好的时间不受限。",
        "Residents rest now and are not called. They may be called {hours}, or when they agreed to it.",
    ),
    "call_time": _t(
        "请写约好再打的时间：从现在起，{days} 天以内。",
        "Write when to call again: later than now, within {days} days.",
    ),
    "safeguard": _t(
        "“{step}”之前必须先有有效的“{before}”。", "“{before}” must be done, and still stand, before “{step}”."
    ),
    "note_required": _t("选“{outcome}”时请写明原因。", "Say why when you choose “{outcome}”."),
    "signature_required": _t(
        "请先签名，或注明已在纸上签名。", "Sign first, or record that it was signed on paper."
    ),
    "sign_by_call": _t(
        "这里要当面签名或在纸上签，电话里说的不算。",
        "Signed at the desk or on paper; a word by telephone is not enough.",
    ),
    "consent_way": _t(
        "业主不能这样同意：{way}。可以：{ways}。", "The owner cannot agree so: {way}. Possible: {ways}."
    ),
    "consent_owner": _t("请选定是哪位业主同意。", "Say which owner agrees."),
    "consent_paper": _t(
        "请写明纸件存放处，或附上照片。", "Say where the signed paper is filed, or attach a picture of it."
    ),
    "consent_questions": _t(
        "电话同意须先答对至少 {least} 个核对身份的问题。",
        "By telephone, at least {least} identity questions must be answered right.",
    ),
    "form_invalid": _t(
        "有 {count} 处需要改正，已在表上标出。",
        "To be corrected: {count}, marked on the form.",
    ),
    "assignee_unknown": _t("请选择一位在岗的{post}。", "Choose somebody who holds the post {post}."),
    "nobody_left": _t(
        "没有别人可派：这件事不能由所指的本人办理，{posts}也没有别人在岗。请主任先在“岗位”里指定一位代理人。",
        "Nobody is left to be sent: it is not for whoever is named, and nobody else holds {posts}. "
        "Have the director name a deputy under Posts first.",
    ),
    "assignee_unable": _t(
        "{who}不做“{what}”，请派会做的人；谁能做什么，由主任在“岗位 → 谁能做什么”里设。",
        "{who} does not do “{what}”. Send somebody who does; the director sets it under Posts → Who can do what.",
    ),
    "checklist_open": _t("还有未核对的项目：{items}。", "Not everything has been checked off: {items}."),
    "amount_differs": _t(
        "应为 {due} 元，填的是 {got} 元，不一致。", "It has to be {due} yuan; {got} were entered."
    ),
    "not_the_lists": _t(
        "价目表上是 {price} 元，照价目表收；不填就是这个价。",
        "The list says {price} yuan, and that is what is charged; leave it blank to take it.",
    ),
    "not_in_range": _t(
        "写谈好的价，价目表上是 {low} 至 {high} 元。",
        "Write the price agreed, which the list has between {low} and {high} yuan.",
    ),
    "reference_required": _t(
        "转账、扫码的要写流水号，对账凭它查；现金不用写。",
        "Write the bank's or the payment code's number, by which it is found again; cash needs none.",
    ),
    "receipt_missing": _t("“{step}”还没有收据可用。", "There is no receipt of “{step}” to use."),
    "receipt_spent": _t(
        "收据 {number} 的这一项已于 {at} 办过“{step}”，不能再用。",
        "This line of receipt {number} was used on {at} for “{step}” and cannot be used again.",
    ),
    "deduction_too_large": _t(
        "押金只有 {held} 元，扣款 {kept} 元超过押金。",
        "Only {held} yuan are held; {kept} cannot be deducted from them.",
    ),
    "nothing_beyond": _t(
        "合计 {kept} 元，没有超过押金 {held} 元，没有要另行追讨的。",
        "{kept} yuan in all are not more than the {held} held: nothing is left to be claimed.",
    ),
    "deduction_unsigned": _t(
        "扣款须先由另一个人在“{step}”签字同意。",
        "Somebody else must first agree to the deduction at “{step}”.",
    ),
    "withdraw_late": _t(
        "已办过“{step}”，不能再撤回。", "“{step}” has been done; the case can no longer be withdrawn."
    ),
    "withdraw_post": _t("撤回须由{posts}办理。", "Withdrawing is for {posts}."),
    "override_post": _t("这个操作须由{posts}办理。", "This is for {posts}."),
    "pause_post": _t(
        "暂停和恢复计时须由{posts}办理。", "Pausing a clock, and letting it go on, is for {posts}."
    ),
    "clock_not_running": _t("时限“{clock}”没有在计时。", "The clock “{clock}” does not run."),
    "clock_paused": _t("时限“{clock}”已经暂停。", "The clock “{clock}” is paused already."),
    "clock_not_paused": _t("时限“{clock}”没有暂停。", "The clock “{clock}” is not paused."),
    "clock_over": _t(
        "时限“{clock}”已经到了，不能再暂停。", "The clock “{clock}” has run out; it can no longer be paused."
    ),
    "pause_until": _t(
        "请写预计哪天恢复计时：今天起 {days} 天以内。",
        "Say on which day it is expected to go on: within {days} days from today.",
    ),
    "override_target": _t("“{step}”不能作为退回或重办的起点。", "A case cannot be sent back to “{step}”."),
    "case_open": _t(
        "这件事还在办理中，不用重新打开。", "This case is still open; there is nothing to reopen."
    ),
    "reason_required": _t("请写明原因。", "Give the reason."),
    "applicant_role": _t(
        "这项业务的申请人须是：{roles}。", "The applicant for this procedure must be one of: {roles}."
    ),
    "opens_post": _t("这项业务由{posts}受理。", "This procedure is opened by {posts}."),
    "record_missing": _t(
        "这户没有有效的{record}，不能办理。请先办好{record}。",
        "This room has no standing {record}. It has to be there first.",
    ),
    "not_done_yet": _t(
        "系统里还没有：先办好，再办这一步。", "There is none yet: it has to be done before this."
    ),
    "cases_resting": _t(
        "还有 {count} 件没有办结：{procedures}。请先办结，再办这一步。",
        "{count} cases are still open: {procedures}. They have to be closed before this.",
    ),
    "record_over": _t(
        "{record}已于 {day} 到期。请先办理延期。",
        "The {record} ended on {day}. It has to be extended first.",
    ),
    "unit_required": _t("请先选定房号。", "Choose the room first."),
    "unknown_procedure": _t("没有名为“{procedure}”的流程。", "There is no procedure named “{procedure}”."),
    "not_late": _t("这个时限还没有到。", "This clock has not run out."),
    "key_reused": _t(
        "同一个操作编号被用于不同的操作，请刷新后重试。",
        "The same idempotency key was used for a different action. Reload and try again.",
    ),
    "key_missing": _t(
        "请求缺少操作编号（8 至 80 个可见 ASCII 字符），请刷新后重试。",
        "The request lacks an idempotency key (8 to 80 printable ASCII characters). Reload and try again.",
    ),
    "not_found": _t("找不到，或不在您的小区内。", "Not found, or not in your estate."),
    "not_permitted": _t("您没有办理这件事的岗位。", "You do not hold a post that may do this."),
    # what was done on paper, entered afterwards
    "back_entry_future": _t(
        "事发时间还没有到：补录只写已经办过的事。",
        "That time has not come yet: only what was done is entered afterwards.",
    ),
    "back_entry_order": _t(
        "事发时间不能早于 {at}：这一步那时才轮到办。",
        "The time cannot be before {at}: only then was this step to be done.",
    ),
    "back_entry_limit": _t(
        "事发已超过 {limit}，补录须由主管（{posts}）办理并写明原因。",
        "That is more than {limit} ago: a supervisor ({posts}) has to enter it, and say why.",
    ),
    "back_entry_reason": _t(
        "事发已超过 {limit}，请写明为什么这么晚才补录。",
        "That is more than {limit} ago. Say why it is entered so late.",
    ),
    "back_entry_post": _t(
        "替别人补录须由{posts}办理，您没有这个岗位。",
        "Entering what a colleague did is for {posts}; you do not hold that post.",
    ),
    "blank_required": _t(
        "请填写纸表上的空白表编号：本小区只收编了号的空白表。",
        "Enter the serial of the sheet: this estate takes numbered sheets only.",
    ),
    "blank_serial": _t(
        "“{typed}”不是空白表编号；它印在表的右上角，例如 KB-FX-0012。",
        "“{typed}” is not the serial of a sheet; it stands in its upper right corner, like KB-FX-0012.",
    ),
    "back_entry_person": _t(
        "请选定是谁在纸上办的：当时在岗的同事。",
        "Say who did it on paper: a colleague who held the post then.",
    ),
    "back_entry_scan": _t(
        "替别人补录须附上有其签名的纸件照片。",
        "To enter what a colleague did, attach a picture of the paper they signed.",
    ),
    # fields
    "required": _t("请填写。", "Fill this in."),
    "too_long": _t("最多 {max} 个字。", "At most {max} characters."),
    "not_text": _t("请填写文字。", "Enter text."),
    "bad_characters": _t("含有不能使用的字符。", "Contains characters that cannot be used."),
    "not_integer": _t("请填写整数。", "Enter a whole number."),
    "too_small": _t("不能小于 {min}。", "Not less than {min}."),
    "too_large": _t("不能大于 {max}。", "Not more than {max}."),
    "not_money": _t("请填写金额，最多两位小数。", "Enter an amount with at most two decimals."),
    "not_date": _t("请填写日期，例如 2026-05-01。", "Enter a date, for example 2026-05-01."),
    "not_datetime": _t(
        "请填写日期和时间，例如 2026-05-01 14:30。", "Enter a date and time, for example 2026-05-01 14:30."
    ),
    "not_time": _t("请填写时间，例如 14:30。", "Enter a time, for example 14:30."),
    "too_early": _t("不能早于 {min}。", "Not before {min}."),
    "too_late": _t("不能晚于 {max}。", "Not after {max}."),
    "other_day": _t("须与“{other}”在同一天（{day}）。", "Must be on the same day as “{other}” ({day})."),
    "same_as_other": _t("不能与“{other}”相同。", "Must differ from “{other}”."),
    "still_the_old": _t(
        "现在有效的还是 {number}，就是“{other}”：新的还没有发出，先到它的办件里发出新的，再办这一步。",
        "What is out is still {number}, the same as “{other}”: the new one has to be issued in its own case first.",
    ),
    "row_not_done_yet": _t(
        "{which} 还没有着落：先到它的办件里办完，再办这一步。",
        "Nothing is settled yet of {which}: it has to be done in its own case first.",
    ),
    "refused_answer": _t("不能办理：{why}", "This cannot be done: {why}"),
    "outside_hours": _t(
        "只在这些时段：{hours}（法定节假日同周日）。{next}",
        "Only in these hours: {hours} (holidays as Sundays).{next}",
    ),
    "not_an_option": _t("请从给出的选项中选择。", "Choose one of the options given."),
    "too_few_rows": _t("至少填写 {min} 行。", "Enter at least {min} row(s)."),
    "too_many_rows": _t("最多填写 {max} 行。", "Enter at most {max} rows."),
    "bad_row": _t("第 {row} 行“{column}”：{why}", "Row {row}, “{column}”: {why}"),
    "bad_rows": _t("{told}", "{told}"),
    "bad_file": _t("请重新选择文件。", "Choose the file again."),
    "unexpected_field": _t("这一步不填“{field}”。", "This step does not ask for “{field}”."),
    "bad_name": _t("请填写姓名，不要含数字或符号。", "Enter a name without digits or symbols."),
    "join_target": _t(
        "只能并入本小区同一流程、还没办结的另一件。",
        "It can only be joined to another open case of the same procedure at this estate.",
    ),
    # slots
    "slot_taken": _t("{slot} 已约满。附近还有：{free}。", "{slot} is taken. Free nearby: {free}."),
    "slot_person": _t(
        "所派的人 {slot} 已有别的预约，请改派别人。此人空的时段：{free}。",
        "Whoever is to be sent is booked already: {slot}. Send somebody else. Their free slots: {free}.",
    ),
    "slot_none": _t(
        "{slot} 已约满，前后 {days} 天都没有空的了。", "{slot} is taken, and so is all within {days} days."
    ),
    # places
    "place_unknown": _t("本小区没有车位 {place}，请核对。", "This estate has no place {place}. Check it."),
    "place_held": _t(
        "车位 {place} 已登记给别的车，请换一个。", "Place {place} is another vehicle's. Choose another."
    ),
    "place_held_until": _t(
        "车位 {place} 从 {since} 到 {until} 是别的车的，请换一个车位或日期。",
        "Place {place} is another vehicle's from {since} to {until}. Choose another place or day.",
    ),
    "vehicle_has_place": _t(
        "{plate} 已有车位 {place}，到 {until} 为止；一辆车同时只有一个固定车位。",
        "{plate} has place {place} until {until}; a vehicle has one fixed place at a time.",
    ),
    "vehicle_elsewhere": _t(
        "{plate} 登记在 {home} 名下；先在那里结束登记。",
        "{plate} is entered under {home}; end that first.",
    ),
    "place_goes_on": _t(
        "这辆车的车位 {place} 接着上一期，从 {day} 开始。",
        "This vehicle's period at {place} follows the last one: it begins on {day}.",
    ),
    # uploads
    "file_too_large": _t("文件太大，最多 {max} MB。", "The file is too large; at most {max} MB."),
    "file_kind": _t("只接受照片（JPEG、PNG、WebP）。", "Only photographs are accepted (JPEG, PNG, WebP)."),
    "portrait_too_small": _t(
        "照片太小：裁成一寸后至少要 {width} × {height} 像素，请重拍或换一张。",
        "The picture is too small: cut to one inch it must have {width} × {height} pixels. Take another one.",
    ),
    # papers and gate
    "paper_missing": _t("没有这张单据。", "There is no such paper."),
    "paper_used": _t(
        "此单已于 {at} 由 {who} 放行，不能再用。",
        "This slip was used at {at} by {who} and cannot be used again.",
    ),
    "paper_void": _t("此单已作废。", "This slip is void."),
    "paper_expired": _t("此单已于 {at} 过期。", "This slip expired at {at}."),
    "pass_malformed": _t("这不是放行条的二维码。", "This is not the code of a pass."),
    "pass_forged": _t("二维码是伪造的或被改动过。", "The code is forged or was altered."),
    "goods_unticked": _t("还有未核对的物品：{items}。", "Not every item has been ticked off: {items}."),
}


class Refusal(Exception):
    """Something was refused. ``code`` is stable; ``fields`` marks form fields; nothing was changed."""

    def __init__(self, code: str, *, fields: Mapping[str, "Refusal"] | None = None, **params: Any) -> None:
        if code not in SENTENCES:
            raise KeyError(f"no sentence for refusal code {code!r}")
        super().__init__(code)
        self.code = code
        self.params = params
        self.fields: dict[str, Refusal] = dict(fields or {})

    def say(self, language: str = "zh") -> str:
        """The sentence in ``language``; texts among the parameters are put in the same language."""
        told = {name: _spoken(value, language) for name, value in self.params.items()}
        return SENTENCES[self.code].say(language).format_map(told)

    def __str__(self) -> str:
        return f"{self.code}: {self.say('en')}"


def together(bad: Sequence[Refusal]) -> Refusal:
    """Several things that are wrong in one place, told at once; one alone as it is."""
    if len(bad) == 1:
        return bad[0]
    told = Text(zh="".join(one.say("zh") for one in bad), en=" ".join(one.say("en") for one in bad))
    return Refusal("bad_rows", told=told)


def _spoken(value: Any, language: str) -> Any:
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, Refusal):
        return value.say(language)
    if isinstance(value, (list, tuple)):
        return ("、" if not language.startswith("en") else ", ").join(
            str(_spoken(v, language)) for v in value
        )
    return value


def declare(sentences: Mapping[str, Text]) -> None:
    """Another room adds its own codes, once, when it is imported."""
    for code, text in sentences.items():
        if SENTENCES.setdefault(code, text) != text:
            raise ValueError(f"refusal code {code!r} is declared twice")
