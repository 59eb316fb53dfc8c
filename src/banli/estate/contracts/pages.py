"""The scanned pages of contracts as files, for whoever has seen to it that giving them out is journalled."""

from collections.abc import Iterator
from typing import Any

from banli.journal.vault import VaultError

from .. import scans
from .models import ContractPage


def pages_of(**whose: Any) -> Iterator[tuple[str, bytes]]:
    """Where each page lies, and its JPEG; one that does not open any more is not there."""
    for page in ContractPage.objects.filter(**whose).order_by("contract", "number").iterator(10):
        try:
            yield f"contracts/{page.contract_id}/{page.number:02d}.jpg", scans.content(page)
        except VaultError:
            continue
