"""The event log by the rules of its two standards: IEEE 1849-2016 (XES) and OCEL 2.0, beyond what a schema says."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from banli.cases import actions
from tests.desk.work import goods, key, signed_in
from tests.figures.test_figures import chosen, exported, lived
from tests.office import Office

XES = "{http://www.xes-standard.org/}"
#: IEEE 1849-2016, 4: the kinds of attributes, and what each one's value must read as.
READ: dict[str, Callable[[str], Any]] = {
    "string": str, "date": datetime.fromisoformat, "int": int, "float": float,
    "boolean": lambda told: {"true": True, "false": False}[told],
}  # fmt: skip
#: In which order a log's children stand (the standard's schema is a sequence).
ORDER = ("extension", "global", "classifier", *READ, "trace")
#: 1849-2016, 6.3: the transitions of the standard lifecycle model.
TRANSITIONS = {
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort", "complete",
    "autoskip", "manualskip", "unknown",
}  # fmt: skip
#: What the standard's own extensions define: prefix → its URI and keys.
EXTENSIONS = {
    "concept": ("http://www.xes-standard.org/concept.xesext", {"name", "instance"}),
    "time": ("http://www.xes-standard.org/time.xesext", {"timestamp"}),
    "lifecycle": ("http://www.xes-standard.org/lifecycle.xesext", {"model", "transition", "state"}),
    "org": ("http://www.xes-standard.org/org.xesext", {"resource", "role", "group"}),
}
OCEL: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "time": lambda value: datetime.fromisoformat(value).tzinfo is not None,
}


@pytest.fixture
def log(office: Office) -> ElementTree.Element:
    """The office's log as XES, with a case that was withdrawn among the others."""
    lived(office)
    gone = goods(office)
    actions.withdraw(by=office["xiaowang"], case_id=gone, reason="不搬了", key=key(), now=timezone.now())
    response = signed_in(office, "chen").get(f"/figures/events.xes?{chosen(office).query}")
    return ElementTree.fromstring(b"".join(response.streaming_content))


def named(element: ElementTree.Element) -> list[tuple[str, str, str]]:
    """Kind, key and value of each attribute that stands directly in an element."""
    return [
        (kind, str(one.get("key")), str(one.get("value")))
        for one in element
        if (kind := one.tag.removeprefix(XES)) in READ
    ]


def test_the_children_of_a_log_stand_as_the_standard_orders_them(log: ElementTree.Element) -> None:
    assert log.tag == f"{XES}log" and float(str(log.get("xes.version"))) == 1849.2016
    tags = [one.tag.removeprefix(XES) for one in log]
    assert set(tags) <= set(ORDER) and tags.count("trace") > 2
    places = ["string" if tag in READ else tag for tag in tags]
    assert places == sorted(places, key=ORDER.index)
    for trace in log.iter(f"{XES}trace"):
        inner = [one.tag.removeprefix(XES) for one in trace]
        assert inner.index("event") == len([tag for tag in inner if tag != "event"]), (
            "its attributes come first"
        )
        assert set(inner) <= {*READ, "event"}
        assert all(
            {one.tag.removeprefix(XES) for one in event} <= set(READ) for event in trace.iter(f"{XES}event")
        )


def test_every_value_reads_as_its_kind_says_and_no_key_stands_twice(log: ElementTree.Element) -> None:
    for element in [log, *log.iter(f"{XES}trace"), *log.iter(f"{XES}event"), *log.iter(f"{XES}global")]:
        told = named(element)
        assert len({name for _kind, name, _value in told}) == len(told)
        for kind, name, value in told:
            READ[kind](value)
            assert name and " " not in name


def test_what_has_a_prefix_is_of_an_extension_that_is_declared(log: ElementTree.Element) -> None:
    declared = {str(one.get("prefix")): str(one.get("uri")) for one in log.iter(f"{XES}extension")}
    assert declared == {prefix: uri for prefix, (uri, _keys) in EXTENSIONS.items()}
    used = {name for element in log.iter() for _kind, name, _value in named(element) if ":" in name}
    assert {name.split(":")[0] for name in used} == set(EXTENSIONS)
    assert all(name.split(":")[1] in EXTENSIONS[name.split(":")[0]][1] for name in used)


def test_what_is_global_stands_in_every_trace_and_event_and_classifiers_rest_on_it(
    log: ElementTree.Element,
) -> None:
    always = {
        str(one.get("scope")): {(kind, name) for kind, name, _value in named(one)}
        for one in log.iter(f"{XES}global")
    }
    assert set(always) == {"trace", "event"}
    for scope, wanted in always.items():
        for element in log.iter(f"{XES}{scope}"):
            assert wanted <= {(kind, name) for kind, name, _value in named(element)}
    keys = {name for _kind, name in always["event"]}
    classifiers = [str(one.get("keys")).split() for one in log.iter(f"{XES}classifier")]
    assert len(classifiers) == 2 and all(set(told) <= keys for told in classifiers)


def test_each_event_has_its_place_in_the_standard_lifecycle(log: ElementTree.Element) -> None:
    assert ("string", "lifecycle:model", "standard") in named(log)
    found: dict[str, set[str]] = {}
    for event in log.iter(f"{XES}event"):
        told = {name: value for _kind, name, value in named(event)}
        found.setdefault(told["concept:name"], set()).add(told["lifecycle:transition"])
    assert {one for each in found.values() for one in each} <= TRANSITIONS
    assert found["opened"] == {"start"} and found["ended"] == {"complete"}
    assert found["confirm.opened"] == {"schedule"} and found["confirm.approved"] == {"complete"}
    assert found["sign.cancelled"] == {"withdraw"}


def test_the_log_as_ocel_keeps_to_the_types_it_declares(office: Office) -> None:
    lived(office)
    told = exported(office, chosen(office))
    for things, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {one["name"]: {a["name"]: a["type"] for a in one["attributes"]} for one in told[types]}
        assert len(declared) == len(told[types])
        assert len({one["id"] for one in told[things]}) == len(told[things])
        for one in told[things]:
            for attribute in one["attributes"]:
                kind = declared[one["type"]][attribute["name"]]
                assert OCEL[kind](attribute["value"]), (one["type"], attribute)
    known = {one["id"] for one in told["objects"]}
    related = [link for one in (*told["events"], *told["objects"]) for link in one["relationships"]]
    assert {link["objectId"] for link in related} <= known and all(link["qualifier"] for link in related)
    for one in told["objects"]:
        times = [datetime.fromisoformat(a["time"]) for a in one["attributes"] if a["name"] == "status"]
        assert times == sorted(times) and times
