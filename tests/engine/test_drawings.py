"""What is drawn from a procedure's file: the chart, the handbook's page, BPMN 2.0."""

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from banli.engine import bpmn, draw
from banli.engine.draw import handbook
from banli.engine.drawings import drawings
from banli.engine.load import load
from banli.engine.rulebook import Rulebook
from tests.property_pack import property_pack

from .office import HEAD, book_of

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
BLOCKS = (
    HEAD
    + """
form:
  workers: {type: table, label: {zh: 工人, en: Workers}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
  hot: {type: yes_no, label: {zh: 是否动火, en: Hot work}}
steps:
  fill: {verb: fill, by: front_desk, asks: [workers, hot]}
  reviews:
    together:
      engineering:
        steps:
          look: {verb: check, by: engineering_supervisor, when: {form.hot: "yes"}, checklist: {a: {zh: 看, en: Look}}}
          agree: {verb: review, by: engineering_supervisor, back_to: look}
      duty: {verb: review, by: duty_supervisor, back_to: fill}
      third: {verb: review, by: director}
  decide: {verb: decide, by: director, back_to: reviews}
  cards:
    each: form.workers
    steps:
      card: {verb: call, by: front_desk}
      photo: {verb: check, by: front_desk, back_to: card, checklist: {a: {zh: 看, en: Look}}}
  rest: {verb: wait}
  money: {verb: pay, by: finance, fees: {price: card, times: form.workers}}
clocks:
  resting: {title: {zh: 等 <候>, en: Rest & wait}, starts: rest.opened, stops: rest.over, within: same day,
            late: {step: rest, outcome: over}}
"""
)


def books() -> dict[str, Rulebook]:
    loaded = property_pack()
    told = {name: Rulebook.of(one, loaded.pack) for name, one in loaded.pack.procedures.items()}
    return {**told, "blocks": book_of(BLOCKS)}


BOOKS = books()


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chart_shows_every_step_and_every_way_out_of_it(name: str, language: str) -> None:
    book = BOOKS[name]
    picture = ElementTree.fromstring(draw.svg(book, language))
    words = "".join(text for text in picture.itertext()).replace("\n", "").replace(" ", "")
    for step in book.flow.steps:
        assert book.step_title(step).say(language).replace(" ", "") in words
    assert picture.get("role") == "img" and picture.get("aria-label")


def test_a_chart_obeys_a_strict_content_policy_and_stays_in_its_frame() -> None:
    for name, book in BOOKS.items():
        drawn = draw.svg(book, "zh")
        assert not re.search(r"style=|<style|<script|\son\w+=|href=|url\(", drawn)
        picture = ElementTree.fromstring(drawn)
        width, height = float(picture.get("width", 0)), float(picture.get("height", 0))
        assert name == "blocks" or width <= 360, "on a telephone as large as it is drawn"
        for box in picture.iter("{http://www.w3.org/2000/svg}rect"):
            x, y = float(box.get("x", 0)), float(box.get("y", 0))
            assert x >= 0 and y >= 0
            assert x + float(box.get("width", 0)) <= width and y + float(box.get("height", 0)) <= height


def test_a_running_case_is_seen_on_its_chart() -> None:
    book = BOOKS["home-repair"]
    plain = draw.svg(book, "zh")
    running = draw.svg(book, "zh", done={"request", "dispatch"}, open={"arrive"})
    assert "办理中" in running and "办理中" not in plain
    assert running.count("#f0fdf4") == 2 and running.count("#eff6ff") == 1
    assert draw.svg(book, "en", open={"arrive"}).count(">now<") == 1


def test_the_handbook_says_who_does_what_by_when_and_what_is_never_done() -> None:
    page = handbook.page(BOOKS["goods-release"], "goods-release.yaml")
    assert page.index("## 中文") < page.index("## English")
    for words in (
        "没有有效的“主任盖章”，绝不办“交付放行条”",
        "“Hand over the slip” is never done unless “Director seals” stands",
        "登记这件事的人，不能办“部门主管签字”、“值班主任签字”、“主任盖章”",
        "2 小时内",
        "提前30 分钟提醒",
        "Carrier's identity number",
        "物品放行条，存根、正本",
    ):
        assert words in page, words
    both = handbook.page(BOOKS["blocks"], "blocks.yaml")
    assert "同时进行 · **审核**" in both and "逐行：工人 · **回电**" in both and "card 5 元 × 工人" in both


def schema() -> xmlschema.XMLSchema:
    """The OMG's schema of BPMN 2.0, out of a package that ships it."""
    found = importlib.util.find_spec("SpiffWorkflow")
    assert found is not None and found.submodule_search_locations
    return xmlschema.XMLSchema(
        str(Path(found.submodule_search_locations[0], "bpmn/parser/schema/BPMN20.xsd"))
    )


SCHEMA = schema()
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@pytest.mark.parametrize("name", BOOKS)
def test_the_bpmn_is_valid_and_every_element_of_it_is_drawn(name: str) -> None:
    told = bpmn.export(BOOKS[name])
    assert [str(error.reason) for error in SCHEMA.iter_errors(told)] == []
    root = ElementTree.fromstring(told)
    process = root.find(f"{MODEL}process")
    assert process is not None
    drawn = {one.get("bpmnElement") for one in root.iter() if one.tag.startswith(DIAGRAM)}
    kinds = (
        "Task",
        "Event",
        "Gateway",
        "subProcess",
        "sequenceFlow",
        "textAnnotation",
        "association",
        "lane",
    )
    elements = {one.get("id") for one in process.iter() if one.tag.endswith(kinds)}
    assert elements <= drawn
    flows = list(process.iter(f"{MODEL}sequenceFlow"))
    assert {f.get("sourceRef") for f in flows} | {f.get("targetRef") for f in flows} <= elements
    for step in BOOKS[name].flow.steps:
        assert f"step_{step}" in elements


def test_leaving_a_block_is_an_error_caught_at_its_edge() -> None:
    root = ElementTree.fromstring(bpmn.export(BOOKS["blocks"]))
    caught = [one.get("attachedToRef") for one in root.iter(f"{MODEL}boundaryEvent")]
    assert caught.count("block_reviews") == 2 and caught.count("block_cards") == 1
    assert [one.get("id") for one in root.iter(f"{MODEL}multiInstanceLoopCharacteristics")] == [
        "block_cards_rows"
    ]
    assert len(list(root.iter(f"{MODEL}timerEventDefinition"))) == 1


def test_no_element_of_the_diagram_lies_over_another() -> None:
    for name, book in BOOKS.items():
        root = ElementTree.fromstring(bpmn.export(book))
        places = {}
        for shape in root.iter(f"{DIAGRAM}BPMNShape"):
            bounds = shape[0]
            x, y, w, h = (float(bounds.get(key, 0)) for key in ("x", "y", "width", "height"))
            places[shape.get("bpmnElement") or ""] = (x, y, x + w, y + h)
        tasks = [p for n, p in places.items() if n.startswith("step_") and not n.endswith("_clocks")]
        for number, one in enumerate(tasks):
            for other in tasks[number + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, name


def test_the_same_pack_is_drawn_the_same() -> None:
    assert drawings(load(PROPERTY)) == drawings(load(PROPERTY))
