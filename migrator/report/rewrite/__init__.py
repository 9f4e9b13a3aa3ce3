"""What ``migrate rewrite`` did, for people and for other tools: HTML, Markdown, text, JSON, SARIF."""
