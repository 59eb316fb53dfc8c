"""The house seen in operation: what was done, how long it took, how it ended; never what was said in it."""
