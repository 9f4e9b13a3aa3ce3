"""What ``migrate assess`` found, for people and for other tools: text, JSON, Markdown, HTML, SARIF."""
