"""The frame of a page: where one can go, who one is; and the pages that say what went wrong."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from banli import web
from banli.engine.refusals import Refusal
from banli.web.context import Shell, current_url
from tests.web import gallery

ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]


@pytest.fixture(autouse=True)
def wired(shown: None) -> Iterator[None]:
    yield


def shell(path: str = "/gallery/", staff: object = gallery.STAFF) -> Shell:
    request = RequestFactory().get(path)
    request.user = staff  # type: ignore[assignment]
    return Shell(request)


def holds_nothing(request: HttpRequest) -> None:
    raise Http404


def test_everybody_sees_the_entries_of_their_posts() -> None:
    assert [place.title for place in shell().places] == ["前台", "待办", "办件", "登记本", "流程"]
    with translation.override("en"):
        assert shell().places[1].title == "To do"


def test_the_entry_one_is_at_is_marked_on_its_inner_pages_too() -> None:
    marked = [place.title for place in shell("/registers/2026/").places if place.current]
    assert marked == ["登记本"]


def test_the_start_page_is_marked_only_there() -> None:
    assert current_url("/", ["/", "/cases/"]) == "/"
    assert current_url("/other/", ["/", "/cases/"]) is None
    assert current_url("/cases/12/closure/", ["/", "/cases/", "/cases/12/"]) == "/cases/12/"


def test_an_entry_shows_how_much_waits() -> None:
    assert [place.count for place in shell().places][:2] == [0, 12]


def test_nobody_sees_no_navigation() -> None:
    nobody = shell(staff=SimpleNamespace(is_authenticated=False))
    assert (nobody.places, nobody.desk, nobody.name, nobody.posts) == ([], None, "", [])


def test_somebody_without_a_post_sees_only_what_needs_none() -> None:
    with override_settings(BANLI_SHELL={**gallery.SHELL, "desk": "tests.web.test_frame.holds_nothing"}):
        idle = shell()
        assert [place.title for place in idle.places] == ["前台", "待办", "办件", "流程"]
        assert (idle.posts, idle.estate_name) == ([], "")


def test_posts_are_told_with_whom_one_stands_in_for() -> None:
    assert [(post.title, post.deputy_for) for post in shell().posts] == [("前台", ""), ("主任", "陈主任")]


def test_the_estate_is_told_in_the_readers_language_and_can_be_changed_where_there_are_several() -> None:
    assert shell().estate_name == "翠湖花园"
    assert [current for _, _, current in shell().estates] == [True, False]
    with translation.override("en"):
        assert shell().estate_name == "Emerald Lake Gardens"


def test_each_language_is_named_in_itself() -> None:
    assert [name for _, name in shell().languages] == ["简体中文", "English"]


def test_without_wiring_the_frame_leaves_things_out() -> None:
    with override_settings(BANLI_SHELL={}, BANLI_NAVIGATION=[]):
        bare = shell()
        assert (bare.desk, bare.places, bare.sign_out_url, bare.home_url) == (None, [], "", "/")


def test_a_page_is_in_the_language_that_was_chosen() -> None:
    client = Client()
    page = client.get("/cases/").content.decode()
    assert '<html lang="zh-Hans">' in page and "跳到正文" in page
    client.post("/language/setlang/", {"language": "en", "next": "/cases/"})
    assert '<html lang="en">' in client.get("/cases/").content.decode()


def test_htmx_may_neither_evaluate_nor_style() -> None:
    page = Client().get("/cases/").content.decode()
    assert '"allowEval":false' in page and '"includeIndicatorStyles":false' in page
    assert "x-csrftoken" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("template", ERRORS)
def test_an_error_page_needs_nothing_and_says_what_to_do(template: str, language: str) -> None:
    """Django shows 400 and 500 without a request: whatever broke cannot break them."""
    with translation.override(language):
        html = render_to_string(template)
    assert "<h1>" in html and "data-sentence" in html and 'id="main"' in html


def test_an_error_page_says_the_refusals_own_sentence() -> None:
    html = render_to_string("403.html", {"sentence": Refusal("not_permitted")})
    assert "您没有办理这件事的岗位。" in html


def test_a_post_without_its_token_is_told_to_reload() -> None:
    answer = Client(enforce_csrf_checks=True).post("/form/", {"name": "李明"})
    assert answer.status_code == 403
    assert "这一页放得太久了" in answer.content.decode()


def test_what_is_rendered_once_follows_the_language_and_knows_nobody() -> None:
    request = RequestFactory().get("/gallery/")
    request.user = gallery.STAFF  # type: ignore[assignment]
    for _ in range(2):
        assert "关闭或离开输入框" in render_to_string("web/base.html", {"shell": Shell(request)}, request)
        with translation.override("en"):
            assert "Close, or leave the field" in render_to_string(
                "web/base.html", {"shell": Shell(request)}, request
            )
    fixed = [Path(web.__file__).parent / "templates/web" / name for name in ("sentences.html", "keys.html")]
    assert not [path.name for path in fixed if re.search(r"\{\{|shell|request|csrf", path.read_text("utf-8"))]
