import re
from pathlib import Path

import polib
import pytest

from banli.web import translations


def test_english_is_complete() -> None:
    assert translations.missing() == {}


def test_every_english_text_fills_in_what_the_chinese_one_does() -> None:
    for entry in polib.pofile(str(translations.ENGLISH)):
        for english in entry.msgstr_plural.values() or [entry.msgstr]:
            for pattern in (r"%\(\w+\)s", r"\{\w+\}"):
                chinese = set(re.findall(pattern, entry.msgid))
                assert set(re.findall(pattern, english)) == chinese, entry.msgid


def test_texts_are_found_wherever_the_source_says_them() -> None:
    python = "_('一')\ngettext_lazy('二')\nngettext('三', '四', 1)\npgettext('ctx', '五')\nobject._('六')\nprint('七')"
    assert list(translations.in_python(python)) == ["一", "二", "三", "四", "五", "六"]
    template = """{% translate "一" %}{% translate '二' as x %}{{ _("三") }}
        {% blocktranslate with name=who %}代 {{ name }}{% endblocktranslate %}
        {% blocktranslate trimmed count n=n %}
            {{ n }} 件
        {% plural %}
            {{ n }} 件们
        {% endblocktranslate %}"""
    assert list(translations.in_template(template)) == [
        "一",
        "二",
        "三",
        "代 %(name)s",
        "%(n)s 件",
        "%(n)s 件们",
    ]


def test_a_text_put_together_at_run_time_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be translated"):
        list(translations.in_python("_(f'还有 {n} 件')"))


def test_a_text_without_english_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = tmp_path / "django.po"
    catalogue.write_text('msgid "待办"\nmsgstr "To do"\n\nmsgid "办件"\nmsgstr ""\n', encoding="utf-8")
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/views.py").write_text('_("待办"), _("办件"), _("登记本")', encoding="utf-8")
    monkeypatch.setattr(translations, "SOURCE", tmp_path)
    monkeypatch.setattr(translations, "ENGLISH", catalogue)
    assert translations.missing() == {"办件": ["desk/views.py"], "登记本": ["desk/views.py"]}


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tmp_path / "en/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "待办"\nmsgstr "To do"\n', encoding="utf-8")
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    translations.compile_stale()
    compiled = catalogue.with_suffix(".mo")
    assert polib.mofile(str(compiled))[0].msgstr == "To do"
    written_at = compiled.stat().st_mtime_ns
    translations.compile_stale()
    assert compiled.stat().st_mtime_ns == written_at
    assert [path.name for path in catalogue.parent.iterdir() if path.suffix == ".part"] == []
