"""Addresses of the follow-up room."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import views

app_name = "followup"
urlpatterns: list[URLPattern] = [
    path("follow-ups/campaigns/", views.campaigns, name="campaigns"),
    path("follow-ups/campaigns/<row:pk>/merging/", views.merging, name="merging"),
    path("follow-ups/campaigns/<row:pk>/stopping/", views.stopping, name="stopping"),
]
