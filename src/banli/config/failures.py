"""Why the house cannot start, in one sentence of each language."""


class StartFailure(Exception):
    """Something outside Banli must change first; printed without a traceback, exit status 1."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return f"无法启动：{self.zh}\nCannot start: {self.en}"


def say(zh: str, en: str) -> None:
    """One line of progress, at once."""
    print(f"· {zh} / {en}", flush=True)
