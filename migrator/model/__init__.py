"""Frozen values that every part speaks; no input or output."""
