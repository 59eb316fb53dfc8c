"""A scenario did not go as its author says."""

from banli.engine.faults._saying import Saying, say

FAULTS: dict[str, Saying] = {
    "scenario_unknown": say(
        "例子里的“{name}”什么也不指。",
        "“{name}” in this scenario names nothing",
        "可写：{choices}。",
        "write one of: {choices}",
    ),
    "scenario_refused": say(
        "例子“{scenario}”：这一步被拒绝：{why}。",
        "scenario “{scenario}”: this was refused: {why}",
        "改例子，或写 refused: {refusal}。",
        "change the scenario, or write refused: {refusal}",
    ),
    "scenario_accepted": say(
        "例子“{scenario}”：应当拒绝（{refusal}），却办成了。",
        "scenario “{scenario}”: should be refused ({refusal}), but was done",
        "改例子或流程。",
        "change the scenario or the procedure",
    ),
    "scenario_differs": say(
        "例子“{scenario}”：应为 {want}，实为 {have}。",
        "scenario “{scenario}”: should be {want}, is {have}",
        "改例子或流程。",
        "change the scenario or the procedure",
    ),
}
