"""`banli token` and `banli staff`: what is done about people from the command line."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import date

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from banli.engine.refusals import Refusal

from . import actions
from .models import ApiToken, Holding, Staff


class Impossible(Exception):
    """What was asked for cannot be done; the sentence goes to the terminal."""


def main(argv: Sequence[str]) -> int:
    """`banli token …` or `banli staff …`: argv[0] says which."""
    return (staff if argv[0] == "staff" else token)(argv[1:])


def token(argv: Sequence[str]) -> int:
    """banli token create --user U --label L [--days N] | list | revoke ID"""
    parser = argparse.ArgumentParser(prog="banli token", description="Keys with which machines use the API.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key and show it once")
    create.add_argument("--user", required=True, help="the user name of whoever it acts as")
    create.add_argument("--label", required=True, help="what it is for")
    create.add_argument("--days", type=int, help="how many days it is valid (without: until it is revoked)")
    create.set_defaults(run=_create_token)
    commands.add_parser("list", help="every key, without the key itself").set_defaults(run=_list_tokens)
    revoke = commands.add_parser("revoke", help="make a key useless")
    revoke.add_argument("id", type=int)
    revoke.set_defaults(run=_revoke_token)
    return _run(parser, argv)


def staff(argv: Sequence[str]) -> int:
    """banli staff add --user U --name N | appoint … | password U | leave U | list"""
    parser = argparse.ArgumentParser(prog="banli staff", description="People who sign in, and their posts.")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="somebody new; asks for the password")
    add.add_argument("--user", required=True)
    add.add_argument("--name", required=True)
    add.set_defaults(run=_add_staff)
    appoint = commands.add_parser("appoint", help="give somebody a post at an estate from today")
    appoint.add_argument("--user", required=True)
    appoint.add_argument("--estate", required=True, help="the estate's code")
    appoint.add_argument("--post", required=True)
    appoint.add_argument(
        "--since", type=date.fromisoformat, help="the first day, as 2026-05-01 (without: today)"
    )
    appoint.set_defaults(run=_appoint)
    password = commands.add_parser("password", help="set a forgotten password anew; asks for it")
    password.add_argument("user")
    password.set_defaults(run=_set_password)
    leave = commands.add_parser("leave", help="somebody left: no sign-in, no keys, posts end today")
    leave.add_argument("user")
    leave.set_defaults(run=_leave)
    commands.add_parser("list", help="everybody, with their posts today").set_defaults(run=_list_staff)
    return _run(parser, argv)


def _run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> int:
    asked = parser.parse_args(argv)
    try:
        asked.run(asked)
    except Refusal as why:
        print(f"{why.say('zh')} {why.say('en')}", file=sys.stderr)
        return 1
    except Impossible as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def _create_token(asked: argparse.Namespace) -> None:
    token, raw = actions.issue_token(staff=_staff(asked.user), label=asked.label, days=asked.days)
    until = timezone.localtime(token.expires_at).strftime("%Y-%m-%d %H:%M") if token.expires_at else "revoked"
    print(
        f"Key {token.pk} for {asked.user}, valid until {until}. It is shown only this once:", file=sys.stderr
    )
    print(raw)


def _list_tokens(asked: argparse.Namespace) -> None:
    now = timezone.now()
    for token in ApiToken.objects.select_related("staff").order_by("pk"):
        state = "valid"
        if token.revoked_at:
            state = f"revoked {timezone.localtime(token.revoked_at):%Y-%m-%d}"
        elif token.expires_at:
            word = "expired" if token.expires_at <= now else "until"
            state = f"{word} {timezone.localtime(token.expires_at):%Y-%m-%d}"
        print(f"{token.pk}\t{token.staff.username}\t{token.label}\t{state}")


def _revoke_token(asked: argparse.Namespace) -> None:
    if not actions.revoke_token(token_id=asked.id):
        raise Impossible(f"没有编号为 {asked.id} 的有效密钥。 There is no valid key {asked.id}.")
    print(f"Key {asked.id} is revoked.")


def _add_staff(asked: argparse.Namespace) -> None:
    actions.create_staff(username=asked.user, name=asked.name, password=_new_password(None))
    print(f"{asked.name} can sign in as {asked.user}; without a post they may do nothing yet.")


def _appoint(asked: argparse.Namespace) -> None:
    estate = apps.get_model("estate", "Estate").objects.filter(code=asked.estate).first()
    if estate is None:
        raise Impossible(f"没有代码为 {asked.estate} 的小区。 There is no estate {asked.estate}.")
    since = asked.since or timezone.localdate()
    actions.appoint(estate=estate, staff=_staff(asked.user), post=asked.post, since=since)
    print(f"{asked.user} holds {asked.post} at {asked.estate} from {since}.")


def _set_password(asked: argparse.Namespace) -> None:
    person = _staff(asked.user)
    actions.set_password(staff=person, password=_new_password(person))
    print(f"{asked.user} signs in with the new password; every older sign-in is over.")


def _leave(asked: argparse.Namespace) -> None:
    actions.leave(staff=_staff(asked.user))
    print(f"{asked.user} can no longer sign in.")


def _list_staff(asked: argparse.Namespace) -> None:
    held = Holding.objects.on(timezone.localdate()).select_related("estate").order_by("estate", "post")
    posts: dict[int, list[str]] = {}
    for holding in held:
        posts.setdefault(holding.staff_id, []).append(f"{holding.post}@{holding.estate.code}")
    for person in Staff.objects.order_by("username"):
        told = " ".join(posts.get(person.pk, [])) if person.is_active else "left"
        print(f"{person.username}\t{person.name}\t{told}")


def _staff(username: str) -> Staff:
    person = Staff.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Impossible(
            f"没有用户名为 {username} 的在职员工。 There is nobody with the user name {username}."
        )
    return person


def _new_password(person: Staff | None) -> str:
    """Asked for twice at a terminal, else the first line that comes in; the rules are those of the screen."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            raise Impossible("两次输入的密码不同。 The two passwords differ.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, person)
    except ValidationError as why:
        raise Impossible(" ".join(why.messages)) from None
    return password
