"""Parse once, let every rule report edits in one visit, apply them once, check the result."""
