"""Serve sensors whose two ends are in different environments: finished runs are mirrored into the paused twin."""
