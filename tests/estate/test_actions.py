"""The resident file: what is written, what is refused, and that the journal keeps no private text."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from banli.cases.models import Case, ProcedureVersion
from banli.engine.refusals import Refusal
from banli.estate import actions, moving, queries, searching
from banli.estate.actions import Particulars
from banli.estate.authority import actions as authority_actions
from banli.estate.models import Authority, AuthorityUse, Occupancy, Person, Unit
from banli.journal.models import Entry
from tests.estate.home import PHONE, Home, id_number

TODAY = timezone.localdate


def marked(why: pytest.ExceptionInfo[Refusal]) -> dict[str, str]:
    assert why.value.say("zh") and why.value.say("en")
    return {name: each.code for name, each in why.value.fields.items()}


def authorise(home: Home, **other: Any) -> Authority:
    asked: dict[str, Any] = {
        "by": home.office.desk("xiaowang"),
        "unit": home.unit,
        "principal": home.owner,
        "delegate": home.tenant,
        "scopes": ["goods_release"],
        "valid_from": TODAY(),
        "valid_to": TODAY() + timedelta(days=30),
        "evidence_kind": "signed_paper",
        "evidence_note": "原件在前台文件夹 3",
    }
    return authority_actions.grant_authority(**(asked | other))


def a_case(home: Home) -> Case:
    version, _ = ProcedureVersion.objects.get_or_create(
        procedure="goods-release",
        digest="d",
        defaults={"pack": "p", "compiled": {}, "loaded_at": timezone.now()},
    )
    return Case.objects.create(
        estate=home.office.cuihu,
        procedure="goods-release",
        version=version,
        unit=home.unit,
        applicant_role="tenant",
        opened_at=timezone.now(),
        seq=1,
        head=bytes(32),
    )


def test_somebody_new_is_written_one_way_and_found_by_sound(home: Home) -> None:
    occupancy = home.move_in("  单  田芳 ", phone="+86 138-0010-0500", paper=("cn_id", id_number(4).lower()))
    person = Person.objects.get(pk=occupancy.person_id)
    assert (person.name, person.initials, person.phone) == ("单 田芳", "stf", "13800100500")
    assert person.id_number == id_number(4)
    assert occupancy.estate_id == home.office.cuihu.pk


def test_the_journal_says_who_moved_in_but_nothing_private(home: Home) -> None:
    home.move_in("李四", phone="13800100500", paper=("cn_id", id_number(4)))
    entry = Entry.objects.latest("pk")
    assert (entry.kind, entry.body["unit"], entry.actor) == (
        "moved_in",
        "12-3-502",
        home.office.staff["xiaowang"],
    )
    told = json.dumps([each.body for each in Entry.objects.all()])
    assert "13800100500" not in told and id_number(4) not in told and PHONE not in told


def test_every_bad_field_is_marked_at_once(home: Home) -> None:
    with pytest.raises(Refusal) as why:
        home.move_in("张3", phone="123", paper=("cn_id", "11010519491231002"))
    assert why.value.code == "form_invalid"
    assert marked(why) == {"name": "bad_name", "phone": "bad_phone", "id_number": "bad_id_length"}


@pytest.mark.parametrize(
    ("paper", "fields"),
    [
        (("", id_number()), {"id_kind": "bad_paper_kind"}),
        (("cn_id", ""), {"id_number": "required"}),
        (("cn_id", id_number()[:-1] + "Y"), {"id_number": "bad_id_characters"}),
        (("cn_id", id_number(2, "20990101")), {"id_number": "bad_id_date"}),
    ],
)
def test_a_paper_needs_its_kind_its_number_and_a_birth_that_was(
    home: Home, paper: tuple[str, str], fields: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as why:
        home.move_in("李四", paper=paper)
    assert marked(why) == fields


def test_the_same_paper_is_the_same_person_and_nobody_elses(home: Home) -> None:
    other = Unit.objects.get(estate=home.office.cuihu, key="12-3-501")
    again = home.move_in("张女士", "owner", unit=other, paper=("cn_id", id_number()))
    assert again.person_id == home.owner.pk
    assert Person.objects.get(pk=home.owner.pk).phone == PHONE
    with pytest.raises(Refusal) as why:
        home.move_in("李四", paper=("cn_id", id_number()))
    assert marked(why) == {"id_number": "paper_of_another"}
    assert home.move_in("张女士", "family", phone=PHONE).person_id == home.owner.pk
    assert home.move_in("李四", "family", phone=PHONE).person_id != home.owner.pk


def test_the_same_role_is_recorded_once_at_a_time_and_once_per_key(home: Home) -> None:
    first = home.move_in("李四", phone="13800100500", key="k-1")
    assert home.move_in("李四", phone="13800100500", key="k-1") == first
    with pytest.raises(Refusal) as why:
        home.move_in("李四", phone="13800100500", key="k-2")
    assert why.value.code == "already_recorded" and "李四" in why.value.say("zh")
    with pytest.raises(Refusal) as why:
        home.move_in("王五", since=date(2026, 2, 1), until=date(2026, 1, 1))
    assert marked(why) == {"until": "period_backwards"}


def test_a_correction_keeps_what_was_left_empty_and_the_journal_names_the_fields_only(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    actions.correct_person(by=desk, person=home.owner, particulars=Particulars("张美丽", "13800100500"))
    person = Person.objects.get(pk=home.owner.pk)
    assert (person.name, person.initials, person.phone) == ("张美丽", "zml", "13800100500")
    assert person.id_number == id_number()
    entry = Entry.objects.latest("pk")
    assert (entry.kind, entry.body) == (
        "person_corrected",
        {"person": person.pk, "changed": ["name", "phone"]},
    )
    count = Entry.objects.count()
    actions.correct_person(by=desk, person=home.owner, particulars=Particulars("张美丽"))
    assert Entry.objects.count() == count
    assert not searching.search(desk, PHONE).persons
    assert [each.person for each in searching.search(desk, "13800100500").persons] == [person]


def test_a_correction_to_somebody_elses_paper_is_refused(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    with pytest.raises(Refusal) as why:
        actions.correct_person(
            by=desk, person=home.tenant, particulars=Particulars("刘先生", "", "cn_id", id_number())
        )
    assert marked(why) == {"id_number": "paper_of_another"}


def test_somebody_moves_out_once_and_not_before_they_came(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    held = Occupancy.objects.get(person=home.tenant)
    with pytest.raises(Refusal) as why:
        moving.move_out(by=desk, occupancy=held, until=TODAY() - timedelta(days=1))
    assert why.value.code == "period_backwards"
    moving.move_out(by=desk, occupancy=held, until=TODAY())
    assert queries.unit_sheet(desk, home.unit).of_role("tenant")
    assert not queries.unit_sheet(desk, home.unit, on=TODAY() + timedelta(days=1)).of_role("tenant")
    with pytest.raises(Refusal) as why:
        moving.move_out(by=desk, occupancy=held, until=TODAY())
    assert why.value.code == "moved_out"


def test_a_look_at_a_private_field_needs_a_reason_and_is_journalled(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    for reason, field, code in ((" ", "phone", "reason_required"), ("核对", "vault_salt", "not_an_option")):
        with pytest.raises(Refusal) as why:
            actions.unmask(by=desk, person=home.owner, field=field, reason=reason)
        assert why.value.code == code
    with pytest.raises(Refusal) as why:
        actions.unmask(by=desk, person=home.tenant, field="id_number", reason="核对")
    assert why.value.code == "nothing_to_show"
    assert not Entry.objects.filter(kind="unmask").exists()
    assert actions.unmask(by=desk, person=home.owner, field="phone", reason="回访") == PHONE
    entry = Entry.objects.get(kind="unmask")
    assert entry.body == {"person": home.owner.pk, "field": "phone", "reason": "回访"}
    home.owner.vault_salt = b""
    with pytest.raises(Refusal) as why:
        actions.unmask(
            by=desk, person=Person.objects.defer().get(pk=erased(home.owner)), field="phone", reason="x"
        )
    assert why.value.code == "erased"


def erased(person: Person) -> int:
    Person.objects.filter(pk=person.pk).update(vault_salt=b"")
    return person.pk


def test_an_authority_stands_on_its_days_for_its_matters_and_its_delegate(home: Home) -> None:
    authority = authorise(home)
    assert queries.standing_authority(home.unit, home.tenant, "goods_release") == authority
    for unit, delegate, scope, on in (
        (home.unit, home.owner, "goods_release", TODAY()),
        (home.unit, home.tenant, "hot_work", TODAY()),
        (home.unit, home.tenant, "goods_release", TODAY() - timedelta(days=1)),
        (home.unit, home.tenant, "goods_release", TODAY() + timedelta(days=31)),
        (Unit.objects.get(estate=home.office.cuihu, key="12-3-501"), home.tenant, "goods_release", TODAY()),
    ):
        assert queries.standing_authority(unit, delegate, scope, on) is None
    last = TODAY() + timedelta(days=30)
    assert queries.standing_authority(home.unit, home.tenant, "goods_release", last) == authority
    assert Entry.objects.latest("pk").kind == "authority_granted"
    [line] = queries.unit_sheet(home.office.desk("xiaowang"), home.unit).authorities
    assert line.matters[0].zh == "物品放行条" and line.state == "standing"


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"delegate": "owner"}, {"delegate": "delegate_is_principal"}),
        ({"principal": "tenant", "delegate": "owner"}, {"principal": "principal_not_owner"}),
        ({"scopes": []}, {"scopes": "scope_required"}),
        ({"scopes": ["goods_release", "everything"]}, {"scopes": "unknown_scope"}),
        ({"valid_from": 5, "valid_to": 4}, {"valid_to": "period_backwards"}),
        ({"valid_from": -5, "valid_to": -4}, {"valid_to": "period_past"}),
        ({"evidence_note": " "}, {"evidence_note": "evidence_required"}),
    ],
)
def test_an_authority_is_refused_at_the_field_that_is_wrong(
    home: Home, other: dict[str, Any], fields: dict[str, str]
) -> None:
    asked = {
        key: TODAY() + timedelta(days=value)
        if key.startswith("valid")
        else getattr(home, value)
        if key in ("principal", "delegate")
        else value
        for key, value in other.items()
    }
    with pytest.raises(Refusal) as why:
        authorise(home, **asked)
    assert marked(why) == fields
    assert not Authority.objects.exists()


def test_an_authority_entered_twice_with_one_key_is_entered_once(home: Home) -> None:
    assert authorise(home, key="k-1") == authorise(home, key="k-1")
    assert Authority.objects.count() == 1


def test_a_revoked_authority_no_longer_stands_and_is_revoked_once(home: Home) -> None:
    desk, authority = home.office.desk("xiaowang"), authorise(home)
    with pytest.raises(Refusal) as why:
        authority_actions.revoke_authority(by=desk, authority=authority, reason=" ")
    assert why.value.code == "reason_required"
    authority_actions.revoke_authority(by=desk, authority=authority, reason="业主来电")
    assert queries.standing_authority(home.unit, home.tenant, "goods_release") is None
    with pytest.raises(Refusal) as why:
        authority_actions.revoke_authority(by=desk, authority=authority, reason="业主来电")
    assert why.value.code == "authority_revoked"
    with pytest.raises(Refusal) as why:
        authority_actions.use_authority(authority, a_case(home))
    assert why.value.code == "authority_revoked"
    assert not AuthorityUse.objects.exists()


def test_every_use_is_kept_and_one_for_a_single_use_is_spent_by_the_first_case(home: Home) -> None:
    often, once = authorise(home), authorise(home, once=True)
    assert queries.standing_authority(home.unit, home.tenant, "goods_release") == often
    first, second = a_case(home), a_case(home)
    for case in (first, second):
        authority_actions.use_authority(often, case)
    assert often.uses.count() == 2
    authority_actions.use_authority(once, first)
    authority_actions.use_authority(once, first)
    with pytest.raises(Refusal) as why:
        authority_actions.use_authority(once, second)
    assert why.value.code == "authority_spent"
    assert once.uses.count() == 1
    assert Authority.objects.standing(TODAY()).get() == often


def test_the_home_lists_the_letters_that_stand_and_no_others(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    spent, revoked = authorise(home, once=True), authorise(home)
    authority_actions.use_authority(spent, a_case(home))
    authority_actions.revoke_authority(by=desk, authority=revoked, reason="业主来电")
    authorise(home), authorise(home, valid_to=TODAY() + timedelta(days=3))
    for day in (
        TODAY() - timedelta(days=1),
        TODAY(),
        TODAY() + timedelta(days=3),
        TODAY() + timedelta(days=4),
    ):
        listed = {one.authority.pk for one in queries.unit_sheet(desk, home.unit, day).authorities}
        assert listed == {one.pk for one in Authority.objects.standing(day)}, day


def test_the_database_itself_lets_a_letter_for_one_use_be_used_once(home: Home) -> None:
    once = authorise(home, once=True)
    first, second = a_case(home), a_case(home)
    AuthorityUse.objects.create(authority=once, case=first, once=True)
    with pytest.raises(IntegrityError, match="authority_for_one_use"), transaction.atomic():
        AuthorityUse.objects.create(authority=once, case=second, once=True)
    with pytest.raises(IntegrityError, match="once_as_the_letter"), transaction.atomic():
        AuthorityUse.objects.create(authority=once, case=second, once=False)  # as if it were for many
        connection.check_constraints()


def test_of_two_cases_at_once_the_second_is_told_that_the_letter_is_spent(home: Home) -> None:
    """The other's use is there, its mark on the letter not yet: the database decides."""
    once = authorise(home, once=True)
    AuthorityUse.objects.create(authority=once, case=a_case(home), once=True)
    with pytest.raises(Refusal) as why:
        authority_actions.use_authority(once, a_case(home))
    assert why.value.code == "authority_spent"
    assert once.uses.count() == 1


def test_why_a_letter_was_revoked_stands_beside_when(home: Home) -> None:
    authority = authorise(home)
    authority_actions.revoke_authority(
        by=home.office.desk("xiaowang"), authority=authority, reason=" 业主来电 "
    )
    authority.refresh_from_db()
    assert authority.revoked_reason == "业主来电"
    assert authority.revoked_at is not None


def test_the_database_refuses_a_row_that_mixes_two_estates(home: Home) -> None:
    elsewhere = Unit.objects.get(estate=home.office.songfeng)
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.create(unit=elsewhere, person=home.owner, role="owner", since=date(2020, 1, 1))
        connection.check_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Authority.objects.filter(pk=authorise(home).pk).update(unit=elsewhere)
        connection.check_constraints()


def test_the_database_refuses_what_is_half_there(home: Home) -> None:
    for change in ({"phone_index": ""}, {"id_kind": ""}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=home.owner.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.create(
            unit=home.unit, person=home.owner, role="family", since=date(2021, 1, 2), until=date(2021, 1, 1)
        )
