"""sign: somebody puts their name to what the form says; the owner's consent is one (readings 1b, 1c)."""

from banli.engine.text import Text
from banli.engine.verbs._base import Outcome, Verb, done, returned

VERB = Verb(
    "sign",
    Text(zh="签名", en="Sign"),
    (
        done("签名", "Sign", "signed", said="Signed"),
        returned(),
        Outcome(
            "refused",
            Text(zh="拒绝", en="Refuse"),
            leads="end",
            end="rejected",
            reason=True,
            good=False,
            said=Text(zh="拒绝", en="Refused"),
        ),
    ),
    signs=True,
    outsiders=True,
)
