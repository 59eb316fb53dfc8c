"""How a refusal is answered over HTTP: the page that was asked for, with the sentence, under the right status."""

from banli.engine.refusals import Refusal
from banli.operation import happenings

NOT_THERE = frozenset({"not_found", "unknown_procedure"})
NOT_YOURS = frozenset(
    {
        "wrong_post", "not_assigned", "four_eyes", "four_eyes_filer", "opens_post", "withdraw_post", "override_post",
        "pause_post", "not_permitted", "back_entry_post", "back_entry_limit",
    }
)  # fmt: skip
TOO_LATE = frozenset(
    {
        "task_done",
        "task_not_open",
        "task_lapsed",
        "case_closed",
        "case_open",
        "withdraw_late",
        "key_reused",
        "clock_over",
        "clock_paused",
        "clock_not_paused",
        "clock_not_running",
    }
)


def status_of(why: Refusal) -> int:
    """404 not there, 403 somebody else's to do, 409 it was done or went elsewhere meanwhile, else 422.

    The log and the metrics are told of it here: every refusal that a screen answers passes by.
    """
    happenings.refused(why.code)
    if why.code in NOT_THERE:
        return 404
    if why.code in NOT_YOURS:
        return 403
    return 409 if why.code in TOO_LATE else 422
