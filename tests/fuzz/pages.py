"""What a browser makes of a page: its forms, its links, and whatever in it could run."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

#: Elements that no page of the house has, and that payloads try to make.
STRANGE = frozenset({"iframe", "object", "embed", "base", "frame", "applet", "marquee", "fz"})
#: Attributes whose value is an address.
ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "xlink:href", "data", "hx-get", "hx-post", "poster"}
)


@dataclass
class Control:
    """One control of a form; ``options`` are the values that a list, a radio button or a checkbox offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form as it stands on the page."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def control(self, name: str, kind: str) -> Control:
        """The control of that name, made where it is new; radio buttons share one."""
        for known in self.controls:
            if known.name == name and known.kind == kind and kind in ("radio", "checkbox"):
                return known
        self.controls.append(Control(name, kind))
        return self.controls[-1]


class Page(HTMLParser):
    """A parsed page. ``faults`` are the elements and attributes that only a payload can have made."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self.faults: list[str] = []
        self._named: dict[str, Form] = {}
        self._form: Form | None = None
        self._list: Control | None = None
        self._text: Control | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._judge(tag, told)
        if tag == "form":
            self._form = Form(urljoin(self.url, told.get("action", "")), told.get("method", "get").lower())
            self.forms.append(self._form)
            self._named[told.get("id", "")] = self._form
        elif tag == "a" and (link := urldefrag(urljoin(self.url, told.get("href", "")))[0]).startswith("/"):
            self.links.add(link)
        form = self._named.get(told["form"]) if "form" in told else self._form
        if form is not None and (told.get("name") or tag == "option"):
            self._add(form, tag, told)

    def _add(self, form: Form, tag: str, told: dict[str, str]) -> None:
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "input":
            kind = told.get("type", "text").lower()
            control = form.control(name, kind)
            if kind in ("radio", "checkbox"):
                control.options.append(told.get("value", "on"))
                control.value = value if "checked" in told else control.value
            else:
                control.value = value
        elif tag == "select":
            self._list = form.control(name, "select")
        elif tag == "option" and self._list is not None:
            self._list.options.append(value)
            if "selected" in told or len(self._list.options) == 1:
                self._list.value = value
        elif tag == "textarea":
            self._text = form.control(name, "textarea")
        elif tag == "button":
            control = form.control(name, "radio")  # one of several buttons is pressed
            control.kind = "button"
            control.options.append(value)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = None
        elif tag == "textarea":
            self._text = None

    def _judge(self, tag: str, told: dict[str, str]) -> None:
        if tag in STRANGE or "fz" in tag:
            self.faults.append(f"<{tag}>")
        if (
            tag == "script"
            and not told.get("src", "").startswith("/static/")
            and "json" not in told.get("type", "")
        ):
            self.faults.append(f"<script {told}>")
        for name, value in told.items():
            if (name.startswith("on") or "fz" in name) and not name.startswith("on:"):
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
            if name in ADDRESSES and value.strip().lower().replace("\t", "").startswith(
                ("javascript:", "vbscript:")
            ):
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
