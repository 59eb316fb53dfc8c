"""What a procedure is: who applies, what it rests on, its order, its clocks and safeguards."""

PROCEDURES: dict[str, dict[str, str]] = {
    "Procedure": {
        "procedure": "Its name: the file's name, lower case with hyphens.",
        "title": "What it is called.",
        "purpose": "What it is for, in a sentence: the first thing the handbook says.",
        "source": "Where it is written: P1, Order 110 art. 28.",
        "about": "`unit` (the default): a case belongs to a room. `estate`: to none, or to the one it is begun at. "
        "`either`: to a room, or to none where the office's own staff ask.",
        "opened_by": "The posts that may open a case.",
        "applicant": "Who may apply.",
        "rests_on": "The open case of another procedure, about the same room, on which a case rests.",
        "repeats": "Which earlier cases are the same matter once more; it gives `fact.repeated`.",
        "campaign": "Cases are opened for many residents at once, and shared out; its first two steps are then done.",
        "contact": "A case of it is by itself a `call` that came, or a `visit`: so it stands in a home's contacts.",
        "form": "Every question any step asks, by name.",
        "steps": "The work, in its order: steps and blocks by name.",
        "clocks": "Deadlines, by name.",
        "never": "Safeguards: `issue before seal` is never broken, whatever way a case goes.",
        "apart": "Steps that one person may not both do.",
        "withdraw": "Who may take a case back, and until when.",
        "override": "Which supervisors may intervene, and how far back.",
    },
    "Applicants": {
        "roles": "owner, co_owner, tenant, family, renovation_lead, staff.",
        "authority": "The scope a delegate's letter of authority must have; it gives `fact.authority`.",
        "on": "The date or datetime of the form on whose day the letter must hold; else it must on the day of filing.",
    },
    "RestsOn": {
        "procedure": "Whose open case it is.",
        "title": "What is missing where there is none: “renovation permit”.",
        "after": "It stands once this step of it is done.",
        "last_day": "The date of its form after which it is over.",
        "missing": "`refused` (the default), or `allowed`: then `fact.record` says whether there is one.",
        "over": "`refused` (the default) after the last day, or `allowed`.",
    },
    "Repeats": {
        "of": "The procedures whose cases count, this one among them.",
        "same": "What they have in common: `unit`, `form.<choice field>`; one of these is enough.",
        "within": "How long back: `90 days`, `3 months` or `setting.<duration>`.",
    },
    "Campaign": {
        "name": "`form.<text field>` of the first step: what the campaign is called.",
        "occasion": "`form.<choice field>` of the first step: why residents are called.",
    },
    "Together": {
        "together": "Branches by name, open at the same time: each a step, or `steps:` in a row.",
        "title": "What the block is called.",
    },
    "Each": {
        "each": "The table: `form.<field>`.",
        "steps": "What is done for each row.",
        "title": "What the block is called.",
    },
    "Several": {"steps": "The branch's steps, one after the other."},
    "Due": {
        "at": "A moment: `form.<datetime field>`.",
        "end_of": "24:00 of a day: `form.<date or datetime field>`.",
        "within": "`15m`, `2h`, `2 days`, `3 months`, `same day` or `setting.<duration>`; beside `at` or `end_of`: "
        "after it.",
        "before": "Beside `at`: so long before it, as `within` is written.",
    },
    "Clock": {
        "title": "What it is called.",
        "starts": "What starts it: `opened`, `begun` (another case or a round began it, and its first step waits), "
        "`<step>.opened`, `<step>.done`, `<step>.<outcome>`, `sent_back` (by a supervisor), `reopened` (after its "
        "end); several in a list.",
        "unless": "Another clock: while that one runs, this one does not start.",
        "stops": "What stops it, in the same words; several in a list.",
        "due": "When it runs out; at, end_of or within may also stand beside title.",
        "during": "Only these hours of the week count: `Mo-Su 08:00-20:00` or `setting.<hours>`; days are whole days.",
        "period": "It is waited out, no deadline: never red, never late, in no figure of what was on time.",
        "pause": "The posts that may pause it, for a reason, and let it go on.",
        "when": "It starts only if this holds.",
        "warn": "How long before those in `late.tell` are warned: `5m`, `2h`.",
        "remind": "Further reminders, one or several, each given once.",
        "late": "What happens when it runs out.",
    },
    "Remind": {
        "before": "So long before the clock is due: `30m`, `24h`.",
        "after": "So long after it ran out, if it still waits.",
        "tell": "Posts; `holder`: whoever the clock waits for; `superior`: the post above theirs.",
    },
    "Late": {
        "tell": "The posts that hear of it.",
        "step": "The step that then ends by itself, if it is open.",
        "outcome": "How that step then ends.",
    },
    "Never": {
        "do": "This step is never done …",
        "before": "… unless this one was done with a good outcome and still stands.",
        "when": "Only if this holds.",
    },
    "Apart": {"steps": "The steps.", "unless": "`deputy`: a recorded deputy may do both."},
    "Withdraw": {
        "by": "The posts.",
        "before": "Until this step is done.",
        "joins": "`yes`: a repeated report may be joined to the open case whose matter it repeats, and is over then.",
        "same": "`form.<choice field>`: only open cases that answer it alike are offered to be joined.",
    },
    "Override": {"by": "The posts.", "to": "The steps a case may be sent back to or opened again at."},
}  # fmt: skip
