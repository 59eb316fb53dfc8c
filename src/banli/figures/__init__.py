"""A manager's figures: reckoned by the database from cases, tasks, journal and ledger; this room writes nothing."""
