"""Hostile values and bodies, drawn from a seed. Every script calls fz(), so that its traces are known."""

from random import Random
from typing import Any
from urllib.parse import quote_plus

from tests.fuzz.pages import Control, Form
from tests.fuzz.uploads import File, any_file
from tests.office import identity, today

#: Stands in every payload; no line of the log may hold it.
MARK = "fz7"
SCRIPTS = (
    f"<script>fz('{MARK}')</script>",
    f"\"><img src=x onerror=fz('{MARK}')>",
    f"'><svg onload=fz('{MARK}')>",
    f"</textarea><fz>{MARK}</fz>",
    f"</script><fz>{MARK}</fz>",
    f"</title></option></select><fz>{MARK}",
    f"--><fz>{MARK}",
    f"javascript:fz('{MARK}')",
    f"\" onfocus=fz('{MARK}') autofocus x=\"",
    f"' onmouseover=fz('{MARK}') x='",
    f"{{{{ {MARK} }}}}{{% debug %}}",
    f"]]><fz>{MARK}</fz>",
    f'" fzattr="{MARK}',
    f"<a href=javascript:fz('{MARK}')>x</a>",
    f'=HYPERLINK("http://{MARK}.example")',
    f'#set text(fill: red); #read("{MARK}")',
    f"${{{MARK}}} $(id) `id`",
    f"&lt;fz&gt;{MARK}",
    f"<math><mtext><table><mglyph><style><fz>{MARK}",
    f"\u2028<fz>{MARK}",
)
ODD: tuple[str | bytes, ...] = (
    "",
    " ",
    "\t\r\n",
    f"a\x00{MARK}",
    "\x00",
    f"\ud800{MARK}",
    b"\xff\xfe" + MARK.encode(),
    b"\xed\xa0\x80",
    b"%",
    b"%zz",
    f"\u202e{MARK}\u202c",
    "\u200b\u200b",
    "e\u0301" * 40,
    "👩‍👩‍👧‍👦" * 9,
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "0",
    "-1",
    "1",
    "2147483648",
    "9" * 30,
    "-" + "9" * 400,
    "1e309",
    "NaN",
    "Infinity",
    "1.5",
    "٣",
    "²",
    "0x10",
    "1_000",
    "½",
    "一",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "0001-01-01",
    "2026-11-24T25:61",
    "9999-12-31T23:59",
    "24:00",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "%s%s%n",
    "*",
    "../../../../etc/passwd",
    "//example.com/",
    "http://example.com/",
    "[]",
    "{}",
    "null",
    "true",
    "on",
    "paper",
    "call",
    "data:image/png;base64,AAAA",
    "data:text/html;base64,PHNjcmlwdD4=",
    "inbox",
    "a" * 64,
    "reassign",
    "send_back",
    "reopen",
    "en",
    "xx-yy",
    ":",
    "fill:1",
    "a:b:c",
    "0:0",
    "13800571599",
    "110101199003071233",
)

Pairs = list[tuple[str, str | bytes | File]]


class Hostile:
    """Draws forms as they might come from a mistaken, a hurried or an evil browser."""

    def __init__(self, random: Random, strangers: list[str]) -> None:
        self.random, self.strangers = random, strangers

    def value(self) -> str | bytes:
        """Any hostile value; now and then the id of a row of another estate, or something huge."""
        drawn = self.random.random()
        if drawn < 0.35:
            return self.random.choice(SCRIPTS)
        if drawn < 0.8:
            return self.random.choice(ODD)
        if drawn < 0.95:
            return self.random.choice(self.strangers)
        return self.random.choice((MARK, "<fz>", "长", "'\"", "\x00", "1")) * self.random.choice(
            (300, 5000, 60_000)
        )

    def filled(self, form: Form) -> Pairs:
        """The form's controls with values: mostly plausible, so that much is stored; then some of it spoilt."""
        pairs: Pairs = []
        for control in form.controls:
            drawn = self._plausible(control)
            if drawn is not None:
                pairs.append((control.name, drawn))
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 5))):
            self._spoil(pairs)
        return pairs

    def _plausible(self, control: Control) -> str | File | None:
        kind, name, options = control.kind, control.name, control.options
        if kind == "file":
            return any_file(self.random) if self.random.random() < 0.7 else None
        if options:
            if kind == "checkbox" and self.random.random() < 0.3:
                return None
            return self.random.choice([o for o in options if o] or options)
        if kind == "hidden":
            return control.value or (self.random.choice(("", "paper")) if "signature" in name else "")
        if kind in ("date", "datetime-local"):
            return today().isoformat() + ("T10:00" if "local" in kind else "")
        if kind in ("number",):
            return str(self.random.randrange(1, 9))
        if kind == "tel" or "phone" in name:
            return "13800571599"
        if "id" in name.split("-")[-1].split("_") and "key" not in name:
            return identity()
        if name == "key":
            return control.value
        return control.value if control.value and self.random.random() < 0.3 else self.random.choice(SCRIPTS)

    def _spoil(self, pairs: Pairs) -> None:
        """Replace, drop, double or add one; or send a file for a text and a text for a file."""
        if not pairs:
            pairs.append((self.random.choice(("pk", "key", "act-step", f"<fz>{MARK}", "\x00")), self.value()))
            return
        place, how = self.random.randrange(len(pairs)), self.random.random()
        name = pairs[place][0]
        if how < 0.55:
            pairs[place] = (name, self.value())
        elif how < 0.7:
            del pairs[place]
        elif how < 0.85:
            pairs.append((name, self.value()))
        elif how < 0.92:
            pairs.append((f"{name}-{self.random.choice((0, 1, 99999, MARK, 'kept', 'paper'))}", self.value()))
        else:
            pairs[place] = (name, any_file(self.random))

    def body(self, pairs: Pairs) -> tuple[bytes, str]:
        """The bytes and their type; now and then cut short, or of a type that they are not."""
        files = any(isinstance(value, File) for _, value in pairs)
        if files or self.random.random() < 0.3:
            body, kind = multipart(pairs), "multipart/form-data; boundary=fzfzfz"
        else:
            body, kind = urlencoded(pairs), "application/x-www-form-urlencoded"
        drawn = self.random.random()
        if drawn < 0.02:
            body = body[: self.random.randrange(len(body) + 1)]
        elif drawn < 0.04:
            kind = self.random.choice(
                ("application/json", "text/plain", "multipart/form-data", "", f"x/{MARK}; charset=fz")
            )
        return body, kind


def raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def urlencoded(pairs: Pairs) -> bytes:
    told = [(raw(name), raw(value)) for name, value in pairs if not isinstance(value, File)]
    return b"&".join(quote_plus(n).encode() + b"=" + quote_plus(v).encode() for n, v in told)


def multipart(pairs: Pairs) -> bytes:
    parts = []
    for name, value in pairs:
        head = b'Content-Disposition: form-data; name="' + raw(name).replace(b'"', b"%22") + b'"'
        if isinstance(value, File):
            head += (
                b'; filename="'
                + raw(value.name).replace(b'"', b"%22")
                + b'"\r\nContent-Type: '
                + raw(value.kind)
            )
        parts.append(b"--fzfzfz\r\n" + head + b"\r\n\r\n" + raw(getattr(value, "content", value)) + b"\r\n")
    return b"".join(parts) + b"--fzfzfz--\r\n"
