"""Addresses of papers: the page of one, its printings, its files."""

from django.urls import URLPattern, path

from banli.papers import views

app_name = "papers"
urlpatterns: list[URLPattern] = [
    path("papers/<row:pk>/", views.paper, name="paper"),
    path("papers/<row:pk>/printings/", views.printings, name="printings"),
    path("papers/<row:pk>/<slug:copy>.pdf", views.file, name="file"),
    path("papers/<row:pk>/<slug:copy>/<int:page>.png", views.preview, name="preview"),
]
