"""Every room's addresses, and the two that tell how the house is."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = {
    "people": "",
    "estate": "",
    "papers": "",
    "registers": "",
    "gate": "gate/",
    "desk": "",
    "api": "api/",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(f"banli.{room}.urls"))
    for room, prefix in ROOMS.items()
    if find_spec(f"banli.{room}.urls")
]
