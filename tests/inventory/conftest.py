"""The servers of these tests."""

from tests.environments.fixtures import bucket, composer, gcs  # noqa: F401
