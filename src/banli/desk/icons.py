"""One picture for each kind of step, so that a list can be read at arm's length. The verbs are a closed set."""

VERBS = {
    "amend": "refresh",
    "arrive": "map-pin",
    "authorise": "user-check",
    "call": "phone-call",
    "check": "list-check",
    "check_once": "scan",
    "decide": "clipboard-check",
    "dispatch": "user-check",
    "enter": "book-2",
    "fill": "forms",
    "follow_up": "phone-call",
    "hand_over": "package-export",
    "in_use": "id",
    "inspect": "search",
    "issue": "file-certificate",
    "pay": "coin-yuan",
    "review": "eye",
    "scan": "scan",
    "seal": "rubber-stamp",
    "send": "mail",
    "sign": "signature",
    "start": "arrow-right",
    "take": "clipboard-check",
    "wait": "hourglass",
    "work": "tool",
}


def of(verb: str) -> str:
    """The icon of a step of this verb."""
    return VERBS.get(verb, "checklist")
