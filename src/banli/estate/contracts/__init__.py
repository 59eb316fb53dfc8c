"""Contracts of a home (P14): whose, of which kind, from when to when, and their scanned pages."""
