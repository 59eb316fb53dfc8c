"""What a link opens: the one case it was made for, and of that only what its owner is asked about."""

from django.http import Http404, HttpRequest

from banli.cases import links, private, rules, store
from banli.cases.models import Attachment, ConsentLink

from . import limits


class TooMany(Exception):
    """Somebody knocks too often."""


def link_for(request: HttpRequest, token: str) -> ConsentLink:
    """The link of a token. 404 for a word that opens nothing; who guesses often is not answered for a while."""
    if limits.is_over(request, "guess") or limits.too_many(request, "look"):
        raise TooMany
    found = links.of_token(token)
    if found is None:
        limits.too_many(request, "guess")
        raise Http404
    return found


def picture_for(link: ConsentLink, sha256: str) -> Attachment:
    """A photograph that the form shows. Private ones and signatures are not there."""
    case = link.case
    book, state = rules.rulebook(case.version_id), store.state_of(case)
    shown = {value for value in state.form.values() if isinstance(value, str)}
    found = Attachment.objects.filter(case=case, sha256=sha256[:64]).first()
    if found is None or found.sha256 not in shown or found.sha256 in private.pictures(case, book, state):
        raise Http404
    return found
