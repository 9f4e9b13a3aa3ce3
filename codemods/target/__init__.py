"""Check finished code against the profile of a target: the gate after every rewrite."""

from codemods.target.check import Trouble, check

__all__ = ["Trouble", "check"]
