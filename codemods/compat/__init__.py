"""What 1.10 had and the target has not, offered on top of the target's own providers: ``rewrite --compat``."""

from codemods.compat.adapters import PACKAGE, Adapter, adapters, origins
from codemods.compat.package import MARK, Place, package, places

__all__ = ["MARK", "PACKAGE", "Adapter", "Place", "adapters", "origins", "package", "places"]
