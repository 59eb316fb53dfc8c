"""Addresses of the staff's screens that span rooms, mounted at the root."""

from django.urls import URLPattern, path

import banli.people.urls  # noqa: F401  # registers the converter <row:pk>

from .views import (
    case_list,
    cases,
    consents,
    counter,
    inbox,
    letters,
    months,
    notices,
    outgoing,
    procedures,
    registers,
    settings,
    start,
    till,
)

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", counter.counter, name="counter"),
    path("units/<row:pk>/", counter.unit, name="unit"),
    path("units/<row:pk>/open/<slug:procedure>/", counter.opening, name="open"),
    path("units/<row:pk>/letter-of-authority.pdf", letters.draft, name="letter_draft"),
    path("authorities/<row:pk>/letter.pdf", letters.letter, name="letter"),
    path("cases/<row:pk>/", cases.case, name="case"),
    path("cases/<row:pk>/acts/", cases.acts, name="act"),
    path("cases/<row:pk>/withdrawal/", cases.withdrawal, name="withdrawal"),
    path("cases/<row:pk>/intervention/", cases.intervention, name="override"),
    path("cases/<row:pk>/unmasking/", cases.unmasking, name="unmasking"),
    path("cases/<row:pk>/attachments/<slug:sha256>", cases.attachment, name="attachment"),
    path("cases/<row:pk>/chart.svg", cases.chart, name="chart"),
    path("cases/<row:pk>/consent-links/", consents.offered, name="consent_links"),
    path("cases/<row:pk>/consent-links/<row:link>/", consents.state, name="consent_link"),
    path(
        "cases/<row:pk>/consent-links/<row:link>/withdrawal/", consents.withdrawal, name="consent_withdrawal"
    ),
    path("held/<slug:sha256>", cases.held_picture, name="held"),
    path("start/", start.start, name="start"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("cases/", case_list.cases, name="cases"),
    path("notices/", notices.notices, name="notices"),
    path("notices/readings/", notices.readings, name="readings"),
    path("outgoing/", outgoing.outgoing, name="outgoing"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<slug:book>.xlsx", registers.register_export, name="register_export"),
    path("registers/<slug:book>/months/", months.months, name="register_months"),
    path("registers/<slug:book>/", registers.register, name="register"),
    path("cashier/", till.till, name="till"),
    path("cashier/shifts/", till.shifts, name="shifts"),
    path("cashier/shifts/<row:pk>.xlsx", till.shift_export, name="shift_export"),
    path("cashier/shifts/<row:pk>/", till.shift, name="shift"),
    path("cashier/shifts/<row:pk>/closure/", till.shift_closure, name="shift_closure"),
    path("cashier/day/", till.day, name="till_day"),
    path("cashier/day.xlsx", till.day_export, name="till_day_export"),
    path("cashier/receipts/", till.receipts, name="receipts"),
    path("cashier/receipts/<row:pk>/", till.receipt, name="receipt"),
    path("cashier/receipts/<row:pk>/replacement/", till.replacement, name="replacement"),
    path("cashier/deposits/", till.deposits, name="deposits"),
    path("cashier/prices/", till.prices, name="prices"),
    path("settings/", settings.settings, name="settings"),
    path("settings/<slug:name>/", settings.setting, name="setting"),
    path("calendar/", settings.days, name="calendar"),
    path("forms/", settings.papers, name="paper_forms"),
    path("procedures/", procedures.procedures, name="procedures"),
    path("procedures/<slug:procedure>/", procedures.procedure, name="procedure"),
    path("procedures/<slug:procedure>/<slug:paper>/<slug:copy>.pdf", procedures.blank, name="blank-form"),
]
