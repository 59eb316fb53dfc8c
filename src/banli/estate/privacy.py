"""What is kept about people, why, on what ground, for how long (PIPL 6, 13, 17, 19): ``privacy.yaml`` of a pack."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, TypeAdapter

from banli.engine.load import plain, read
from banli.engine.text import Text

Ground = Literal["contract", "duty", "consent", "emergency"]
#: When somebody's own wish erases it; ``by_itself``: a job does, in its time.
Erased = Literal["on_request", "when_unnamed", "by_itself", "never"]

GROUNDS: dict[str, Text] = {
    "contract": Text(zh="履行物业服务合同", en="necessary for the service contract"),
    "duty": Text(zh="法定职责", en="a duty by law"),
    "consent": Text(zh="本人同意", en="consent"),
    "emergency": Text(zh="紧急情况", en="an emergency"),
}
ERASED: dict[str, Text] = {
    "on_request": Text(zh="离开后本人要求即删除", en="on request, once they left"),
    "when_unnamed": Text(
        zh="没有办件、单据、委托时，本人要求即删除", en="on request, where no case, paper or letter names them"
    ),
    "by_itself": Text(zh="到期自动删除", en="by itself in its time"),
    "never": Text(zh="须保存", en="must be kept"),
}  # fmt: skip


class Kept(BaseModel):
    """One kind of personal information: why it is needed, the ground, how long it is kept, and whether it can go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    why: Text
    ground: Ground
    law: Text
    kept: Text
    erased: Erased

    @property
    def ground_title(self) -> Text:
        return GROUNDS[self.ground]

    @property
    def erased_title(self) -> Text:
        return ERASED[self.erased]


_READ = TypeAdapter(dict[str, Kept])


def kept() -> dict[str, Kept]:
    """Everything the packs say is kept, by name, in the order they say it."""
    files = sorted(Path(settings.PACKS).glob("*/privacy.yaml"))
    return dict(_kept(tuple((str(path), path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=4)
def _kept(files: tuple[tuple[str, int], ...]) -> dict[str, Kept]:
    told: dict[str, Kept] = {}
    for path, _ in files:
        for name, one in _READ.validate_python(plain(read(Path(path)).data)).items():
            told.setdefault(name, one)
    return told
