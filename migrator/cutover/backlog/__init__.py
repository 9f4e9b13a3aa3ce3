"""What a source that no longer runs left undone: the intervals that came due since, and what is to become of each."""
