"""Addresses of the staff's screens that span rooms, mounted at the root."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from .views import case_list, inbox, notices, registers

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("cases/", case_list.cases, name="cases"),
    path("notices/", notices.notices, name="notices"),
    path("notices/readings/", notices.readings, name="readings"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<slug:book>.xlsx", registers.register_export, name="register_export"),
    path("registers/<slug:book>/", registers.register, name="register"),
]
