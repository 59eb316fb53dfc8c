"""What an answer owes to another one, and answers that are refused with their reason.

A watcher is not the welder, a permit ends on the day it begins, liquefied gas does not go into a basement.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from banli.engine.conditions import Condition
from banli.engine.text import Text

Asked = Annotated[str, StringConstraints(pattern=r"^form\.[a-z][a-z0-9_]{0,40}$")]


class Refused(BaseModel):
    """Answers that are refused, with the reason the applicant is told; only where ``when`` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: tuple[str, ...]
    why: Text
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("answer"), str):
            return {**data, "answer": [data["answer"]]}
        return data

    def hits(self, value: Any, seen: Mapping[str, Any]) -> bool:
        """Whether this answer is refused, given those before it."""
        given = value if isinstance(value, list) else [value]
        return any(one in self.answer for one in given) and (self.when is None or self.when.holds(seen))
