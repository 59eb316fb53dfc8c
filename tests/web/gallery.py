"""Every component on one page, in a URLconf that only the tests know; and a form that answers what it was sent."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from banli.engine import identity  # noqa: F401 - declares its refusals
from banli.engine.refusals import Refusal

STAFF = SimpleNamespace(pk=7, name="小王", is_authenticated=True)
ESTATES = [
    SimpleNamespace(pk=1, name="翠湖花园", name_en="Emerald Lake Gardens"),
    SimpleNamespace(pk=2, name="松风里", name_en="Pine Breeze Court"),
]
POSTS = {
    "front_desk": SimpleNamespace(post="front_desk", deputy_for=None),
    "director": SimpleNamespace(post="director", deputy_for=SimpleNamespace(name="陈主任")),
}
TITLES = {"front_desk": {"zh": "前台", "en": "Front desk"}, "director": {"zh": "主任", "en": "Director"}}

#: What arrived, newest last: (path, key, posted values). Emptied by the tests.
RECEIVED: list[tuple[str, str, dict[str, list[str]]]] = []


class SignedIn:
    """Stands in for the session: 小王 is signed in, unless the address says ?nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.user = STAFF if "nobody" not in request.GET else SimpleNamespace(is_authenticated=False)  # type: ignore[assignment]
        return self.get_response(request)


def desk(request: HttpRequest) -> Any:
    return SimpleNamespace(staff=STAFF, estate=ESTATES[0], posts=POSTS)


def estates(staff: Any) -> list[Any]:
    return ESTATES


def post_title(post: str) -> dict[str, str]:
    return TITLES[post]


def waiting(desk: Any) -> int:
    return 12


NAVIGATION = [
    {"url_name": "counter", "icon": "search", "title": "前台", "posts": None, "key": "g h"},
    {
        "url_name": "gallery",
        "icon": "inbox",
        "title": "待办",
        "posts": None,
        "key": "g i",
        "count": "tests.web.gallery.waiting",
    },
    {"url_name": "cases", "icon": "files", "title": "办件", "posts": None},
    {"url_name": "registers", "icon": "book-2", "title": "登记本", "posts": ["front_desk"]},
    {"url_name": "gate", "icon": "shield-check", "title": "门岗", "posts": ["gate"]},
    {"url_name": "procedures", "icon": "sitemap", "title": "流程", "posts": None},
]
SHELL = {
    "desk": "tests.web.gallery.desk",
    "estates": "tests.web.gallery.estates",
    "post_title": "tests.web.gallery.post_title",
    "home_url": "counter",
    "estate_url": "estate",
    "sign_in_url": "sign_in",
    "sign_out_url": "sign_out",
    "language_url": "set_language",
}

FIELDS: list[dict[str, Any]] = [
    {"name": "carrier", "type": "person_name", "label": "运出人姓名", "required": True, "value": "李明"},
    {
        "name": "carrier_id",
        "type": "cn_id",
        "label": "身份证号",
        "required": True,
        "private": True,
        "value": "11010519491231002Y",
        "error": Refusal("bad_id_digit"),
    },
    {"name": "phone", "type": "phone", "label": "联系电话", "help": "办好后打这个电话", "required": True},
    {"name": "date", "type": "date", "label": "搬出日期", "required": True, "earliest": "2026-05-01"},
    {"name": "visit", "type": "datetime", "label": "预约时间"},
    {"name": "from", "type": "time", "label": "几点以后"},
    {"name": "count", "type": "integer", "label": "工人人数", "min": 1, "max": 20, "value": 3},
    {"name": "deposit", "type": "money", "label": "押金", "value": 30000, "required": True},
    {
        "name": "urgency",
        "type": "choice",
        "label": "什么时候修",
        "required": True,
        "value": "now",
        "options": {"now": {"zh": "马上", "en": "Now"}, "booked": {"zh": "预约", "en": "Booked"}},
    },
    {
        "name": "booked_for",
        "type": "text",
        "label": "约在",
        "when": '{"name": "form.urgency", "op": "in", "value": ["booked"]}',
    },
    {
        "name": "kind",
        "type": "choice",
        "label": "报修类别",
        "options": {k: k for k in ("水", "电", "门窗", "空调", "其他")},
    },
    {
        "name": "areas",
        "type": "choices",
        "label": "部位",
        "value": ["kitchen"],
        "options": {"kitchen": "厨房", "bath": "卫生间", "hall": "客厅"},
    },
    {"name": "paid", "type": "yes_no", "label": "是否收费", "required": True},
    {"name": "note", "type": "long_text", "label": "故障描述", "help": "听到什么写什么", "max": 500},
    {
        "name": "goods",
        "type": "table",
        "label": "搬出物品",
        "required": True,
        "value": [{"name": "双人床", "count": 1}, {"name": "衣柜", "count": 2}],
        "columns": {
            "name": {"type": "text", "label": "名称"},
            "count": {"type": "integer", "label": "数量", "min": 1},
        },
    },
    {"name": "photo", "type": "photo", "label": "现场照片"},
    {"name": "face", "type": "portrait", "label": "一寸照片", "private": True},
    {"name": "identity", "type": "id_copy", "label": "身份证", "private": True},
    {"name": "copy", "type": "file", "label": "委托书扫描件"},
    {"name": "sign", "type": "signature", "label": "办证人签名", "required": True},
]


