"""A name says nothing where it stands."""

from banli.engine.faults._saying import Saying, say

FAULTS: dict[str, Saying] = {
    "unknown_post": say(
        "没有岗位“{name}”。", "there is no post “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_verb": say(
        "没有动作“{name}”。", "there is no verb “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_step": say(
        "没有步骤“{name}”。", "there is no step “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_clock": say(
        "没有时限“{name}”。", "there is no clock “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_field": say(
        "表单里没有字段“{name}”。",
        "the form has no field “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_outcome": say(
        "步骤“{step}”没有结果“{name}”。",
        "the step “{step}” has no outcome “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_target": say(
        "“{name}”不是步骤或分组，也不是 next、again、end。",
        "“{name}” is no step or block, and not next, again or end",
        "可写：{choices}，或 end.rejected、end.not_done、end.expired。",
        "write one of: {choices}, or end.rejected, end.not_done, end.expired",
    ),
    "unknown_paper": say(
        "没有单据“{name}”。", "there is no paper “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_copy": say(
        "单据“{paper}”没有“{name}”联。",
        "the paper “{paper}” has no copy “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_book": say(
        "没有登记本“{name}”。", "there is no book “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_price": say(
        "价目里没有“{name}”。",
        "the price list has no “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_pay": say(
        "“{name}”不是缴费步骤。", "“{name}” is no pay step", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_setting": say(
        "没有设置“{name}”。", "there is no setting “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_scope": say(
        "没有流程要求“{name}”这项委托。",
        "no procedure asks for an authority for “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_procedure": say(
        "没有流程“{name}”。", "there is no procedure “{name}”", "可写：{choices}。", "write one of: {choices}"
    ),
    "unknown_trigger": say(
        "“{name}”不是会发生的事。",
        "“{name}” is nothing that happens",
        "写 opened、begun、sent_back、reopened、<步骤>.opened、<步骤>.done 或 <步骤>.<结果>。",
        "write opened, begun, sent_back, reopened, <step>.opened, <step>.done or <step>.<outcome>",
    ),
    "unknown_name": say(
        "条件里没有“{name}”这个名字。",
        "conditions know no name “{name}”",
        "可写：applicant、form.字段、fact.事实、setting.设置、outcome.步骤；{choices}。",
        "write applicant, form.<field>, fact.<fact>, setting.<setting> or outcome.<step>; there are {choices}",
    ),
    "unknown_source": say(
        "“{name}”什么也不指：{why}。",
        "“{name}” names nothing: {why}",
        "写 form.字段、step.步骤.by、case.unit 一类的名字。",
        "write a name such as form.<field>, step.<step>.by or case.unit",
    ),
    "unknown_column": say(
        "登记本没有“{name}”这一栏。",
        "the book has no column “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_known": say(
        "“{name}”不是事先知道的事。",
        "“{name}” is not known beforehand",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_value": say(
        "“{name}”没有“{value}”这个值。",
        "“{name}” never has the value “{value}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "unknown_information": say(
        "系统不保存“{name}”这一项。",
        "the house keeps nothing called “{name}”",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "missing_information": say(
        "没有写“{name}”这一项。",
        "nothing is said of “{name}”",
        "写明它的用途、依据、保存期限，能不能删除。",
        "say what it is for, on what ground, for how long, and whether it can go",
    ),
}
