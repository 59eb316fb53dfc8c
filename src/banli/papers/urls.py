"""Addresses of papers: the page of one, its printings, its files; and all cards of a case at once."""

from django.urls import URLPattern, path

from banli.papers import batches, views

app_name = "papers"
urlpatterns: list[URLPattern] = [
    path("papers/cards/<row:case>/", batches.cards, name="cards"),
    path("papers/cards/<row:case>/printings/", batches.printings, name="card-printings"),
    path("papers/cards/<row:case>/<slug:layout>.pdf", batches.file, name="card-file"),
    path("papers/<row:pk>/", views.paper, name="paper"),
    path("papers/<row:pk>/printings/", views.printings, name="printings"),
    path("papers/<row:pk>/<slug:copy>.pdf", views.file, name="file"),
    path("papers/<row:pk>/<slug:copy>/<int:page>.png", views.preview, name="preview"),
]
