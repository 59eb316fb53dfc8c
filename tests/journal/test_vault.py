"""Private fields: sealed to their place, found only blind, shown masked, unreadable once the salt is gone."""

import os

import pytest
from django.core.exceptions import FieldError
from django.test import override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from banli.estate.models import Estate, Person
from banli.journal import vault

OLD, NEW = os.urandom(32), os.urandom(32)
SALT = vault.new_salt()

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def keys(settings) -> None:
    settings.VAULT_KEYS, settings.BLIND_INDEX_KEY = {"1": OLD}, b"i" * 32


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=200)


@trial(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_what_was_sealed_opens_again_and_never_looks_the_same_twice(text: str) -> None:
    first, second = (vault.seal(text, "a.phone", salt=SALT) for _ in range(2))
    assert vault.open_sealed(first, "a.phone", salt=SALT) == text
    assert first != second


@pytest.mark.parametrize(
    ("context", "salt"),
    [("a.id_number", SALT), ("b.phone", SALT), ("a.phone", b"another owner's!"), ("a.phone", b"")],
    ids=["another field", "another row", "another salt", "no salt"],
)
def test_a_sealed_text_moved_to_another_field_or_row_does_not_open(context: str, salt: bytes) -> None:
    sealed = vault.seal("13800138000", "a.phone", salt=SALT)
    with pytest.raises(vault.VaultError) as why:
        vault.open_sealed(sealed, context, salt=salt)
    assert "13800138000" not in str(why.value)


def test_an_altered_text_does_not_open_wherever_it_was_altered() -> None:
    sealed = vault.seal("13800138000", "a.phone", salt=SALT)
    for place in range(len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        altered = sealed[:place] + other + sealed[place + 1 :]
        if vault_bytes(altered) == vault_bytes(sealed):
            continue  # the last letter of base64 carries bits that mean nothing
        with pytest.raises(vault.VaultError):
            vault.open_sealed(altered, "a.phone", salt=SALT)


def vault_bytes(sealed: str) -> object:
    try:
        return vault._parts(sealed), sealed.split(".")[0]
    except vault.VaultError:
        return None


@pytest.mark.parametrize(
    "sealed", ["", "13800138000", "v1.1.", "v1.1.***", "v2.1.AAAA", "v1..AAAA", "v1.1.AAAA"]
)
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(vault.VaultError):
        vault.open_sealed(sealed, "a.phone", salt=SALT)


def test_a_new_key_writes_and_the_old_one_still_opens() -> None:
    old = vault.seal("张女士", "a.name")
    with override_settings(VAULT_KEYS={"1": OLD, "2": NEW}):
        new = vault.seal("张女士", "a.name")
        assert (vault.key_id_of(old), vault.key_id_of(new)) == ("1", "2")
        assert vault.open_sealed(old, "a.name") == vault.open_sealed(new, "a.name") == "张女士"
    with pytest.raises(vault.VaultError):
        vault.open_sealed(new, "a.name")
    with override_settings(VAULT_KEYS={"2": OLD}), pytest.raises(vault.VaultError):
        vault.open_sealed(old.replace(".1.", ".2."), "a.name")


def test_a_nul_byte_a_short_key_and_no_key_are_refused() -> None:
    with pytest.raises(vault.VaultError):
        vault.seal("1\x002", "a.phone")
    for wrong in ({}, {"1": b"short"}):
        with override_settings(VAULT_KEYS=wrong), pytest.raises(vault.VaultError):
            vault.seal("1", "a.phone")


def test_a_blind_index_is_equal_for_equal_texts_of_one_purpose_only() -> None:
    index = vault.blind_index("13800138000", "phone")
    assert index == vault.blind_index("13800138000", "phone") and len(index) == 64
    assert index != vault.blind_index("13800138000", "id")
    assert index != vault.blind_index("13800138001", "phone")
    with override_settings(BLIND_INDEX_KEY=b"other" * 8):
        assert index != vault.blind_index("13800138000", "phone")


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("cn_id", "11010519491231002X", "**************002X"),
        ("passport", "E12345678", "*****5678"),
        ("passport", "E1234", "***34"),
        ("passport", "E1", "**"),
        ("phone", "13800138000", "138****8000"),
        ("phone", "01088886666", "010****6666"),
        ("phone", "88886666", "****6666"),
        ("phone", "110", "****"),
        ("name", "张女士", "张**"),
        ("cn_id", "", ""),
    ],
)
def test_what_is_shown_without_a_reason(kind: str, text: str, shown: str) -> None:
    assert vault.mask(kind, text) == shown


@pytest.fixture
def person(db: None) -> Person:
    estate = Estate.objects.create(code="cuihu", name="翠湖花园")
    return Person.objects.create(
        estate=estate, name="张女士", phone="13800138000", phone_index="a", phone_tail_index="b"
    )


def test_the_table_holds_no_clear_text_and_the_row_reads_it_back(person: Person) -> None:
    raw = Person.objects.values_list("phone", flat=True).get()
    assert "13800138000" not in raw.token and "13800138000" not in repr(raw) and str(raw) == "<sealed>"
    assert Person.objects.get().phone == "13800138000"
    assert person.phone == "13800138000"
    assert Person.objects.get().id_number == ""


def test_saving_a_row_unread_keeps_what_was_sealed(person: Person) -> None:
    before = Person.objects.values_list("phone", flat=True).get().token
    row = Person.objects.get()
    row.name = "张太太"
    row.save()
    assert Person.objects.values_list("phone", flat=True).get().token == before
    deferred = Person.objects.defer("phone").get()
    assert deferred.phone == "13800138000"


def test_a_row_saved_under_a_new_key_can_be_read_with_both(person: Person) -> None:
    with override_settings(VAULT_KEYS={"1": OLD, "2": NEW}):
        row = Person.objects.get()
        row.phone = row.phone
        row.save()
        assert vault.key_id_of(Person.objects.values_list("phone", flat=True).get().token) == "2"
        assert Person.objects.get().phone == "13800138000"


def test_a_ciphertext_copied_to_another_person_does_not_open(person: Person) -> None:
    sealed = Person.objects.values_list("phone", flat=True).get()
    other = Person.objects.create(estate=person.estate, name="邻居")
    Person.objects.filter(pk=other.pk).update(phone=sealed, phone_index="x", phone_tail_index="y")
    with pytest.raises(vault.VaultError):
        _ = Person.objects.get(pk=other.pk).phone


def test_destroying_the_salt_erases_what_was_sealed(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(vault_salt=b"")
    with pytest.raises(vault.VaultError):
        _ = Person.objects.get().phone


def test_writing_around_save_and_searching_the_clear_text_are_refused(person: Person) -> None:
    with pytest.raises(FieldError):
        Person.objects.update(phone="13900139000")
    with pytest.raises(FieldError):
        Person.objects.filter(phone="13800138000").exists()
