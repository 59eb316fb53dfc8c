"""Every room's addresses, the two that tell how the house is, and the choice of language."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from banli.config.health import healthz, readyz

ROOMS = ("people", "estate", "papers", "registers", "gate", "desk", "api")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("language/", include("django.conf.urls.i18n")),
    *(path("", include(f"banli.{room}.urls")) for room in ROOMS if find_spec(f"banli.{room}.urls")),
]
