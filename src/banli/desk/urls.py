"""Addresses of the desk: the counter, units, cases, the inbox, books and charts."""

from django.urls import URLPattern, URLResolver

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = []
