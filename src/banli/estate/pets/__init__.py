"""Pets of a home, where somebody declares them of their own will (P14); gone when they take that back."""
