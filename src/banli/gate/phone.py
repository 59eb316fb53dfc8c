"""What a gate's phone asks for so that it works without a network, list, page and worker; and what it sends."""

import gzip
import json
from hashlib import sha256

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.engine.refusals import Refusal
from banli.gate import access, queries
from banli.gate.carried import carried
from banli.gate.returned import read, take_back
from banli.people.access import desk_for, desk_of
from banli.web.templatetags.say import say


@login_required
@require_GET
@never_cache
def offline(request: HttpRequest) -> HttpResponse:
    """The page the phone keeps and shows where there is no network."""
    desk = desk_for(request)
    access.require_gate(desk)
    context = {"watched": queries.watched(desk.estate), "blank": queries.Item(0, "–", "–", "–", "–")}
    return render(request, "gate/offline.html", context)


@login_required
@require_GET
@never_cache
def carrying(request: HttpRequest) -> HttpResponse:
    """The list of passes for this guard's phone; nothing but 304 where the phone has this very list."""
    desk = desk_for(request)
    access.require_gate(desk)
    told = {"staff": desk.staff.pk, "language": get_language(), **carried(desk.estate, timezone.now())}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    known = request.headers.get("If-None-Match", "").removeprefix("W/")
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = (
        HttpResponse(status=304) if known == tag else HttpResponse(gzip.compress(body, 6) if packed else body)
    )
    if answer.status_code == 200:
        answer["Content-Type"] = "application/json"
        if packed:
            answer["Content-Encoding"] = "gzip"
    answer["ETag"], answer["Vary"] = tag, "Accept-Encoding, Accept-Language, Cookie"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def records(request: HttpRequest) -> HttpResponse:
    """GET: who would send now, and the token to send with. POST: one act that was done without a network."""
    desk = desk_for(request)
    if request.method == "GET":
        access.require_gate(desk)
        return JsonResponse({"staff": desk.staff.pk, "token": get_token(request)})
    try:
        told = json.loads(request.body)
        estate = int(told["estate"])
        told["key"]
    except (ValueError, KeyError, TypeError, RecursionError):
        access.require_gate(desk)
        return JsonResponse({"sentence": say(Refusal("gate_record"))}, status=422)
    desk = desk_of(desk.staff, estate, strict=True)  # where it was done, whichever estate is chosen now
    access.require_gate(desk)
    try:
        found = take_back(record=read(told), by=desk, at=timezone.now())
    except Refusal as why:
        return JsonResponse({"sentence": say(why)}, status=422)
    return JsonResponse({"done": found is None, "sentence": say(found) if found else ""})


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The worker's address, below which it may answer: its content is a module among the others."""
    script = f'import "{static("gate/offline/worker.js")}";\n'
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the gate on its home screen."""
    told = {
        "id": "/gate/", "start_url": "/gate/", "scope": "/", "display": "standalone", "lang": "zh-Hans",
        "name": "办理 · 门岗", "short_name": "门岗", "background_color": "#f8f6f1", "theme_color": "#f8f6f1",
        "icons": [{"src": static("banli/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    return JsonResponse(
        told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
