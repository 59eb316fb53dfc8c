"""What every page's frame shows: where one can go, who one is, at which estate.

`web` knows no room, so the settings wire it::

    BANLI_NAVIGATION = [{"url_name": "desk:inbox", "icon": "inbox", "title": "待办", "posts": None,
                         "key": "g i", "count": "banli.desk.queries.inbox_count"}, …]
    BANLI_SHELL = {"desk": "banli.people.access.desk_for", "estates": "banli.people.access.estates_of",
                   "post_title": "…", "home_url": …, "estate_url": …, "sign_in_url": …, "sign_out_url": …,
                   "language_url": "set_language"}

`posts` are the posts that see the entry (None: everybody signed in); `key` its keyboard sequence; `count` names a
function (desk) → int for the number beside it. With `aside` it stands in the menu behind the others, without a number:
for everybody (True), or for whoever holds one of the posts it names. Values ending in `_url` are URL names. All keys of
BANLI_SHELL may be absent: the frame then leaves that part out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language_info, gettext

from banli.web.templatetags.say import say


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    url: str
    icon: str
    title: str
    current: bool
    key: str = ""
    count: int = 0
    aside: bool = False

    @property
    def counted(self) -> str:
        """What the badge says: of a large pile only that it is one, as no more is counted for every page."""
        return str(self.count) if self.count < 100 else "99+"


@dataclass(frozen=True)
class Post:
    """One post the reader acts in; `deputy_for` is the name of whom they stand in for, or empty."""

    title: str
    deputy_for: str = ""


@dataclass
class Shell:
    """The frame of one request. Everything is worked out when a template first asks for it."""

    request: HttpRequest
    wiring: Mapping[str, str] = field(default_factory=lambda: getattr(settings, "BANLI_SHELL", {}))

    @cached_property
    def staff(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def desk(self) -> Any:
        """The desk (staff, estate, posts) of whoever is signed in; None for others and for who holds no post."""
        if self.staff is None or "desk" not in self.wiring:
            return None
        try:
            return self._wired("desk")(self.request)
        except Http404:
            return None

    @property
    def name(self) -> str:
        return str(getattr(self.staff, "name", "") or "")

    @property
    def estate(self) -> Any:
        return getattr(self.desk, "estate", None)

    @property
    def estate_name(self) -> str:
        return estate_name(self.estate) if self.estate is not None else ""

    @cached_property
    def estates(self) -> list[tuple[Any, str, bool]]:
        """Estates to change to: (id, name, whether it is the current one). Empty when there is no choice."""
        if self.desk is None or "estates" not in self.wiring or not self.estate_url:
            return []
        held = self._wired("estates")(self.staff)
        return [(e.pk, estate_name(e), e.pk == self.estate.pk) for e in held] if len(held) > 1 else []

    @cached_property
    def posts(self) -> list[Post]:
        if self.desk is None:
            return []
        title: Callable[[str], Any] = self._wired("post_title") if "post_title" in self.wiring else str
        return [
            Post(say(title(post)), str(getattr(acting.deputy_for, "name", "") or ""))
            for post, acting in self.desk.posts.items()
        ]

    @cached_property
    def places(self) -> list[Place]:
        if self.staff is None:
            return []
        held = set(self.desk.posts) if self.desk is not None else set()
        seen = [
            (entry, _address(entry["url_name"]))
            for entry in getattr(settings, "BANLI_NAVIGATION", ())
            if entry.get("posts") is None or held & set(entry["posts"])
        ]
        here = current_url(self.request.path, (url for _, url in seen))
        told = []
        for entry, url in seen:
            behind = entry.get("aside", ())
            aside = behind is True or bool(held & set(behind))
            told.append(
                Place(
                    url=url,
                    icon=entry["icon"],
                    title=gettext(str(entry["title"])),
                    current=url == here,
                    key=entry.get("key", ""),
                    count=0 if aside else self._count(entry.get("count")),
                    aside=aside,
                )
            )
        return told

    @property
    def aside(self) -> list[Place]:
        """What stands in the menu behind the others."""
        return [place for place in self.places if place.aside]

    @property
    def is_aside(self) -> bool:
        """Whether one is at a place of that menu."""
        return any(place.current for place in self.aside)

    def _count(self, path: str | None) -> int:
        return int(_named(path)(self.desk)) if path and self.desk is not None else 0

    def _wired(self, name: str) -> Callable[..., Any]:
        return _named(self.wiring[name])

    def _url(self, name: str) -> str:
        """The address behind a URL name of the wiring; empty where it is not wired."""
        try:
            return _address(self.wiring[name]) if self.wiring.get(name) else ""
        except NoReverseMatch:
            return ""

    @cached_property
    def home_url(self) -> str:
        return self._url("home_url") or "/"

    @cached_property
    def estate_url(self) -> str:
        return self._url("estate_url")

    @cached_property
    def sign_in_url(self) -> str:
        return self._url("sign_in_url")

    @cached_property
    def sign_out_url(self) -> str:
        return self._url("sign_out_url")

    @cached_property
    def language_url(self) -> str:
        return self._url("language_url")

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each language by its own name, so that whoever cannot read this one finds theirs."""
        return [(code, get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. A page without the frame (a fragment, the API's errors) pays nothing for it."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}


@cache
def _address(name: str) -> str:
    """The addresses of the frame are the same on every page."""
    return reverse(name)


@cache
def _named(path: str) -> Callable[..., Any]:
    return import_string(path)


def _forget(**_: Any) -> None:
    """Settings change in tests only."""
    _address.cache_clear()
    _named.cache_clear()


setting_changed.connect(_forget)


def estate_name(estate: Any) -> str:
    return say({"zh": estate.name, "en": getattr(estate, "name_en", "")})


def current_url(path: str, urls: Iterable[str]) -> str | None:
    """The entry one is at: the longest address the path begins with; the root only when one is exactly there."""
    fits = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(fits, key=len, default=None)
