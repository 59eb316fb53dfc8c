"""Refusals as problem documents (RFC 9457): a code for the machine, a sentence for whoever reads its log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, Field

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.operation import happenings

declare(
    {
        "no_token": Text(
            zh="请在 Authorization 中给出有效的接口密钥（Bearer）。",
            en="Give a valid key in the Authorization header (Bearer).",
        ),
        "too_many_tries": Text(
            zh="错误的密钥试得太多，请一分钟后再试。",
            en="Too many wrong keys. Try again in a minute.",
        ),
        "wrong_method": Text(zh="这个地址不接受 {method}。", en="This address does not take {method}."),
        "wrong_type": Text(
            zh="请以 application/json（UTF-8）发送。", en="Send the body as application/json in UTF-8."
        ),
        "body_too_large": Text(zh="内容太大，最多 {max} MB。", en="The body is too large; at most {max} MB."),
        "body_missing": Text(zh="请求没有内容。", en="The request has no body."),
        "malformed": Text(zh="请求不完整或写法不对。", en="The request is incomplete or malformed."),
        "not_json": Text(zh="内容不是有效的 JSON。", en="The body is not valid JSON."),
        "too_deep": Text(
            zh="内容嵌套太深，最多 {max} 层。", en="The body is nested too deeply; at most {max} levels."
        ),
        "not_an_object": Text(zh="此处应为对象。", en="An object belongs here."),
        "not_a_list": Text(zh="此处应为列表。", en="A list belongs here."),
        "wrong_form": Text(zh="写法不对。", en="This is not written as it should be."),
        "unknown_key": Text(zh="这里没有“{name}”这一项。", en="There is no “{name}” here."),
        "not_of_unit": Text(
            zh="此人今天不是该房屋的{role}。", en="This person is not {role} of the unit today."
        ),
        "house_unavailable": Text(
            zh="系统暂时不可用，请稍后用同一操作编号重试。",
            en="Not available for the moment. Try again later with the same idempotency key.",
        ),
        "disk_full": Text(
            zh="服务器的磁盘已满，没有办理。请告诉管理员；腾出空间后用同一操作编号重试。",
            en="The server's disk is full; nothing was done. Tell the administrator, and try again with the same"
            " idempotency key when there is room.",
        ),
        "unexpected": Text(
            zh="系统出错，没有办理。请把编号 {number} 告诉管理员。",
            en="Something went wrong; nothing was done. Tell the administrator the number {number}.",
        ),
    }
)

MEDIA_TYPE = "application/problem+json"
#: Refusals that are not 422: the request was understood, but it is not this that was wrong with it.
STATUSES: Mapping[str, int] = {
    **dict.fromkeys(("key_missing", "malformed", "not_json", "too_deep", "body_missing"), 400),
    "no_token": 401,
    **dict.fromkeys(
        (
            "wrong_post", "not_assigned", "four_eyes", "four_eyes_filer", "opens_post", "withdraw_post",
            "override_post", "not_permitted", "back_entry_post", "back_entry_limit",
        ),
        403,
    ),
    **dict.fromkeys(("not_found", "paper_missing"), 404),
    "wrong_method": 405,
    **dict.fromkeys(
        (
            "task_done", "task_not_open", "task_lapsed", "case_closed", "case_open", "key_reused", "safeguard",
            "withdraw_late", "not_late", "paper_used", "paper_void", "paper_expired", "paper_not_yet",
        ),
        409,
    ),
    "body_too_large": 413,
    "wrong_type": 415,
    "too_many_tries": 429,
    "unexpected": 500,
    "house_unavailable": 503,
    "disk_full": 503,
}  # fmt: skip
TITLES: Mapping[int, Text] = {
    400: Text(zh="请求有误", en="Bad request"),
    401: Text(zh="需要密钥", en="A key is needed"),
    403: Text(zh="没有权限", en="Not permitted"),
    404: Text(zh="找不到", en="Not found"),
    405: Text(zh="不接受的方法", en="Method not taken"),
    409: Text(zh="现在不能办理", en="Not possible as things stand"),
    413: Text(zh="内容太大", en="Too large"),
    415: Text(zh="内容类型不对", en="Wrong media type"),
    422: Text(zh="内容有误", en="Not acceptable as sent"),
    429: Text(zh="试得太多", en="Too many tries"),
    500: Text(zh="系统出错", en="Unexpected error"),
    503: Text(zh="暂时不可用", en="Not available"),
}
HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="banli"'},
    429: {"Retry-After": "60"},
    503: {"Retry-After": "5"},
}


class FieldProblem(BaseModel):
    """What is wrong with one field of what was sent."""

    code: str
    detail: str


class Problem(BaseModel):
    """A problem document. ``code`` is stable, ``detail`` is in the language of Accept-Language."""

    type: str = Field(examples=["urn:banli:problem:form_invalid"])
    title: str
    status: int
    detail: str
    code: str
    fields: dict[str, FieldProblem] = Field(
        default_factory=dict, description="By the field's name, or its path in the body."
    )
    posts: list[str] = Field(
        default_factory=list, description="The posts that may do this, where it is known."
    )


def status_of(why: Refusal) -> int:
    """422 unless it is known better."""
    return STATUSES.get(why.code, 422)


def told(why: Refusal, language: str, posts: Iterable[str] = ()) -> Problem:
    """The document that says it."""
    status = status_of(why)
    happenings.refused(why.code)
    return Problem(
        type=f"urn:banli:problem:{why.code}",
        title=TITLES[status].say(language),
        status=status,
        detail=why.say(language),
        code=why.code,
        fields={name: FieldProblem(code=w.code, detail=w.say(language)) for name, w in why.fields.items()},
        posts=list(posts),
    )


def answer(request: HttpRequest, why: Refusal, posts: Iterable[str] = ()) -> HttpResponse:
    """The refusal as a response."""
    language = getattr(request, "language", "zh")
    document = told(why, language, posts)
    response = JsonResponse(
        document.model_dump(), status=document.status, content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )  # fmt: skip
    for name, value in HEADERS.get(document.status, {}).items():
        response[name] = value
    return response


#: What pydantic calls a fault → the office's code for it, its limit there, and what the sentence calls the limit.
_FAULTS: Mapping[str, tuple[str, str, str]] = {
    "missing": ("required", "", ""),
    "string_type": ("not_text", "", ""),
    "string_too_long": ("too_long", "max_length", "max"),
    "int_type": ("not_integer", "", ""),
    "int_parsing": ("not_integer", "", ""),
    "int_parsing_size": ("not_integer", "", ""),
    "int_from_float": ("not_integer", "", ""),
    "greater_than_equal": ("too_small", "ge", "min"),
    "less_than_equal": ("too_large", "le", "max"),
    "literal_error": ("not_an_option", "", ""),
    "dict_type": ("not_an_object", "", ""),
    "model_type": ("not_an_object", "", ""),
    "model_attributes_type": ("not_an_object", "", ""),
    "list_type": ("not_a_list", "", ""),
}


def invalid(errors: Iterable[Mapping[str, Any]]) -> Refusal:
    """What ninja found wrong with path, headers, query and body, as one refusal that marks each place."""
    fields: dict[str, Refusal] = {}
    for error in errors:
        source, *where = error["loc"]
        if source == "path":
            return Refusal("not_found")
        if source == "header":
            return Refusal("key_missing")
        if source == "body":  # the first part is the name of the view's argument
            where = where[1:]
            if not where and error["type"] == "missing":
                return Refusal("body_missing")
        name = ".".join(map(str, where)) or source
        fields.setdefault(name, _fault(error, name))
    return Refusal("form_invalid", fields=fields, count=len(fields))


def _fault(error: Mapping[str, Any], name: str) -> Refusal:
    if error["type"] == "extra_forbidden":
        return Refusal("unknown_key", name=name)
    code, limit, called = _FAULTS.get(str(error["type"]), ("wrong_form", "", ""))
    return Refusal(code, **({called: error["ctx"][limit]} if limit else {}))
