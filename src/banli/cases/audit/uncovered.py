"""What the audit does not compare with the journal, each with its reason. A test holds this list to be complete."""

#: Tables of which nothing is compared.
TABLES = {
    "estate_estate": "set up from the command line; what it has set itself is compared with the versions of that",
    "estate_building": "set up from the command line, as the estate is",
    "estate_unit": "set up from the command line; where a journal names a home, it is compared by its number",
    "cases_consentlink": "a link opens nothing by itself: who agreed through it, what was sent and taken back or "
    "stopped working stands in the case's entries",
    "estate_formerparticulars": "what a correction replaced, sealed: the journal keeps who corrected what, not what",
    "estate_expiry": "reckoned anew every night from what there is; what was let go, and what went, the journal says",
    "estate_intake": "the workbook itself; that it was taken in, or undone, the estate's journal says",
    "estate_intakechange": "what an import changed, to undo it by; who moved in by it, the homes' journals say",
    "estate_paymentstanding": "what the accounts elsewhere say, taken in as they say it",
    "messages_delivery": "what became of telling somebody a notice beside the screen; the notice itself is compared",
    "messages_reach": "how one of the staff wishes to be told; what lies on the screen follows from the journal",
    "routines_plan": "up to when the worker has looked; the rounds it made are in the journal, one by one",
    "estate_takeout": "an archive on its way out: who asked, that it was made, fetched or went, the journal says",
    "estate_takeoutpart": "pieces of an archive until it is fetched; the journal has its SHA-256",
    "estate_vehicle": "the journal keeps who entered it; its plate only where a case gave a place: that is compared",
    "estate_pet": "declared by consent: the journal keeps that, never what; taken back, nothing of it may stay",
    "estate_person": "the journal keeps who corrected what, never what it said; private fields have their own seals",
}

#: Columns of compared tables; ``*`` stands for every table.
COLUMNS = {
    "*.id": "a number that nothing but references use; where rows are referred to, exchanging it is found",
    "estate_authorityuse.once": "the letter's own, which is compared; the database holds the two together",
    "cases_contact.kind": "what else it might say, the table itself refuses beside the other columns",
    "cases_procedureversion.current": "set anew from the packs folder at every start; no case in hand depends on it",
    "cases_procedureversion.loaded_at": "when the folder was read; versions are kept before any estate has a journal",
    "routines_round.state": "what else it might say, the table itself refuses beside the other columns",
    "routines_routineversion.current": "set anew from the packs folder at every start; a round keeps to its own",
    "routines_routineversion.loaded_at": "when the folder was read; versions are kept before any estate has a journal",
    "routines_routineversion.problem": "why the worker lets it stand aside; tried anew at every start",
    "journal_dayseal.sealed_at": "when the worker came to it; the signature covers what was sealed, not when",
    "estate_settingversion.secret": "a secret has its own seal, and stands in no journal",
    "estate_settingversion.vault_salt": "without it the secret does not open",
    "papers_sealpicture.vault_salt": "without it the picture does not open, which is found",
    "registers_monthclosing.kind": "what else it might say, the table itself refuses beside the other columns",
    "registers_registerrow.late": "the database sets it from the closing of months, and lets nobody change it",
    "messages_notice.read_at": "whoever reads a notice does nothing that the journal keeps",
    "messages_notice.read_by_id": "whoever reads a notice does nothing that the journal keeps",
    "messages_notice.spread_at": "when the worker looked who hears of it beside the screen",
    "messages_mail.attempts": "how often it was tried in vain; that it went, or was given up, the journal says",
    "messages_mail.tried_at": "when it was tried last",
    "messages_mail.next_at": "when it is tried next",
    "messages_mail.problem": "why it waits; that it went, or was given up, the journal says",
    "messages_mail.said": "what the server said to a try in vain",
    "people_staff.username": "may be changed; nothing refers to it",
    "people_staff.name": "may be corrected; entries, papers and books keep the name as it was",
    "people_staff.language": "a preference",
    "people_staff.phone": "may be corrected",
    "people_staff.password": "a sign-in writes it anew when its cost is raised; a reset is journalled, no hash is",
    "people_staff.last_login": "the sign-in itself is journalled",
}

#: Tables to which a row may be added unseen.
ADDED = {"people_staff": "somebody without a post may do nothing; a post that no journal gave is found"}


def why_not(table: str, column: str) -> str | None:
    """Why a column is not compared; None for one that is."""
    return TABLES.get(table) or COLUMNS.get(f"{table}.{column}") or COLUMNS.get(f"*.{column}")
