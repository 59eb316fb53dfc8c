"""What a routine is."""

ROUTINES: dict[str, dict[str, str]] = {
    "Routine": {
        "routine": "Its name: the file's name, lower case with hyphens.",
        "title": "What it is called.",
        "purpose": "What it is for, in a sentence.",
        "source": "Where it is written: P19, 消防法 16.",
        "post": "The post that does it.",
        "when": "When a round falls due.",
        "within": "How long there is to do it: `2h`, `same day`, `3 days`.",
        "only": "A yes_no setting: it falls due only where the estate says yes.",
        "checks": "The checklist, by name.",
        "photo": "`always`: a photograph each time. `wrong`: where something is not in order. `no` (the default).",
        "missed": "The posts that hear of a round that was not done.",
        "wrong": "The posts that hear of what was found not in order.",
        "starts": "The procedure, about the estate, of which a line that is not in order may begin a case.",
        "gives": "Field of its first step → `check.found`, `check.label`, `round.title`, `round.note`, `round.who`,"
        " `round.photo`, or an answer.",
    },
    "Calendar": {
        "every": "day, workday, week, month or year. Working days are the estate's.",
        "on": "For a week, its days: `[Mo, Th]`.",
        "months": "For a year, its months: `[3, 9]`.",
        "day": "For a month or year, the day: `15`, or `last`. A shorter month takes its last.",
        "at": "The times of the day: `[\"08:00\", \"20:00\"]`.",
        "rest_day": "Where such a day is a rest day: `keep` (the default), `skip`, or `next` working day.",
    },
    "Check": {
        "label": "What is looked at.",
        "reading": "A number is read off; else it is in order or not.",
        "gives": "What a case begun from this line is given beside, or instead of, what the routine gives.",
    },
    "Reading": {
        "unit": "What it is counted in.",
        "min": "The least that is in order.",
        "max": "The most that is in order.",
    },
}  # fmt: skip
