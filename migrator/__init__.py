"""Carry a company from Cloud Composer v1 to v2, each scheduled interval exactly once."""
