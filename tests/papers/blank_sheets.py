"""Empty forms as the desk prints them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from banli.desk import blank_forms
from banli.papers import blanks
from banli.papers.models import BlankBatch, BlankSheet
from tests.office import Office


def printed(
    office: Office, many: int = 2, paper: str = "goods-release-slip", who: str = "xiaowang",
    at: datetime | None = None, key: str = "",
) -> BlankBatch:  # fmt: skip
    """Somebody prints so many sheets of a form."""
    desk, definition = office[who], blank_forms.forms()[paper].definition
    acting = desk.acting_as(*definition.printed_by)
    assert acting is not None
    return blanks.print_batch(
        by=desk, acting=acting, definition=definition, many=many, key=key or uuid4().hex, at=at
    )


def mark(office: Office, sheet: BlankSheet, state: str, reason: str = "写坏了", **told: Any) -> None:
    """小王 says what became of a sheet."""
    desk = office["xiaowang"]
    blanks.mark(
        by=desk, acting=desk.posts["front_desk"], sheet_id=sheet.pk, state=state, reason=reason, **told
    )
