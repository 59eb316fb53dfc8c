"""What a paper says, as a hash that the journal keeps: a paper that was changed afterwards is found out."""

import hashlib

from banli.journal.chain import canonical, moment
from banli.papers.models import Paper


def fingerprint(paper: Paper) -> str:
    """SHA-256, hexadecimal, of all a paper says in the open, its form, its validity and its pass.

    The private part is left out: it is authenticated by its own seal, and may be erased when its time is over.
    """
    times = [moment(at) if at else None for at in (paper.valid_from, paper.valid_until)]
    told = [paper.kind, paper.number, paper.form_id, list(paper.copies), times, paper.token, paper.snapshot]
    return hashlib.sha256(canonical(told)).hexdigest()
