"""Every room's addresses, and the two that tell how the house is."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = ("people", "estate", "papers", "registers", "gate", "desk", "api")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"banli.{room}.urls")) for room in ROOMS if find_spec(f"banli.{room}.urls")
]
