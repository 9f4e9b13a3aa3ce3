"""What a person reads afterwards: Markdown and JSON."""
