"""The passphrase of an archive: strong, as whoever has the file can try as many as they like."""

from django.contrib.auth.password_validation import CommonPasswordValidator, NumericPasswordValidator
from django.core.exceptions import ValidationError

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

SHORTEST, LONGEST, DIFFERENT = 14, 128, 8
declare(
    {
        "passphrases_differ": Text(zh="两次输入的口令不同。", en="The two passphrases differ."),
        "passphrase_weak": Text(
            zh="口令太弱：至少 {least} 个字符、其中 {many} 个不同，不能全是数字，不能是常用的。",
            en="The passphrase is too weak: {least} characters at least, {many} of them different, not digits alone, "
            "none that is in common use.",
        ),
        "passphrase_signs": Text(
            zh="口令只用英文字母、数字和符号，各种解压软件才都打得开。",
            en="Use letters, digits and signs of ASCII only: every unzipping program opens those.",
        ),
    }
)  # fmt: skip


def check(first: str, second: str) -> None:
    """Raises the refusal of what is wrong with it."""
    if first != second:
        raise Refusal("passphrases_differ")
    if not first.isascii() or not first.isprintable():
        raise Refusal("passphrase_signs")
    weak = Refusal("passphrase_weak", least=SHORTEST, many=DIFFERENT)
    if not SHORTEST <= len(first) <= LONGEST or len(set(first)) < DIFFERENT:
        raise weak
    for validator in (CommonPasswordValidator(), NumericPasswordValidator()):
        try:
            validator.validate(first)
        except ValidationError:
            raise weak from None
