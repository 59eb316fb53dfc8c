"""The room says to the rooms below what it adds: versions that a pack brings, and what an audit looks at."""

from django.apps import AppConfig


class RoutinesConfig(AppConfig):
    name = "banli.routines"

    def ready(self) -> None:
        from banli.cases import packs
        from banli.cases.audit import CHECKS

        from . import audit, log_audit
        from .packs import keep

        if keep not in packs.BESIDE:
            packs.BESIDE.append(keep)
        CHECKS["日常工作 / rounds"] = audit.rounds
        CHECKS["交接班 / shift logs"] = log_audit.shift_logs
