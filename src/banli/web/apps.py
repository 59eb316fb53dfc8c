"""The room of base templates, components and static files. It knows no other room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "banli.web"

    def ready(self) -> None:
        from banli.web import translations

        translations.compile_stale()
