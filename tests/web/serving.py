"""The gallery on a real port, without a database, with the strict policy the product has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import override_settings
from django.test.testcases import LiveServerThread

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "banli.web.context.shell",
            ],
            "builtins": ["banli.web.templatetags.drawn"],
        },
    }
]
OVERRIDES = {
    "ROOT_URLCONF": "tests.web.gallery",
    "MIDDLEWARE": [
        "csp.middleware.CSPMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "tests.web.gallery.SignedIn",
    ],
    "BANLI_NAVIGATION": [],
    "COTTON_ISOLATE_BY_DEFAULT": True,
    "ALLOWED_HOSTS": ["*"],
    "STATICFILES_DIRS": [Path(settings.ROOT) / "src/banli/web/static"],
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


class QuietServer(ThreadedWSGIServer):
    """A browser that goes elsewhere in the middle of an answer is nothing to tell."""

    def handle_error(self, request: object, client_address: object) -> None:
        return


class GalleryThread(LiveServerThread):
    server_class = QuietServer


@contextmanager
def gallery_settings() -> Iterator[None]:
    """The settings under which the gallery is shown; cotton's loaders are set up as at start."""
    from django_cotton.apps import wrap_loaders

    from tests.web import gallery

    own = {**OVERRIDES, "BANLI_NAVIGATION": gallery.NAVIGATION, "BANLI_SHELL": gallery.SHELL}
    with override_settings(**own, TEMPLATES=[{**TEMPLATES[0], "OPTIONS": dict(TEMPLATES[0]["OPTIONS"])}]):  # type: ignore[arg-type, call-overload]
        wrap_loaders("django")
        yield


@contextmanager
def serving() -> Iterator[str]:
    """The gallery's address while the block runs."""
    with gallery_settings():
        thread = GalleryThread("127.0.0.1", StaticFilesHandler, connections_override={})
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        try:
            yield f"http://127.0.0.1:{thread.port}"
        finally:
            thread.terminate()
