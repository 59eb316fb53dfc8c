"""Addresses of the API, all under /api/. What is none of them is answered with a problem document, too."""

from typing import Any

from django.urls import URLPattern, path, re_path

import banli.people.urls  # noqa: F401  # registers the converter {row:…}

from .contract import build
from .door import door, nothing_here
from .views import cases, estates, passes, procedures, registers, tasks, units

api = build()
for room in (estates, procedures, units, tasks, cases, registers, passes):
    api.add_router("", room.router)


def _through_the_door(patterns: list[Any]) -> list[URLPattern]:
    return [
        path(f"api/{one.pattern}", door(one.callback), name=one.name)
        for one in patterns
        if one.name != "api-root"
    ]


app_name = "api"
urlpatterns: list[URLPattern] = [
    *_through_the_door(api.urls[0]),
    re_path(r"^api(?:/[\s\S]*)?$", door(nothing_here), name="nothing"),
]
