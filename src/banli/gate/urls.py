"""Addresses of the gate. ``/g/…`` stands in the QR codes, in capitals there: both spellings answer."""

from django.urls import URLPattern, path, re_path

from banli.gate import phone, views

app_name = "gate"
urlpatterns: list[URLPattern] = [
    path("gate/", views.gate, name="gate"),
    path("gate/checks/", views.checks, name="checks"),
    path("gate/passes/<row:pk>/", views.check, name="check"),
    path("gate/passes/<row:pk>/release/", views.release, name="release"),
    path("gate/passes/<row:pk>/mismatch/", views.mismatch, name="mismatch"),
    path("gate/passes/<row:pk>/entry/", views.entry, name="entry"),
    path("gate/passes/<row:pk>/passage/", views.passage, name="passage"),
    path("gate/passes/<row:pk>/refusal/", views.refusal, name="refusal"),
    path("gate/offline/", phone.offline, name="offline"),
    path("gate/list/", phone.carrying, name="list"),
    path("gate/records/", phone.records, name="records"),
    path("gate/worker.js", phone.worker, name="worker"),
    path("gate/phone.webmanifest", phone.manifest, name="manifest"),
    re_path(r"^[gG]/(?P<token>[A-Za-z0-9]{1,400})/?$", views.scanned, name="scanned"),
]
