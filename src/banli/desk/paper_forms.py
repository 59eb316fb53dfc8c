"""The forms of papers in force, and the office's seal: which, in what version, where an empty print of it is had."""

from dataclasses import dataclass, field

from banli.cases import rules
from banli.engine.paper import PaperDefinition
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.papers import seal
from banli.papers.actions import form_of
from banli.papers.files import office_of
from banli.papers.models import SealPicture

from . import blank_forms


@dataclass
class Form:
    """A form of paper. ``digest``: its version; ``procedures``: who issues it, and whether it can be had empty."""

    definition: PaperDefinition
    digest: str
    sealed_by: Text | None
    printed_by: list[Text]
    procedures: list[tuple[str, Text, bool]] = field(default_factory=list)


def in_force() -> list[Form]:
    """Every form that a procedure in force issues, in the order of the procedures. One query."""
    told: dict[str, Form] = {}
    for name, book in rules.every_current().items():
        empty = blank_forms.papers(book)
        for paper, definition in book.pack.papers.items():
            form = told.setdefault(paper, Form(
                definition, form_of(definition),
                book.post_title(definition.seal.post) if definition.seal else None,
                [book.post_title(post) for post in definition.printed_by],
            ))  # fmt: skip
            form.procedures.append((name, book.procedure.title, paper in empty))
    return list(told.values())


def seals(forms: list[Form], estate: Estate) -> list[tuple[str, Text, SealPicture | None]]:
    """Every seal that is put on a paper in force: its keeper's post, and the estate's own picture of it. One query."""
    own: dict[str, SealPicture] = {}
    for one in SealPicture.objects.filter(estate=estate).order_by("pk").defer("picture"):
        own[one.post] = one
    posts = {
        form.definition.seal.post: form.sealed_by for form in forms if form.definition.seal and form.sealed_by
    }
    return [
        (post, title, own[post] if post in own and own[post].sha256 else None)
        for post, title in posts.items()
    ]


def seal_of(estate: Estate) -> seal.Standing:
    """The seal that is put on the estate's papers."""
    return seal.standing(office_of(estate))
