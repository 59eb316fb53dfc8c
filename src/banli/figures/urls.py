"""Addresses of the manager's figures."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import summary, views

app_name = "figures"
urlpatterns: list[URLPattern] = [
    path("figures/", views.figures, name="figures"),
    path("figures/report.pdf", views.paper, name="paper"),
    path("figures/figures.xlsx", views.spreadsheet, name="spreadsheet"),
    path("figures/events.json", views.events, name="events"),
    path("figures/events.xes", views.traces, name="traces"),
    path("figures/follow-ups/", summary.summary, name="summary"),
    path("figures/follow-ups/report.pdf", summary.paper, name="summary_paper"),
    path("figures/follow-ups/archive/", summary.archive, name="archive"),
    path("figures/follow-ups/archive/<row:pk>/", summary.archived, name="archived"),
    path("figures/follow-ups/archive/<row:pk>/report.pdf", summary.archived_paper, name="archived_paper"),
]
