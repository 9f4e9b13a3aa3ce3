"""What one Composer image has installed: which names resolve there, and which arguments each class takes."""

from codemods.profiles.profile import Profile, Signature
from codemods.profiles.shipped import DEFAULT, load, names, nearest

__all__ = ["DEFAULT", "Profile", "Signature", "load", "names", "nearest"]
