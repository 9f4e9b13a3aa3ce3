"""A real bucket server, and a new bucket of it for each test."""

from tests.environments.fixtures import bucket, gcs  # noqa: F401
