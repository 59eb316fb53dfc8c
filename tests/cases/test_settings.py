"""An estate sets something for itself: checked, from a day on, kept with its reason, never reaching back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.cases import facts, rules, settings
from banli.cases.audit.own import own
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.uses import conflicts
from banli.estate.models import Estate
from banli.estate.own import SettingVersion, in_force, secret_of
from banli.journal.models import Entry
from banli.people.access import require_post
from tests.desk.at_the_desk import open_repair
from tests.office import Office, today

TODAY = today()


def put(office: Office, name: str, value: Any, ahead: int = 0, **more: Any) -> SettingVersion:
    desk = office["chen"]
    row = settings.change(
        by=desk, acting=require_post(desk, "director"), name=name, value=value,
        valid_from=TODAY + timedelta(days=ahead), reason="业委会决定", **more,
    )  # fmt: skip
    for one in office.desks.values():  # as at everybody's next request
        one.estate.refresh_from_db()
    return row


def refused(office: Office, name: str, value: Any, ahead: int = 0) -> str:
    with pytest.raises(Refusal) as why:
        put(office, name, value, ahead)
    assert why.value.say("zh") and why.value.say("en")
    return why.value.code


def on(office: Office, name: str, day: date) -> Any:
    office.estate.refresh_from_db()
    return settings.value_on(office.estate, settings.catalogue()[name], day)


def test_a_setting_holds_from_its_day_and_goes_back_to_the_default(office: Office):
    put(office, "lift_load", 300, ahead=3)
    put(office, "lift_load", 350)
    put(office, "lift_load", None, ahead=10)
    held = [on(office, "lift_load", TODAY + timedelta(days=days)) for days in (0, 2, 3, 9, 10)]
    assert held == [350, 350, 300, 300, 400]


def test_of_two_for_one_day_the_later_word_holds(office: Office):
    put(office, "lift_load", 300, ahead=3)
    put(office, "lift_load", 500, ahead=3)
    assert on(office, "lift_load", TODAY + timedelta(days=3)) == 500
    assert on(office, "lift_load", TODAY) == 400


def test_what_is_not_of_its_kind_or_range_is_refused(office: Office):
    for name, value in (
        ("lift_load", 49), ("lift_load", 5001), ("lift_load", "300"), ("lift_load", True),
        ("repair_arrival", "0m"), ("repair_arrival", "soon"), ("bulky_hours", "always"), ("material_undertaking", "so"),
        ("renovation_deposit", -1), ("phone", "0571\n88"), ("phone", "9" * 201), ("phone", 5),
    ):  # fmt: skip
        assert refused(office, name, value) == "setting_value", (name, value)
    assert refused(office, "nothing", 1) == "not_found"
    assert refused(office, "lift_load", 300, ahead=-1) == "setting_past"
    assert refused(office, "lift_load", 300, ahead=800) == "setting_far"
    assert refused(office, "lift_load", 400) == "setting_same"
    assert refused(office, "lift_load", None) == "setting_same"
    assert not SettingVersion.objects.exists()


def test_a_clock_cannot_be_shorter_than_its_warning(office: Office):
    assert refused(office, "repair_arrival", "5m") == "setting_conflict"
    put(office, "repair_arrival", "10m")


def test_a_step_keeps_a_way_to_be_done(office: Office):
    book = rules.every_current()["goods-release"]
    settings_off = dict.fromkeys(("consent_link", "consent_paper", "consent_call"), "no")
    values = {**facts.settings_of(book, office.estate), **settings_off}
    only = [name for name, step in book.flow.steps.items() if step.ways and "in_person" not in step.ways]
    told = [why.zh for why in conflicts(book, values)]
    assert told == [f"“{book.step_title(name).zh}”没有一种方式可用" for name in only]


def test_two_settings_that_meet_on_a_later_day_are_seen_when_the_second_is_set(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    """A pass whose owner agrees by link or on paper only: one may be closed in a week, then not the other before it."""
    book = rules.every_current()["goods-release"]
    procedure = book.procedure.model_copy(deep=True)
    consent = next(step for step in procedure.steps.values() if getattr(step, "ways", ()))
    narrowed = consent.model_copy(update={"ways": ("link", "paper")})
    steps = {name: narrowed if step is consent else step for name, step in procedure.steps.items()}
    alone = Rulebook.of(procedure.model_copy(update={"steps": steps}), book.pack)
    monkeypatch.setattr(rules, "every_current", lambda: {"goods-release": alone})
    put(office, "consent_link", "no", ahead=7)
    assert refused(office, "consent_paper", "no", ahead=9) == "setting_conflict"
    assert refused(office, "consent_paper", "no") == "setting_conflict_later"


def test_what_opens_an_attachment_is_long_when_it_is_set(office: Office):
    assert refused(office, "network_company_password", "short") == "setting_value"
    assert refused(office, "network_company_password", "x" * 11) == "setting_value"
    put(office, "network_company_password", "x" * 12)
    assert secret_of(office.estate, "network_company_password", TODAY) == "x" * 12
    put(office, "network_company_password", "")
    assert secret_of(office.estate, "network_company_password", TODAY) == ""


def test_the_packs_defaults_go_together(office: Office):
    for name, book in rules.every_current().items():
        assert conflicts(book, facts.settings_of(book, office.estate)) == [], name


def test_a_case_keeps_what_it_was_opened_under(office: Office):
    before = Case.objects.get(pk=open_repair(office))
    put(office, "service_receipts", "yes")
    put(office, "repair_arrival", "30m")
    office.estate.refresh_from_db()
    before.refresh_from_db()
    assert before.standing["settings"]["service_receipts"] == "no"
    after = Case.objects.get(pk=open_repair(office))
    assert after.standing["settings"]["service_receipts"] == "yes"


def test_a_clock_takes_what_holds_when_it_starts(office: Office):
    first = Case.objects.get(pk=open_repair(office))
    put(office, "repair_arrival", "30m")
    second = Case.objects.get(pk=open_repair(office))
    lengths = [case.due_at - case.opened_at for case in (first, second) if case.due_at]
    assert lengths == [timedelta(minutes=15), timedelta(minutes=30)]
    first.refresh_from_db()
    assert first.due_at == first.opened_at + timedelta(minutes=15)


def test_a_change_is_journalled_with_its_reason_and_kept_for_good(office: Office):
    row = put(office, "lift_load", 300)
    entry = Entry.objects.get(stream=f"settings/{office.estate.pk}")
    assert (entry.kind, entry.actor_id, entry.post) == ("setting", office.staff("chen").pk, "director")
    assert entry.body["reason"] == "业委会决定" and entry.body["value"] == 300
    for change in (lambda: SettingVersion.objects.update(value=1), lambda: row.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert list(own()) == []


def test_a_setting_changed_behind_the_journals_back_is_found(office: Office):
    put(office, "lift_load", 300)
    assert list(own()) == []
    estate = Estate.objects.get(pk=office.estate.pk)
    estate.settings = {**estate.settings, "lift_load": [[TODAY.isoformat(), 900]]}
    estate.save(update_fields=["settings"])
    assert [str(found) for found in own()] == [
        f"estate_estate {estate.pk} (翠湖花园): settings: not what the journal says of lift_load"
    ]


def test_a_value_that_no_longer_fits_gives_way_to_the_default(office: Office):
    book = rules.every_current()["stairs-lift"]
    office.estate.settings = {"lift_load": "heavy", "material_undertaking": "yes"}
    told = facts.settings_of(book, office.estate)
    assert (told["lift_load"], told["material_undertaking"]) == (400, "yes")


def test_a_secret_is_sealed_and_stands_in_no_journal(office: Office, monkeypatch: pytest.MonkeyPatch):
    known = settings.catalogue()["phone"]
    secret = known.setting.model_copy(update={"type": "secret"})
    monkeypatch.setattr(settings, "catalogue", lambda books=None: {"phone": settings.Known("phone", secret)})
    row = put(office, "phone", "只有两个人知道的那一句话")
    stored = SettingVersion.objects.filter(pk=row.pk).values_list("value", "secret").get()
    assert stored[0] is None and "只有两个人知道的那一句话" not in str(stored)
    assert "只有两个人知道的那一句话" not in str(
        Entry.objects.get(stream=f"settings/{office.estate.pk}").body
    )
    office.estate.refresh_from_db()
    assert "phone" not in in_force(office.estate, TODAY)
    assert secret_of(office.estate, "phone", timezone.localdate()) == "只有两个人知道的那一句话"
    put(office, "phone", None)
    assert secret_of(office.estate, "phone", timezone.localdate()) == ""
    assert list(own()) == []


def test_every_setting_of_the_pack_says_where_it_is_used(office: Office):
    unused = {name for name, known in settings.catalogue().items() if not known.used and not known.house}
    beside = {"seal_name", "has_lift", "has_water_tank", "gate_list_old", "gate_list_too_old"}
    assert unused == beside, "seals say one, routines read two, the gate's phone two"
    told = settings.catalogue()["network_company_password"]
    assert told.secret and not told.frozen and set(told.used) >= {"network-opening", "network-change"}
