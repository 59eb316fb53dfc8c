"""Two times of what is done at the gate: when it was done, and when it was written down."""

from datetime import datetime

from banli.journal.models import Entry


def happened(entry: Entry) -> datetime:
    """When it was done: what a phone did without a network is written down later (ADR 0009)."""
    return datetime.fromisoformat(entry.body["happened"]) if "happened" in entry.body else entry.at
