"""Every room's addresses, and the three that tell how the house is."""

from django.urls import include, path

from banli.config.gauges import told as metrics
from banli.config.health import healthz, readyz

ROOMS = ("people", "estate", "papers", "gate", "followup", "routines", "figures", "desk", "portal", "api")

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    *(path("", include(f"banli.{room}.urls")) for room in ROOMS),
]
