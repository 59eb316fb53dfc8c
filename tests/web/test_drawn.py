"""The components that Python draws: the rules are those of the others, and nothing kept is somebody's."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from banli.web import drawn
from banli.web.blocks import BLOCKS
from banli.web.drawn import DRAWN
from tests.web import gallery
from tests.web.test_components import EVIL, render

pytestmark = pytest.mark.usefixtures("shown")
TEMPLATES = Path(drawn.__file__).parent / "templates/cotton"


@pytest.mark.parametrize(
    "source",
    [
        '<c-icon :name="evil" />',
        '<c-icon name="clock" :label="evil" :class="evil" />',
        '<c-icon name="clock" :class="evil" />',
        '<c-badge :state="evil" />',
        '<c-badge :tone="evil" :icon="evil">x</c-badge>',
        '<c-badge state="open">{{ evil }}</c-badge>',
        '<c-clock :due="due" :label="evil" :size="evil" />',
        '<c-button :label="evil" :icon="evil" name="x" :value="evil" />',
        '<c-button :href="evil" :tone="evil">{{ evil }}</c-button>',
        '<c-card :title="evil" :icon="evil" :tone="evil" :id="evil" :level="evil" :class="evil">{{ evil }}</c-card>',
        '<c-card><c-slot name="actions">{{ evil }}</c-slot><c-slot name="footer">{{ evil }}</c-slot></c-card>',
        '<c-fact :label="evil" :when="evil">{{ evil }}</c-fact>',
        '<c-item :href="evil" :icon="evil" :tone="evil" :title="evil" :meta="evil" :aside="evil">{{ evil }}</c-item>',
        '<c-stepper :steps="steps" :label="evil" />',
        '<c-timeline-entry :title="evil" :who="evil" :post="evil" :deputy_for="evil" :tone="evil" :icon="evil" />',
    ],
)
def test_what_somebody_typed_is_never_markup(source: str) -> None:
    html = render(source, evil=EVIL, due=timezone.now(), steps=[gallery.step(EVIL, EVIL, EVIL)])
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_text_that_counts_as_markup_is_not_kept_for_one_that_does_not() -> None:
    first = render('<c-icon :name="name" />', name=SafeString(EVIL))
    assert first == render('<c-icon :name="name" />', name=EVIL)
    assert "<script>" not in first


def test_a_drawn_component_has_no_template_beside_it() -> None:
    assert [name for name in DRAWN | BLOCKS if (TEMPLATES / f"{name}.html").exists()] == []


def test_an_attribute_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        render('<c-badge colour="red">x</c-badge>')


def test_what_is_kept_says_the_same_in_both_languages_and_has_a_bound() -> None:
    for _ in range(2):
        assert "已办结" in render('<c-badge state="done" />')
        with translation.override("en"):
            assert "Done" in render('<c-badge state="done" />')
    assert drawn._silent.cache_info().maxsize == 1024


def test_what_a_clock_says_is_worked_out_each_time() -> None:
    due = timezone.now() + timedelta(minutes=5, seconds=30)
    assert "还有 5 分" in render('<c-clock :due="due" />', due=due)
    assert "还有 4 分" in render('<c-clock :due="due" />', due=due - timedelta(minutes=1))


def test_the_sprites_address_follows_the_settings() -> None:
    before = render('<c-icon name="clock" />')
    with override_settings(STATIC_URL="/elsewhere/"):
        assert 'href="/elsewhere/' in render('<c-icon name="clock" />')
    assert render('<c-icon name="clock" />') == before


def test_a_named_slot_takes_the_place_of_the_attribute_and_stays_in_its_own_component() -> None:
    html = render(
        '<c-card title="外"><c-slot name="footer">脚</c-slot>'
        '<c-card title="旧"><c-slot name="title"><b>内</b></c-slot>文</c-card></c-card>'
    )
    assert html.count("sheet-foot") == 1 and "<b>内</b>" in html and "旧" not in html
