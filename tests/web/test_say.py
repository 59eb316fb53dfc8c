from types import SimpleNamespace

from django.template import Context, Template
from django.utils import translation

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.web.templatetags.say import refusal, say


def test_a_text_is_said_in_the_readers_language() -> None:
    title = {"zh": "物品放行条", "en": "Goods release pass"}
    assert say(title) == "物品放行条"
    with translation.override("en"):
        assert say(title) == "Goods release pass"
        assert say(Text(zh="前台", en="Front desk")) == "Front desk"
        assert say(SimpleNamespace(zh="前台", en="Front desk")) == "Front desk"


def test_a_text_without_english_is_said_in_chinese() -> None:
    with translation.override("en"):
        assert say({"zh": "翠湖花园", "en": ""}) == "翠湖花园"


def test_a_plain_text_is_said_as_it_is_and_nothing_as_nothing() -> None:
    assert say("12-3-502") == "12-3-502"
    assert say(None) == ""
    assert refusal(None) == ""


def test_a_refusal_is_said_as_a_sentence() -> None:
    refused = Refusal("task_done", step=Text(zh="值班主任", en="Duty supervisor"), who="老李", at="14:30")
    assert "老李" in refusal(refused)
    with translation.override("en"):
        assert refusal(refused).startswith("“Duty supervisor” was already done by 老李")


def test_what_somebody_typed_is_escaped_when_it_is_said() -> None:
    shown = Template("{% load say %}{{ text|say }}").render(Context({"text": {"zh": "<b>张</b>"}}))
    assert shown == "&lt;b&gt;张&lt;/b&gt;"
