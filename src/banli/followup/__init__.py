"""Campaigns: many residents are called on one occasion, drawn, shared out and counted (P18)."""
