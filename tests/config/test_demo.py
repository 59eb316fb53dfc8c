"""The demo estate: whole at the first start, unchanged by the second, its password nowhere but in its file."""

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password

from banli.config import demo
from banli.engine import identity
from banli.estate.models import Estate, Occupancy, Person, Unit
from banli.people.models import Holding, Staff
from tests.office import load_packs


@pytest.fixture
def data(tmp_path, settings, db: None) -> None:
    """A new data folder, with the packs loaded as `banli serve` does before the demo."""
    settings.DATA = tmp_path
    load_packs()


def test_the_demo_is_whole_and_a_second_start_adds_nothing(data: None) -> None:
    first = demo.load()
    counted = [model.objects.count() for model in (Estate, Unit, Person, Occupancy, Staff, Holding)]
    assert counted[0] == 2 and 550 <= Unit.objects.filter(estate__code="cuihu").count() <= 650
    assert demo.load() == first
    assert [model.objects.count() for model in (Estate, Unit, Person, Occupancy, Staff, Holding)] == counted


def test_everybody_of_the_cast_can_sign_in_with_what_was_printed(data: None) -> None:
    printed = demo.load()
    assert {username for username, _, _ in printed} == set(Staff.objects.values_list("username", flat=True))
    for username, password, who in printed:
        staff = Staff.objects.get(username=username)
        assert check_password(password, staff.password)
        assert staff.name in who
    assert len({password for _, password, _ in printed}) == 1


def test_the_passwords_file_is_for_its_owner_alone_and_every_start_makes_another(
    data: None, db: None
) -> None:
    password = demo.load()[0][1]
    file = settings.DATA / "demo-sign-ins.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    assert demo.sign_ins() == []
    renewed = demo.load()[0][1]
    assert renewed != password
    assert check_password(renewed, Staff.objects.get(username="chen").password)


def test_only_the_cast_lives_there_with_sound_numbers_sealed(data: None) -> None:
    demo.load()
    assert set(Person.objects.values_list("name", flat=True)) == {"张女士", "刘先生", "邻居"}
    for person in Person.objects.all():
        assert identity.check_id("cn_id", person.id_number) == person.id_number
        assert identity.check_phone(person.phone) == person.phone
        raw = Person.objects.filter(pk=person.pk).values_list("phone", flat=True).get()
        assert person.phone not in raw.token
    owner = Occupancy.objects.get(unit__key="12-3-502", role="owner")
    assert owner.person.name == "张女士" and owner.person.initials == "zns"
