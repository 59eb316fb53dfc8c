"""Addresses of rounds."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import views

app_name = "routines"
urlpatterns: list[URLPattern] = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<row:pk>/", views.round_, name="round"),
    path("rounds/<row:pk>/findings/", views.findings, name="findings"),
    path("rounds/<row:pk>/settlement/", views.settlement, name="settlement"),
    path("rounds/<row:pk>/photos/<slug:sha256>", views.photo, name="photo"),
]
