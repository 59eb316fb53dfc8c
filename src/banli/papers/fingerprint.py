"""What a paper says, as a hash that the journal keeps: a paper that was changed afterwards is found out."""

import hashlib

from banli.journal.chain import canonical, moment
from banli.journal.vault import Sealed
from banli.papers.models import Paper


def fingerprint(paper: Paper) -> str:
    """SHA-256, hexadecimal, of all a paper says, its place in the series, its form, its validity and its pass."""
    return hashlib.sha256(said(paper)).hexdigest()


def said(paper: Paper) -> bytes:
    """What a paper's hash covers.

    Of the private part that is the sealed text, which stays when the salt that opens it is destroyed.
    """
    times = [moment(at) if at else None for at in (paper.valid_from, paper.valid_until)]
    sealed = paper.__dict__["private"]
    private = hashlib.sha256((sealed.token if isinstance(sealed, Sealed) else sealed).encode()).hexdigest()
    told = [
        paper.pk, paper.estate_id, paper.kind, paper.number, paper.period, paper.ordinal, paper.form_id,
        paper.copies, times, paper.token, paper.snapshot, private,
    ]  # fmt: skip
    return canonical(told)
