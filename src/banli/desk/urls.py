"""Addresses of the staff's screens that span rooms, mounted at the root."""

from django.urls import URLPattern

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

app_name = "desk"
urlpatterns: list[URLPattern] = []
