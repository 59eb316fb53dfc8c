"""Writing in the books: a row is kept up to date from its case, in the case's own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .models import RegisterRow


def write(
    *, estate_id: int, book: str, case_id: int, branch: int | None, status: str, cells: Mapping[str, Any], found: str,
    at: datetime,
) -> None:  # fmt: skip
    """Enter the row, or bring the one that is there up to date; it keeps the time it was first entered."""
    RegisterRow.objects.bulk_create(
        [
            RegisterRow(
                estate_id=estate_id, book=book, case_id=case_id, branch=branch, status=status, cells=dict(cells),
                found=found, entered_at=at,
            )
        ],
        update_conflicts=True,
        unique_fields=["book", "case", "branch"],
        update_fields=["status", "cells", "found"],
    )  # fmt: skip
