"""What each key of a pack's files means: one sentence, shown by editors (JSON Schema) and in docs/authoring.md."""

from .forms import FORMS
from .packs import PACKS
from .procedures import PROCEDURES
from .routines import ROUTINES
from .scenarios import SCENARIOS
from .steps import STEPS

__all__ = ["KEYS"]

#: model → key → meaning. Every key of every model is here; a test sees to it.
KEYS: dict[str, dict[str, str]] = {**PROCEDURES, **FORMS, **STEPS, **PACKS, **ROUTINES, **SCENARIOS}
