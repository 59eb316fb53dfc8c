"""Found by walking every way a case can go; each comes with the shortest one."""

from banli.engine.faults._saying import Saying, say

FAULTS: dict[str, Saying] = {
    "dead_step": say(
        "这一步永远轮不到。",
        "this step is never reached",
        "改它的 when，或改前面步骤的去向，或去掉它。",
        "change its when or where the steps before it lead, or remove it",
    ),
    "stuck": say(
        "件没有办结，却没有一步可办。",
        "the case is open, and nothing can be done on it",
        "给这里的每个结果写一个去向。",
        "write where each outcome leads from here",
    ),
    "no_end": say(
        "从这里怎么办都办不结。",
        "from here no way leads to an end",
        "给其中一步写一个通往后面的去向。",
        "write a way on for one of these steps",
    ),
    "never_done": say(
        "这个流程没有一条路能办结。",
        "no way through this procedure ends it as done",
        "让最后一步走到 next 或 end。",
        "let the last step lead to next or end",
    ),
    "left_open": say(
        "件已办结，“{name}”还开着。",
        "the case ends as done while “{name}” still waits",
        "去掉这个 end，让分组走完。",
        "remove this end and let the block be finished",
    ),
    "safeguard": say(
        "“{do}”可以在没有有效的“{before}”时完成。",
        "“{do}” can be done although “{before}” does not stand",
        "把“{before}”放在它前面，且不能被跳过；或给这条保障加 when。",
        "put “{before}” before it where no way leads past it, or give this safeguard a when",
    ),
    "no_filer": say(
        "审批之前没有登记步骤，办件人可以审批自己的件。",
        "nobody filed before this approval, so whoever opened the case could approve it",
        "在它前面写一个 fill 步骤。",
        "put a fill step before it",
    ),
    "nobody_assigned": say(
        "轮到这一步时还没有派人。",
        "this step is reached before anybody was sent",
        "把“{name}”放在它前面，且不能被跳过。",
        "put “{name}” before it where no way leads past it",
    ),
    "post_unnamed": say(
        "派谁要看“{field}”，这时它可能还没有填。",
        "who is sent rests on “{field}”, which may not have been answered by then",
        "在前面的步骤里问它，必填，不写 when，或与这一步的 when 相同。",
        "ask for it in a step before, required and without a when, or with this step's",
    ),
    "work_unnamed": say(
        "派的人要会做什么，看“{field}”，这时它可能还没有填。",
        "what whoever is sent has to be able to do rests on “{field}”, which may not have been answered by then",
        "在前面的步骤里问它，必填，不写 when，或与这一步的 when 相同。",
        "ask for it in a step before, required and without a when, or with this step's",
    ),
    "signed_changed": say(
        "“{field}”在“{signer}”签过之后又可以改，签名仍然有效。",
        "“{field}” can be changed after “{signer}” signed for it, and the signature still stands",
        "另设一个字段，或退回到签名之前。",
        "ask for it in a field of its own, or return to before the signature",
    ),
    "clock_never_starts": say(
        "这个时限从不开始。", "this clock never starts", "改 starts 或 when。", "change starts or when"
    ),
    "clock_never_stops": say(
        "写在 stops 里的事从不在它走的时候发生。",
        "nothing in stops ever happens while it runs",
        "改 stops。",
        "change stops",
    ),
    "clock_left_running": say(
        "件办结时它可能还在走。",
        "it may still run when the case ends as done",
        "把这条路上的一步写进 stops。",
        "add a step of this way to stops",
    ),
    "clock_stale": say(
        "上一轮的时限还在走，新一轮不会重新计时。",
        "it still runs from the round before, so the new round has no clock of its own",
        "把退回时发生的事写进 stops，例如 {step}.opened。",
        "add what happens on the return to stops, such as {step}.opened",
    ),
    "due_unanswered": say(
        "期限依据的字段可能没有填。",
        "the field this deadline rests on may not have been answered",
        '先问这个字段，或加 when: {{{field}: {{given: "yes"}}}}。',
        'ask for the field before, or add when: {{{field}: {{given: "yes"}}}}',
    ),
    "paper_unasked": say(
        "单据印“{field}”，出单时可能还没有问过。",
        "the paper prints “{field}”, which may not have been asked for",
        "在出单之前的步骤里问它，或从 prints 去掉。",
        "ask for it in a step before, or take it out of prints",
    ),
    "paper_unsealed": say(
        "出单时“{step}”可能还没有办，单据却带章。",
        "the paper bears the seal although “{step}” may not stand",
        "把“{step}”放在它前面，且不能被跳过。",
        "put “{step}” before it where no way leads past it",
    ),
    "paper_not_issued": say(
        "轮到查验时，可能没有有效的“{paper}”。",
        "the check can be reached without a valid “{paper}”",
        "把出单放在它前面，且不能被跳过。",
        "put the issue before it where no way leads past it",
    ),
    "sent_unconsented": say(
        "资料可能在没有有效的同意“{consent}”时发出。",
        "data can be sent although the consent “{consent}” does not stand",
        "把“{consent}”放在它前面，且不能被跳过。",
        "put “{consent}” before it where no way leads past it",
    ),
    "count_unasked": say(
        "行数依据的字段“{field}”可能还没有问过。",
        "the rows rest on “{field}”, which may not have been asked for",
        "在前面的步骤里问它。",
        "ask for it in a step before",
    ),
    "amount_unasked": say(
        "金额依据的字段“{field}”可能还没有问过。",
        "the amount rests on “{field}”, which may not have been asked for",
        "在前面的步骤里问它。",
        "ask for it in a step before",
    ),
    "nothing_due": say(
        "轮到缴费时可能没有一行要收。",
        "this step can be reached with nothing to be paid",
        "给这一步写 when，或去掉一行的 when。",
        "give the step a when, or take the when off a line",
    ),
    "spends_unpaid": say(
        "出单时“{step}”可能还没有收款。",
        "the paper can be issued although nothing was paid at “{step}”",
        "把“{step}”放在它前面，且不能被跳过。",
        "put “{step}” before it where no way leads past it",
    ),
    "spent_twice": say(
        "“{step}”的收据可能已经用过。",
        "the receipt of “{step}” may have been used already",
        "一张收据的一行只办一件：去掉其中一个 spends。",
        "a receipt's line is used once: take one of the spends out",
    ),
    "deduction_alone": say(
        "有扣款时，“{step}”可能还没有签字。",
        "something can be deducted although “{step}” does not stand",
        "把“{step}”放在它前面，有扣款时不能被跳过。",
        "put “{step}” before it where no way with a deduction leads past it",
    ),
    "deposit_left": say(
        "件结束（{end}）时，“{step}”收的押金可能还没有退。",
        "the case can end ({end}) while the deposit taken at “{step}” is still held",
        "在这条路上加一个 refund 步骤，或用 start 的 carries 转走；撤回写在收款之前。",
        "put a refund step on this way, or carry the deposit over with start; let withdraw end before it is paid",
    ),
    "gives_unasked": say(
        "要交给下一件的“{field}”可能还没有问过。",
        "what is handed on, “{field}”, may not have been asked for",
        "在前面的步骤里问它。",
        "ask for it in a step before",
    ),
    "too_large": say(
        "走法太多（超过 {count} 种局面），无法证明。",
        "there are more than {count} situations; it cannot be proved",
        "把一部分拆成另一个流程（start）。",
        "make a part of it a procedure of its own (start)",
    ),
}
