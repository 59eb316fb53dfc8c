"""The command line: keys for machines, people and their posts."""

import io
import re

import pytest

from banli.people import actions, command
from banli.people.models import ApiToken, Staff
from tests.people.cast import Office


def test_a_key_is_shown_once_listed_without_itself_and_revoked(office: Office, capsys) -> None:
    assert command.main(["token", "create", "--user", "xiaowang", "--label", "叫号机", "--days", "30"]) == 0
    raw = capsys.readouterr().out.strip()
    assert actions.verify_token(raw) == office.staff["xiaowang"]
    assert command.main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"xiaowang\t叫号机\tuntil \d{4}-", listed) and raw not in listed
    key = str(ApiToken.objects.get().pk)
    assert command.main(["token", "revoke", key]) == 0
    assert actions.verify_token(raw) is None
    assert command.main(["token", "revoke", key]) == 1
    assert "no valid key" in capsys.readouterr().err
    command.main(["token", "list"])
    assert "revoked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["token", "create", "--user", "nobody", "--label", "x"], "nobody"),
        (["token", "create", "--user", "chen", "--label", "x", "--days", "0"], "3650"),
        (["staff", "appoint", "--user", "chen", "--estate", "nowhere", "--post", "gate"], "nowhere"),
        (["staff", "appoint", "--user", "chen", "--estate", "cuihu", "--post", "king"], "king"),
        (["staff", "appoint", "--user", "chen", "--estate", "cuihu", "--post", "director"], "already"),
        (["staff", "password", "nobody"], "nobody"),
        (["staff", "leave", "nobody"], "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    office: Office, capsys, argv: list[str], said: str
) -> None:
    assert command.main(argv) == 1
    assert said in capsys.readouterr().err


def test_somebody_new_is_added_and_appointed_and_leaves(office: Office, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n"))
    assert command.main(["staff", "add", "--user", "new", "--name", "小新"]) == 0
    assert Staff.objects.get(username="new").check_password("a long enough one")
    assert command.main(["staff", "appoint", "--user", "new", "--estate", "cuihu", "--post", "gate"]) == 0
    assert office.desk("new").holds("gate")
    monkeypatch.setattr("sys.stdin", io.StringIO("another long one\n"))
    assert command.main(["staff", "password", "new"]) == 0
    assert Staff.objects.get(username="new").check_password("another long one")
    capsys.readouterr()
    command.main(["staff", "list"])
    assert "new\t小新\tgate@cuihu" in capsys.readouterr().out
    assert command.main(["staff", "leave", "new"]) == 0
    command.main(["staff", "list"])
    assert "new\t小新\tleft" in capsys.readouterr().out


@pytest.mark.parametrize("password", ["", "short", "1234567890"])
def test_a_weak_password_is_refused(office: Office, capsys, monkeypatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert command.main(["staff", "add", "--user", "new", "--name", "小新"]) == 1
    assert not Staff.objects.filter(username="new").exists()
    assert capsys.readouterr().err
