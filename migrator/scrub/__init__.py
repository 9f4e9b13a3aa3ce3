"""Find what is secret in free text and in the names of settings. Knows nothing of the rest of the program."""
