"""What a proxy, a monitor or the supervisor asks: is the process alive, and can the house work?"""

from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from banli.config.worker import STALLED_AFTER


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers. Nothing else is claimed."""
    return JsonResponse({"alive": True})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and worker are all well, else 503; each part says for itself."""
    parts = {"database": _database(), "migrations": _migrations(), "worker": _worker()}
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "because": "unreachable"}
    return {"ok": True}


def _migrations() -> dict[str, Any]:
    try:
        missing = sorted(_known_migrations() - set(MigrationRecorder(connection).applied_migrations()))
    except DatabaseError:
        return {"ok": False, "because": "unreachable"}
    return {"ok": not missing, "missing": [".".join(migration) for migration in missing]}


def _worker() -> dict[str, Any]:
    """Fresh when any worker has given a sign of life within the time after which its jobs are taken over."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
            )
            (age,) = cursor.fetchone()
    except DatabaseError:
        return {"ok": False, "because": "unreachable"}
    if age is None:
        return {"ok": False, "because": "no worker"}
    return {"ok": age < STALLED_AFTER, "seconds_since_heartbeat": round(float(age), 1)}


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """What the code of this process expects, read once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
