"""The room says to the rooms below what it adds: what an audit looks at."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "banli.gate"

    def ready(self) -> None:
        from banli.cases.audit import CHECKS

        from . import audit

        CHECKS["门岗离线 / the gate offline"] = audit.conflicts
