"""A plan as a page, as Markdown, as a drawing."""
