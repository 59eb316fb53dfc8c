"""A year of the demo estate: seeded, driven through the office's own actions, so that all its books are true.

Every case is a `story.Story`: what it is about, who decides how, how long each step takes. The `town.Town` keeps every
case's next step and every clock in one queue and does what comes first, so that the journal is written in the order of
time. The year ends at a given moment; what is not done by then waits in somebody's inbox.
"""
