"""Addresses of the manager's figures."""

from django.urls import URLPattern, path

from . import views

app_name = "figures"
urlpatterns: list[URLPattern] = [
    path("figures/", views.figures, name="figures"),
    path("figures/figures.xlsx", views.spreadsheet, name="spreadsheet"),
    path("figures/events.json", views.events, name="events"),
]
