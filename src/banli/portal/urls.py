"""Addresses for people outside the office. The word in them opens one thing, once; it is never told to a log."""

from django.urls import URLPattern, path

from . import views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("c/<slug:token>/", views.consent, name="consent"),
    path("c/<slug:token>/<slug:sha256>", views.picture, name="picture"),
]