def step(title: str, state: str, who: str = "", hours_ago: int | None = None) -> SimpleNamespace:
    """A step of the way, as `c-stepper` takes it."""
    at = timezone.now() - timedelta(hours=hours_ago) if hours_ago is not None else None
    return SimpleNamespace(title=title, state=state, who=who, at=at)


STEPS = [
    step("填写", "done", "小王", 3), step("业主同意", "skipped"), step("值班主任", "done", "老李", 1),
    step("主任盖章", "now", "陈主任"), step("发放", "next"), step("门岗核对", "next"),
]  # fmt: skip


def gallery(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "now": now,
        "states": ["done", "rejected", "withdrawn", "returned", "lapsed", "valid", "revoked", "waiting"],
        "fields": FIELDS,
        "steps": STEPS,
        "refusal_shown": Refusal("task_done", step="值班主任", who="老李", at="14:30"),
        "soon": now + timedelta(minutes=12, seconds=30),
        "later": now + timedelta(hours=3, minutes=5, seconds=30),
        "late": now - timedelta(minutes=8),
        "hour_ago": now - timedelta(hours=1),
        "yesterday": now - timedelta(days=1),
        "kinds": [
            {"url": "?", "title": "全部", "current": True, "count": 31},
            {"url": "?kind=p1", "title": {"zh": "物品放行条", "en": "Goods release pass"}, "count": 12},
            {"url": "?kind=p8", "title": {"zh": "家居维修", "en": "Home repair"}, "count": 0},
        ],
    }
    return render(request, "gallery.html", context)


def form(request: HttpRequest) -> HttpResponse:
    """A form as a desk makes one. Posting: "wrong" in `name` is refused, "break" fails, else it is done."""
    if request.method == "POST":
        posted = {key: request.POST.getlist(key) for key in request.POST}
        RECEIVED.append((request.path, request.POST.get("key", ""), posted))
        name = request.POST.get("name", "")
        if name == "break":
            return HttpResponse("<p>boom</p>", status=500)
        if name == "gone":
            return render(request, "403.html", {"sentence": Refusal("not_permitted")}, status=403)
        if name != "wrong":
            return redirect("done")
        fields = [{**FORM[0], "value": name, "error": "名字不对"}, *FORM[1:]]
        refused = {"fields": fields, "refusal": Refusal("form_invalid", count=1), "action": request.path}
        return render(request, "form.html", refused, status=422)
    return render(request, "form.html", {"fields": FORM})


def noun_form(request: HttpRequest) -> HttpResponse:
    """The same form, sent to a noun that is only posted to."""
    return render(request, "form.html", {"fields": FORM, "action": "/noun/"})


@require_POST
def noun(request: HttpRequest) -> HttpResponse:
    return form(request)


FORM: list[dict[str, Any]] = [
    {"name": "name", "type": "text", "label": "姓名", "required": True},
    {"name": "id", "type": "cn_id", "label": "身份证号", "private": True},
    {"name": "phone", "type": "phone", "label": "电话"},
    {"name": "day", "type": "date", "label": "日期", "earliest": "2026-05-01", "latest": "2026-05-31"},
    {"name": "urgency", "type": "choice", "label": "什么时候", "options": {"now": "马上", "booked": "预约"}},
    {
        "name": "visit",
        "type": "text",
        "label": "约在",
        "when": '{"name": "form.urgency", "op": "in", "value": ["booked"]}',
    },
    {
        "name": "goods",
        "type": "table",
        "label": "物品",
        "columns": {"name": "text", "count": "integer"},
        "max": 6,
    },
    {"name": "sign", "type": "signature", "label": "签名"},
    {"name": "photo", "type": "photo", "label": "照片"},
    {"name": "face", "type": "portrait", "label": "一寸照片"},
]


def page(request: HttpRequest, title: str = "办好了") -> HttpResponse:
    return render(request, "plain.html", {"title": title})


def more(request: HttpRequest) -> HttpResponse:
    start = int(request.GET.get("after", "0"))
    rows = [f"第 {number} 行" for number in range(start + 1, start + 4)]
    return render(request, "more.html", {"rows": rows, "next": f"?after={start + 3}" if start < 3 else ""})


def unmasking(request: HttpRequest) -> HttpResponse:
    return render(request, "unmasked.html", {"value": "13812345678"})


def found(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"q": request.GET.get("q", "")})


urlpatterns = [
    path("", page, {"title": "前台"}, name="counter"),
    path("gallery/", gallery, name="gallery"),
    path("form/", form, name="form"),
    path("noun-form/", noun_form),
    path("noun/", noun),
    path("done/", page, name="done"),
    path("cases/", page, {"title": "办件"}, name="cases"),
    path("registers/", page, {"title": "登记本"}, name="registers"),
    path("gate/", page, {"title": "门岗"}, name="gate"),
    path("procedures/", page, {"title": "流程"}, name="procedures"),
    path("more/", more, name="more"),
    path("unmasking/", unmasking, name="unmasking"),
    path("estate/", page, name="estate"),
    path("sign-in/", page, {"title": "登录"}, name="sign_in"),
    path("sign-out/", page, name="sign_out"),
    path("found/", found, name="found"),
    path("language/", include("django.conf.urls.i18n")),
]
