"""The components as HTML: what each says, and that nothing somebody typed becomes markup."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from banli.engine.refusals import Refusal
from tests.web import gallery

pytestmark = pytest.mark.usefixtures("shown")
EVIL = '"><script>alert(1)</script>'


def render(source: str, **context: Any) -> str:
    """The source as a template that cotton has compiled; without the white space between tags."""
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process(source))
    html = template.render(context, RequestFactory().get("/gallery/"))
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", html)).strip()


def test_an_icon_is_silent_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in render('<c-icon name="clock" />')
    assert 'role="img" aria-label="时限"' in render('<c-icon name="clock" label="时限" />')
    assert "sprite.svg#clock" in render('<c-icon name="clock" />')


def test_a_button_is_a_link_when_it_leads_somewhere() -> None:
    assert render('<c-button href="/x/">走</c-button>').startswith('<a class="btn btn-plain')
    html = render('<c-button tone="primary" name="outcome" value="approve">同意</c-button>')
    assert html.startswith("<button") and 'name="outcome"' in html and 'value="approve"' in html


def test_a_button_with_only_an_icon_has_a_name() -> None:
    assert 'aria-label="删除"' in render('<c-button icon="trash" label="删除" />')


def test_what_somebody_typed_is_never_markup() -> None:
    sources = [
        '<c-page-header :title="evil" :subtitle="evil" />',
        '<c-button :value="evil" :data-note="evil">x</c-button>',
        '<c-item href="?" :title="evil" />',
        '<c-field :name="evil" :label="evil" :help="evil" :error="evil" :value="evil" :placeholder="evil" />',
        '<c-field name="t" type="table" label="t" :value="rows" :columns="columns" />',
        '<c-field name="c" type="choice" label="c" :options="options" />',
        '<c-masked :value="evil" url="/x/" :label="evil" />',
        '<c-person :name="evil" :post="evil" :deputy_for="evil" />',
        '<c-timeline-entry :title="evil" :who="evil" />',
        '<c-card :title="evil" :data-note="evil">x</c-card>',
        '<c-search action="/x/" :value="evil" :label="evil" />',
        '<c-form action="/x/" :keep="evil" :facts="evil">x</c-form>',
    ]
    context = {
        "evil": EVIL,
        "rows": [{"name": EVIL}],
        "columns": {"name": {"type": "text", "label": EVIL}},
        "options": {EVIL: EVIL},
    }
    for source in sources:
        html = render(source, **context)
        assert "<script>" not in html, source
        assert "&lt;script&gt;" in html, source


def test_a_component_does_not_see_the_pages_variables() -> None:
    assert "漏" not in render(
        '<c-card>x</c-card><c-page-header title="页" />', title="漏", actions="漏", subtitle="漏"
    )


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("text", '<input class="input" value=""'),
        ("long_text", "<textarea"),
        ("person_name", 'data-check="person_name"'),
        ("cn_id", 'data-check="cn_id"'),
        ("phone", 'type="tel"'),
        ("date", 'type="date"'),
        ("datetime", 'type="datetime-local"'),
        ("time", 'type="time"'),
        ("integer", 'inputmode="numeric"'),
        ("money", 'inputmode="decimal"'),
        ("yes_no", 'type="radio"'),
        ("photo", 'accept="image/jpeg,image/png,image/webp"'),
        ("file", 'type="file"'),
        ("signature", "<canvas"),
    ],
)
def test_every_type_of_question_has_its_control(kind: str, wanted: str) -> None:
    html = render(f'<c-field name="x" type="{kind}" label="问" />')
    assert wanted in html
    assert "问" in html and "可不填" in html


def test_a_wrong_field_is_marked_and_its_sentence_tied_to_the_control() -> None:
    html = render(
        '<c-field name="x" type="text" label="问" help="帮" :error="why" value="错的" required />',
        why=Refusal("required"),
    )
    assert 'aria-invalid="true"' in html and 'aria-required="true"' in html
    assert 'aria-describedby="f-x-help f-x-error"' in html
    assert '<p class="field-error" id="f-x-error" data-error aria-live="polite">请填写。</p>' in html
    assert 'value="错的"' in html and "可不填" not in html


def test_a_group_of_options_is_one_question() -> None:
    html = render(
        '<c-field name="x" type="choice" label="类别" :options="options" value="b" required :error="why" />',
        options={"a": "甲", "b": "乙"},
        why="选一个",
    )
    assert 'role="radiogroup" aria-labelledby="f-x-label"' in html
    assert 'aria-required="true" aria-invalid="true"' in html
    assert 'value="b" checked' in html and 'value="a" checked' not in html


def test_a_form_carries_its_token_and_a_key_of_its_own() -> None:
    first, second = (render('<c-form action="/x/" keep="k">内</c-form>') for _ in range(2))
    keys = [re.search(r'name="key" value="([0-9a-f-]{36})"', html) for html in (first, second)]
    assert keys[0] and keys[1] and keys[0].group(1) != keys[1].group(1)
    assert "csrfmiddlewaretoken" in first and 'data-keep="k"' in first and "novalidate" in first
    search = render('<c-form action="/x/" method="get">内</c-form>')
    assert "csrfmiddlewaretoken" not in search and 'name="key"' not in search


def test_a_clock_shows_its_state_and_its_due_time() -> None:
    html = render('<c-clock :due="due" />', due=timezone.now() + timedelta(minutes=12, seconds=30))
    assert "clock-amber" in html and "还有 12 分" in html and "<time" in html and "data-clock" in html
    stopped = render('<c-clock :due="due" :stopped="due" />', due=timezone.now())
    assert "按时" in stopped and "data-clock" not in stopped
    assert render('<c-clock :due="none" />', none=None) == ""


def test_a_state_is_a_word_in_the_readers_language() -> None:
    assert "已退回" in render('<c-badge state="returned" />')
    with translation.override("en"):
        assert "Returned" in render('<c-badge state="returned" />')
    assert "unheard-of" in render('<c-badge state="unheard-of" />')


def test_a_step_tells_its_state_to_who_cannot_see_it() -> None:
    html = render(
        '<c-stepper :steps="steps" />',
        steps=[gallery.step("甲", "done"), gallery.step("乙", "now")],
    )
    assert "已完成" in html and html.count('aria-current="step"') == 1


def test_a_deputy_is_named_with_their_principal() -> None:
    assert "代 陈主任" in render('<c-person name="老李" post="主任" deputy_for="陈主任" />')


def test_a_masked_value_asks_by_post_and_once_shown_asks_no_more() -> None:
    asking = render('<c-masked value="138****5678" url="/x/" label="电话" />')
    assert 'method="post"' in asking and 'hx-post="/x/"' in asking and 'name="key"' in asking
    assert "<form" not in render('<c-masked value="13812345678" shown />')


def test_the_last_page_offers_no_more() -> None:
    assert render('<c-pager next="" list="#rows" />') == ""
    assert 'colspan="3"' in render('<c-pager next="?after=1" list="#rows" columns="3" />')


def test_a_refusal_is_an_alert_with_its_sentence() -> None:
    html = render('<c-refusal :refusal="why" />', why=Refusal("required"))
    assert 'role="alert"' in html and 'data-refusal="required"' in html and "请填写。" in html
    assert render('<c-refusal :refusal="why" />', why=None) == ""


def test_a_django_forms_field_looks_and_reads_like_the_others() -> None:
    class Named(forms.Form):
        name = forms.CharField(label="姓名", help_text="全名")

    html = render('<c-bound :field="form.name" autofocus />', form=Named({"name": ""}))
    assert 'class="input"' in html and 'aria-invalid="true"' in html and "autofocus" in html
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert " required" not in html


def test_an_unknown_field_type_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="no type"):
        render('<c-field name="x" type="colour" label="问" />')


def test_a_question_may_be_a_procedures_field() -> None:
    asked = SimpleNamespace(
        type="cn_id", label={"zh": "身份证号", "en": "Identity number"}, private=True, required=True
    )
    html = render('<c-field name="form.id" :question="asked" />', asked=asked)
    assert "身份证号" in html and "data-private" in html and "加密保存" in html
