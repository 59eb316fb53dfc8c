"""Addresses of the resident file. A row's number that names nothing in one's estate is answered with 404."""

from django.urls import path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import views

app_name = "estate"
urlpatterns = [
    path("units/<row:pk>/people/", views.people, name="people"),
    path("units/<row:pk>/people/new/", views.resident_new, name="resident_new"),
    path("units/<row:pk>/authorities/", views.authorities, name="authorities"),
    path("persons/<row:pk>/", views.person, name="person"),
    path("persons/<row:pk>/unmasking/", views.unmasking, name="unmasking"),
    path("occupancies/<row:pk>/closure/", views.occupancy_closure, name="occupancy_closure"),
    path("authorities/<row:pk>/revocation/", views.authority_revocation, name="authority_revocation"),
]
