"""Facts about a whole folder, from the facts of its files and from their paths. Pure: what is read is handed in."""
