"""The room says to the rooms below what it adds: that what closed cases keep has a time of its own."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "banli.cases"

    def ready(self) -> None:
        from banli.estate.keeping.matters import MATTERS

        from .keeping import MATTER

        MATTERS["case"] = MATTER
