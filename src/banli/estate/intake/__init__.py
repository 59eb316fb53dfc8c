"""Excel in: a workbook is read, tried without changing anything, taken in, and undone while nothing changed since."""
