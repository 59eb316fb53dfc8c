"""One router for each thing the API tells of."""
