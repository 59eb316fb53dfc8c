"""Reading what a machine sent: JSON in UTF-8, written in one way, with nothing in it that cannot be kept.

What is refused here never reaches a form, the engine or the database: NUL bytes and halves of a pair, numbers no
column holds, a key given twice, nesting without end.
"""

import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.params.models import Query
from ninja.parser import Parser

from banli.engine.refusals import Refusal

MAX_DEPTH = 12
MAX_DIGITS = 18


class StrictParser(Parser):
    """What ninja reads bodies and query strings with. Raises Refusal."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type != "application/json" or charset.lower() not in ("utf-8", "utf8"):
            raise Refusal("wrong_type")
        return checked(_json(request.body))

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        return checked(super().parse_querydict(data, list_fields, request))


def known_parameters_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, refusing what it would have passed over: a misspelt filter must not answer with everything."""
    known = _parameters(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = [name for name in request.GET if name not in known]
        if unknown:
            bad = {name[:50]: Refusal("unknown_key", name=name[:50]) for name in unknown[:20]}
            raise Refusal("form_invalid", fields=bad, count=len(bad))
        return view(request, *args, **kwargs)

    return asked


def _parameters(view: Callable[..., Any]) -> frozenset[str]:
    """The names in the models that a view takes its query string as."""
    names: set[str] = set()
    for hint in get_type_hints(view, include_extras=True).values():
        if get_origin(hint) is Annotated and isinstance(get_args(hint)[-1], Query):
            names.update(get_args(hint)[0].model_fields)
    return frozenset(names)


def checked(data: Any) -> Any:
    """The same, if every text in it can be kept and it is not nested too deeply. Walks, never recurses."""
    bad: dict[str, Refusal] = {}
    left: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while left:
        path, value = left.pop()
        if len(path) > MAX_DEPTH:
            raise Refusal("too_deep", max=MAX_DEPTH)
        if isinstance(value, str):
            if not keepable(value):
                bad[".".join(path) or "body"] = Refusal("bad_characters")
        elif isinstance(value, dict):
            if not all(map(keepable, value)):
                bad[".".join(path) or "body"] = Refusal("bad_characters")
            else:
                left.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            left.extend(((*path, str(number)), inner) for number, inner in enumerate(value))
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    return data


def keepable(text: str) -> bool:
    """Whether PostgreSQL and the journal can keep a text: no NUL, no half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode(), parse_int=_integer, parse_float=_number, parse_constant=_no_constant,
            object_pairs_hook=_each_key_once,
        )  # fmt: skip
    except (ValueError, RecursionError):
        raise Refusal("not_json") from None


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError("a number no column holds")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number without end")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a key given twice")
    return told
