"""Texts that are found by any part of them, also by one or two characters.

PostgreSQL's trigram index finds a part of three letters or more; a Chinese name has two or three, a surname one. So a
``z`` is put before, between and after the letters (``z张z三z``): every one or two of them make trigrams of their own.
Texts are in capitals when they are set apart, so that this small letter is in none of them.
"""

from django.db.models import CharField, Q, TextField, Transform


class Apart(Transform):
    """A text with its letters apart, as it is indexed."""

    lookup_name = "apart"
    function = "letters_apart"
    output_field = TextField()


for _field in (CharField, TextField):
    _field.register_lookup(Apart)


def saying(field: str, words: str) -> Q:
    """The condition that a text says these words, in small letters or capitals."""
    return Q(**{f"{field}__apart__contains": apart(words)})


def apart(words: str) -> str:
    """Words with their letters apart, as the database's ``letters_apart`` writes them."""
    capitals = [letter.upper() if len(letter.upper()) == 1 else letter for letter in words]
    return f"z{'z'.join(capitals)}z"


def like(words: str) -> str:
    """A pattern of LIKE for texts, their letters apart, that say these words."""
    return f"%{literal(apart(words))}%"


def literal(text: str) -> str:
    """A text as LIKE takes it, with nothing that stands for anything else."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
