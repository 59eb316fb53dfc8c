"""Work that comes back by the calendar: its rounds, what was found on them, and what was not done."""
