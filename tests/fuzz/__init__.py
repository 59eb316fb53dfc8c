"""Hostile input by the thousand, from a seed: nothing breaks, nothing leaks, nothing runs.

BANLI_FUZZ=N sends N forms instead of the few hundred of bin/test, BANLI_FUZZ_SEED=S other ones.
"""
