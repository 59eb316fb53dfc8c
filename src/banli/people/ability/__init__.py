"""What each of the staff can do of the work that is shared out or given to somebody by name; dated (P8, P18)."""
