"""What a phone says where there is no network: the evaluator's own words wherever it has some, and a few of its own."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.gate.verdict import STOP, Verdict, evaluate, from_refusal, not_expected
from banli.papers.passes import Claims
from banli.web.templatetags.say import say

ASK = Text(zh="先问前台", en="Ask the desk")
_ZONE = timezone.get_default_timezone()
_THEN = datetime(2000, 1, 1, tzinfo=_ZONE)
#: name → the verdict's kind, its colour, its word, its sentence; {at} is put in by the phone.
_OWN: dict[str, tuple[str, str, Text, Text]] = {
    "unlisted": ("unlisted", "amber", ASK, Text(
        zh="签章是真的，手机名单上还没有：可能刚开。打电话问前台；看条上的日期、红章，逐项核对，相符再放。",
        en="The signature is real, but it is not on this list: perhaps just issued. Ring the desk; hold date, seal and "
        "every line against what you see, and let it pass only if all agree.",
    )),
    "too_old": ("too_old", "amber", ASK, Text(
        zh="名单太久没有更新，作废、用过的查不出。打电话问前台，没有作废、没有放行过，核对相符再放。",
        en="The list is too old to know what was used or made void since. Ring the desk first; let it pass only if it "
        "is neither, and all agrees.",
    )),
    "gone": ("expired", "amber", STOP, Text(
        zh="这张早已办结或作废，不在名单上，请回前台。",
        en="Long over or void, and so not on the list: back to the desk.",
    )),
    "over": ("expired", "amber", STOP, Text(
        zh="此证有效期到 {at}，已过，请回前台。", en="Good until {at}, which is over: back to the desk.",
    )),
    "used_here": ("used", "red", STOP, Text(
        zh="此条已于 {at} 在这部手机上放行，不能再用。", en="Released at {at} on this phone; it cannot be used again.",
    )),
    "void_here": ("void", "red", STOP, Text(
        zh="此条已于 {at} 在这部手机上拦下，已作废，请回前台另开。",
        en="Stopped at {at} on this phone, and void; the front desk must issue a new one.",
    )),
    "gone_here": ("used", "red", STOP, Text(
        zh="来访人已于 {at} 在这部手机上登记离开，再来另办。",
        en="Its holder left at {at}, as this phone wrote down. Coming again needs a new one.",
    )),
    "no_key": ("unknown", "red", STOP, Text(
        zh="这部手机还没有验这种签章的钥匙，连上网再查。",
        en="This phone does not have the key to verify this one with; look again with a network.",
    )),
    "unable": ("unlisted", "red", STOP, Text(
        zh="手机名单上没有；这个浏览器又不会验签章，分不清是新开的还是假的。连上网再查，或打电话问前台。",
        en="Not on the list, and this browser cannot verify signatures: it may be new, it may be forged. Look again "
        "with a network, or ring the desk.",
    )),
    "never": ("unknown", "red", STOP, Text(
        zh="手机名单上没有 {number}。请看清编号或车牌，再输一次；刚开的请扫二维码。",
        en="{number} is not on this phone's list. Look again and type it anew; scan the code of one just issued.",
    )),
}  # fmt: skip


def said() -> dict[str, list[str]]:
    """Name → tone, word, sentence, kind, in the reader's language."""
    elsewhere = Claims(estate_id=-1, paper_id=0, valid_until=None, token="")
    from_the_house: dict[str, Verdict] = {
        "foreign": evaluate(None, elsewhere, _THEN, 0, _ZONE),
        "unknown": evaluate(None, None, _THEN, 0, _ZONE),
        "forged": from_refusal(Refusal("pass_forged")),
        "malformed": from_refusal(Refusal("pass_malformed")),
        "nobody": not_expected("{words}"),
    }
    told: dict[str, Any] = {
        name: [one.tone, say(one.word), say(one.sentence), one.kind] for name, one in from_the_house.items()
    }
    return told | {
        name: [tone, say(word), say(text), kind] for name, (kind, tone, word, text) in _OWN.items()
    }
