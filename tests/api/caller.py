"""A machine that calls the API with somebody's key."""

import itertools
import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from banli.people import actions as people
from banli.people.models import Staff
from tests.office import Office, identity, today

_numbers = itertools.count(1)


def fresh_key() -> str:
    return f"api-test-{next(_numbers):08}"


class Caller:
    """Calls as one member of the staff, at one estate. Answers are Django's responses; ``told`` is their JSON."""

    def __init__(self, staff: Staff | None, estate: str = "cuihu", **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.root = f"/api/estates/{estate}"
        self.headers = dict(headers)
        if staff is not None:
            _, raw = people.issue_token(staff=staff, label="test")
            self.headers["Authorization"] = f"Bearer {raw}"

    def get(self, path: str, **asked: Any) -> Any:
        query = f"?{urlencode(asked)}" if asked else ""
        return self.client.get(self._address(path) + query, headers=self.headers)

    def post(self, path: str, sent: Any, key: str | None = None, **headers: str) -> Any:
        told = {**self.headers, "Idempotency-Key": key or fresh_key(), **headers}
        return self.client.post(
            self._address(path), json.dumps(sent), content_type="application/json", headers=told
        )

    def _address(self, path: str) -> str:
        return path if path.startswith("/api") else f"{self.root}/{path}".rstrip("/")


class Machines:
    """A caller for each member of the cast, made when it is first asked for."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._callers: dict[str, Caller] = {}

    def __getitem__(self, who: str) -> Caller:
        if who not in self._callers:
            desk = self.office[who]
            self._callers[who] = Caller(desk.staff, desk.estate.code)
        return self._callers[who]


def goods(**change: Any) -> dict[str, Any]:
    """The answers of a goods release."""
    told = {
        "carrier": "业主张女士",
        "carrier_id": identity(),
        "date": today().isoformat(),
        "goods": [{"name": "沙发", "count": 1}, {"name": "电视", "count": 2}],
    }
    return {**told, **change}


def goods_case(office: Office, *, role: str = "owner", **change: Any) -> dict[str, Any]:
    """What opens a goods release."""
    person = office.owner if role == "owner" else office.tenant
    return {
        "procedure": "goods-release",
        "unit": office.unit.pk,
        "applicant": person.pk,
        "applicant_role": role,
        "answers": goods(**change),
    }


def repair_case(office: Office, **change: Any) -> dict[str, Any]:
    """What opens a home repair."""
    answers = {
        "problem": "厨房水龙头漏水", "place": "kitchen", "trade": "water", "urgency": "now",
        "phone": "13812345678", **change,
    }  # fmt: skip
    return {
        "procedure": "home-repair",
        "unit": office.unit.pk,
        "applicant": office.tenant.pk,
        "applicant_role": "tenant",
        "answers": answers,
    }
