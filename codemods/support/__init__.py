"""What several rules share: moving names, calls and their arguments."""
