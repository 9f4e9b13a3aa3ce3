"""Read and rewrite Jinja templates: the variables of 1.10 in them become those of the target."""

from codemods.templates.reading import Site, Template, read
from codemods.templates.text import Rewritten, rewrite_template

__all__ = ["Rewritten", "Site", "Template", "read", "rewrite_template"]
