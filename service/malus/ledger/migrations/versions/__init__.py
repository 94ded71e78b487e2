"""One module for each revision of the tables, oldest first; a released one is never edited."""
