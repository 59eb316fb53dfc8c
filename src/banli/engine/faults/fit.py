"""The names exist, but do not fit together."""

from banli.engine.faults._saying import Saying, say

FAULTS: dict[str, Saying] = {
    "key_needed": say(
        "动作 {verb} 的步骤必须写 {name}。",
        "a step of the verb {verb} must have {name}",
        "补上 {name}。",
        "add {name}",
    ),
    "no_record": say(
        "这个流程没有写 rests_on。",
        "this procedure has no rests_on",
        "先写明以哪个流程的办件为依据。",
        "say first which procedure's case it rests on",
    ),
    "not_related": say(
        "流程“{name}”与本流程不以同一记录为依据。",
        "the procedure “{name}” does not rest on the same record",
        "只能写 rests_on 的流程，或同样以它为依据的流程。",
        "write the procedure of rests_on, or one that rests on it too",
    ),
    "private_amend": say(
        "“{name}”是保密字段，不能在办件之间传递。",
        "“{name}” is private and cannot pass between cases",
        "换一个不保密的字段。",
        "use a field that is not private",
    ),
    "key_misplaced": say(
        "动作 {verb} 的步骤不用 {name}。",
        "a step of the verb {verb} does not take {name}",
        "去掉它。",
        "remove it",
    ),
    "nobody": say("没写由谁办理。", "it does not say who does it", "写 by: 岗位。", "write by: <post>"),
    "done_by_system": say(
        "动作 {verb} 由系统完成，不能写 by。",
        "the verb {verb} is done by the system and takes no by",
        "去掉 by。",
        "remove by",
    ),
    "outsider_verb": say(
        "“{who}”不是岗位，不能做 {verb}。",
        "“{who}” holds no post and cannot do {verb}",
        "由岗位办理，或改用 {choices}。",
        "name a post, or use one of {choices}",
    ),
    "outsider_at": say(
        "“{who}”要在某个岗位面前办理。",
        "“{who}” acts before a post of the office",
        "写 at: 岗位，例如 at: front_desk。",
        "write at: <post>, such as at: front_desk",
    ),
    "at_misplaced": say(
        "at 只用于外来的人（{choices}）。",
        "at is for people from outside ({choices}) only",
        "去掉 at，或改写 by。",
        "remove at, or change by",
    ),
    "by_mixed": say(
        "外来的人、派出的人和岗位不能并列。",
        "people from outside, somebody sent and posts cannot stand side by side",
        "by 只写其中一种。",
        "write only one of these kinds in by",
    ),
    "not_dispatch": say(
        "“{name}”不是派工步骤。",
        "“{name}” is not a step that sends somebody",
        "写一个 dispatch 步骤：{choices}。",
        "name a dispatch step: {choices}",
    ),
    "no_outcome": say(
        "这一步没有可选的结果。",
        "this step offers no outcome",
        "outcomes 里写：{choices}。",
        "write in outcomes: {choices}",
    ),
    "dead_outcome": say(
        "结果“{name}”只由时限给出，却没有时限给它。",
        "the outcome “{name}” is given by a clock only, and no clock gives it",
        "在 clocks 里写 late: {{step: {step}, outcome: {name}}}，或去掉它。",
        "write late: {{step: {step}, outcome: {name}}} at a clock, or remove it",
    ),
    "jump_into_block": say(
        "不能跳进分组里的“{name}”。",
        "“{name}” stands in a branch that cannot be entered from here",
        "跳到分组“{block}”本身或它前面的步骤。",
        "go to the block “{block}” itself or to a step before it",
    ),
    "row_name": say(
        "“{name}”是逐行的，这里在分组外面。",
        "“{name}” belongs to each row, and this stands outside the rows",
        "移进 each 分组，或换一个名字。",
        "move this into the each block, or use another name",
    ),
    "clock_rows": say(
        "这个时限不是逐行开始的，“{name}”却逐行发生。",
        "this clock does not start in each row, but “{name}” happens in each",
        "让开始和停止在同一个 each 分组里，或都在外面。",
        "let both stand in the same each block, or both outside",
    ),
    "nested_each": say(
        "逐行的分组里不能再有逐行的分组。",
        "a block for each row cannot stand in another one",
        "改为另起一件（start）。",
        "start another case instead (start)",
    ),
    "same_step": say(
        "两边是同一个步骤。", "both are the same step", "写两个不同的步骤。", "name two different steps"
    ),
    "apart_impossible": say(
        "“{first}”与“{second}”总由同一个人做，不可能由不同的人做。",
        "“{first}” and “{second}” are always done by the same person",
        "去掉其中一个。",
        "take one of them out",
    ),
    "field_unasked": say(
        "没有一步问这个字段。",
        "no step asks for this field",
        "写进某一步的 asks，或去掉它。",
        "add it to a step's asks, or remove it",
    ),
    "asked_twice": say(
        "同一步里问了两次“{name}”。", "“{name}” is asked twice in one step", "只写一次。", "write it once"
    ),
    "asked_later": say(
        "“{name}”取决于“{other}”，却问在它前面。",
        "“{name}” depends on “{other}”, which is asked after it",
        "在 asks 里把“{other}”写在前面。",
        "put “{other}” before it in asks",
    ),
    "wrong_type": say(
        "“{name}”是 {have}，这里要 {want}。",
        "“{name}” is {have}; here it must be {want}",
        "换一个字段，或改它的 type。",
        "name another field, or change its type",
    ),
    "limits": say(
        "最小值大于最大值。",
        "the least is more than the most",
        "把 min 和 max 对调。",
        "exchange min and max",
    ),
    "free_text": say(
        "“{name}”可以随便写，不能拿来比较。",
        "“{name}” is free text; a condition cannot compare it",
        "改用 choice，或写 {{given: yes}}。",
        "make it a choice, or write {{given: yes}}",
    ),
    "private_condition": say(
        "“{name}”是保密字段，不能作条件、行数或期限。",
        "“{name}” is private: no condition, row count or deadline can rest on it",
        "另设一个不保密的字段。",
        "ask for it in a field that is not private",
    ),
    "reserved_name": say(
        "字段不能叫“{name}”：屏幕上的表单自己要用这个名字。",
        "no field can be called “{name}”: the forms on the screens use that name themselves",
        "换一个名字。",
        "give it another name",
    ),
    "private_given": say(
        "“{name}”是保密字段，不能交给不保密的“{field}”。",
        "“{name}” is private and cannot be given to “{field}”, which is not",
        "给那个流程的“{field}”写上 private: true。",
        "write private: true at “{field}” of the other procedure",
    ),
    "not_comparable": say(
        "“{name}”不是数，不能比大小。",
        "“{name}” is no number and cannot be compared with one",
        "只有 integer 和 money 能比大小。",
        "only an integer or money can be compared",
    ),
    "private_column": say(
        "“{name}”是保密字段，这一列没有标 private。",
        "“{name}” is private, and this column does not say so",
        "写 private: true。",
        "write private: true",
    ),
    "clock_outcome": say(
        "时限不能替人给出“{outcome}”。",
        "a clock cannot give “{outcome}” in somebody's place",
        "写 {choices} 之一，或加一个 wait 步骤。",
        "write one of {choices}, or add a wait step",
    ),
    "wait_without_clock": say(
        "没有时限来结束这个等候。",
        "no clock ends this waiting",
        "在 clocks 里写 late: {{step: {step}, outcome: over}}。",
        "write late: {{step: {step}, outcome: over}} at a clock",
    ),
    "automatic_back": say(
        "系统自动完成的步骤不能往回走。",
        "a step the system does cannot lead back",
        "只写 next 或后面的步骤。",
        "write next or a later step",
    ),
    "seal_post": say(
        "步骤“{step}”不由“{post}”办理，单据上的章却归它。",
        "the step “{step}” is not done by “{post}”, who keeps the seal on this paper",
        "让两处一致。",
        "make the two agree",
    ),
}
