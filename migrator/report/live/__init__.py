"""A wave as it moves: one page on this machine that follows the journal."""
