"""Read and rewrite Jinja templates: the variables of 1.10 in them become those of the target."""

from codemods.templates.files import ENDINGS, rendered
from codemods.templates.reading import Site, Template, read
from codemods.templates.text import Rewritten, left, rewrite_template

__all__ = ["ENDINGS", "Rewritten", "Site", "Template", "left", "read", "rendered", "rewrite_template"]
