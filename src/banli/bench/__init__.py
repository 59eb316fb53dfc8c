"""The bench: how fast the house is, and how near the work at the counter comes to what the database can do at all."""
