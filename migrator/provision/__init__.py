"""Write what the target is made of and kept in order with: files that a person reviews and owns in git."""
