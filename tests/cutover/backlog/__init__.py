"""The backlog of a source that no longer runs."""
