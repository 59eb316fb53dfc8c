"""A text in the office's two languages."""

from pydantic import BaseModel, ConfigDict, Field


class Text(BaseModel):
    """Chinese first, English complete: neither may be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say(self, language: str) -> str:
        """The text in ``language``: English for any code that begins with ``en``, else Chinese."""
        return self.en if language.startswith("en") else self.zh


def spoken(text: Text | str) -> tuple[str, str]:
    """A text in both languages; one that was written once says the same in each."""
    return (text.zh, text.en) if isinstance(text, Text) else (text, text)
