"""`banli archive`: everything of one estate in one file that can be read without Banli."""
