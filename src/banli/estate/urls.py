"""Addresses of the resident file. A row's number that names nothing in one's estate is answered with 404."""

from django.urls import path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from . import views
from .contracts import views as contracts
from .intake import views as intake
from .keeping import views as keeping
from .pets import views as pets
from .takeout import views as takeout

app_name = "estate"
urlpatterns = [
    path("units/<row:pk>/people/", views.people, name="people"),
    path("units/<row:pk>/people/new/", views.resident_new, name="resident_new"),
    path("units/<row:pk>/authorities/", views.authorities, name="authorities"),
    path("persons/<row:pk>/", views.person, name="person"),
    path("persons/<row:pk>/unmasking/", views.unmasking, name="unmasking"),
    path("authorities/<row:pk>/revocation/", views.authority_revocation, name="authority_revocation"),
    path("authorities/<row:pk>/scan/unmasking/", views.scan_unmasking, name="scan_unmasking"),
    path("units/<row:pk>/contracts/", contracts.contracts, name="contracts"),
    path("contracts/<row:pk>/", contracts.contract, name="contract"),
    path("contracts/<row:pk>/pages/", contracts.pages, name="contract_pages"),
    path("contracts/<row:pk>/closure/", contracts.closure, name="contract_closure"),
    path("contracts/<row:pk>/unmasking/", contracts.unmasking, name="contract_unmasking"),
    path("units/<row:pk>/pets/", pets.pets, name="pets"),
    path("pets/<row:pk>/closure/", pets.closure, name="pet_closure"),
    path("pets/<row:pk>/withdrawal/", pets.withdrawal, name="pet_withdrawal"),
    path("pets/<row:pk>/unmasking/", pets.unmasking, name="pet_unmasking"),
    path("expiries/", keeping.expiries, name="expiries"),
    path("expiries/gone/", keeping.gone, name="expiries_gone"),
    path("expiries/confirmation/", keeping.confirmation, name="expiries_confirmation"),
    path("holds/", keeping.holds, name="holds"),
    path("holds/<row:pk>/lifting/", keeping.lifting, name="hold_lifting"),
    path("persons/<row:pk>/holds/", keeping.holds_on, {"about": "person"}, name="person_holds"),
    path("contracts/<row:pk>/holds/", keeping.holds_on, {"about": "contract"}, name="contract_holds"),
    path("authorities/<row:pk>/holds/", keeping.holds_on, {"about": "authority"}, name="letter_holds"),
    path("cases/<row:pk>/holds/", keeping.holds_on, {"about": "case"}, name="case_holds"),
    path("takeouts/", takeout.takeouts, name="takeouts"),
    path("takeouts/<row:pk>/", takeout.takeout, name="takeout"),
    path("takeouts/<row:pk>/content/", takeout.content, name="takeout_content"),
    path("takeouts/<row:pk>/dropping/", takeout.dropping, name="takeout_dropping"),
    path("intakes/", intake.intakes, name="intakes"),
    path("intakes/blank.xlsx", intake.blank, name="intake_blank"),
    path("intakes/<row:pk>/", intake.intake, name="intake"),
    path("intakes/<row:pk>/<slug:what>/", intake.turn, name="intake_turn"),
]
