"""``S3PrefixSensor`` of Airflow 1.10, by the target's ``S3Hook``."""

from __future__ import annotations

from typing import Any

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.sensors.base import BaseSensorOperator


class S3PrefixSensor(BaseSensorOperator):
    """Wait for a prefix, a folder for the delimiter, to be in a bucket."""

    template_fields = ("prefix", "bucket_name")

    def __init__(
        self,
        bucket_name: str,
        prefix: str,
        delimiter: str = "/",
        aws_conn_id: str = "aws_default",
        verify: bool | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bucket_name = bucket_name
        self.prefix = prefix
        self.delimiter = delimiter
        self.full_url = f"s3://{bucket_name}/{prefix}"
        self.aws_conn_id = aws_conn_id
        self.verify = verify

    def poke(self, context: dict[str, Any]) -> bool:  # noqa: ARG002 - as Airflow calls it
        """Whether the prefix is there."""
        self.log.info("Poking for prefix : %s in bucket s3://%s", self.prefix, self.bucket_name)
        found: bool = S3Hook(aws_conn_id=self.aws_conn_id, verify=self.verify).check_for_prefix(
            prefix=self.prefix, delimiter=self.delimiter, bucket_name=self.bucket_name
        )
        return found
