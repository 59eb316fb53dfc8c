"""Addresses of rounds and shift logs."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import day_views, views, watch_views

app_name = "routines"
urlpatterns: list[URLPattern] = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<row:pk>/", views.round_, name="round"),
    path("rounds/<row:pk>/findings/", views.findings, name="findings"),
    path("rounds/<row:pk>/settlement/", views.settlement, name="settlement"),
    path("rounds/<row:pk>/checks/<slug:check>/case/", views.case, name="case"),
    path("rounds/<row:pk>/photos/<slug:sha256>", views.photo, name="photo"),
    path("watches/", watch_views.every, name="watches"),
    path("watches/days/", day_views.days, name="log_days"),
    path("watches/days/<slug:post>/<slug:day>/", day_views.day, name="log_day"),
    path("watches/days/<slug:post>/<slug:day>/signature/", day_views.signature, name="log_signature"),
    path("watches/<row:pk>/", watch_views.watch, name="watch"),
    path("watches/<row:pk>/lines/", watch_views.lines, name="lines"),
    path("watches/<row:pk>/offer/", watch_views.offer, name="offer"),
    path("watches/<row:pk>/withdrawal/", watch_views.withdrawal, name="withdrawal"),
    path("watches/<row:pk>/taking/", watch_views.taking, name="taking"),
    path("log-lines/<row:pk>/closure/", watch_views.closure, name="closure"),
]
