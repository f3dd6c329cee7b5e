"""Stores to read and write: that of this process's memory, and an S3 server on the loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system of memory://, empty."""
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed (extra `addresses`)")
    found = fsspec.filesystem("memory")
    found.store.clear()
    found.pseudo_dirs[:] = [""]
    yield found
    found.store.clear()


@dataclass(frozen=True)
class S3:
    """A server on the loopback with a bucket `sets`; client: of boto."""

    host: str
    port: int
    client: Any

    def keys(self) -> dict[str, int]:
        """What lies in the bucket, and of how many bytes."""
        found = self.client.list_objects_v2(Bucket="sets").get("Contents", [])
        return {one["Key"]: one["Size"] for one in found}

    def unfinished(self) -> list[str]:
        """Keys of uploads that were begun, and neither completed nor aborted."""
        return [one["Key"] for one in self._uploads()]

    def clear(self) -> None:
        """Leave nothing in the bucket."""
        for key in self.keys():
            self.client.delete_object(Bucket="sets", Key=key)
        for one in self._uploads():
            named = {"Key": one["Key"], "UploadId": one["UploadId"]}
            self.client.abort_multipart_upload(Bucket="sets", **named)

    def _uploads(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.client.list_multipart_uploads(Bucket="sets").get(
            "Uploads", []
        )
        return found

    def put(self, key: str, content: bytes) -> None:
        """Put an object there."""
        self.client.put_object(Bucket="sets", Key=key, Body=content)

    def get(self, key: str) -> bytes:
        """What is in an object."""
        content: bytes = self.client.get_object(Bucket="sets", Key=key)["Body"].read()
        return content


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    why = "no S3 server is installed (moto)"
    server = pytest.importorskip("moto.server", reason=why)
    pytest.importorskip("s3fs", reason="s3fs is not installed (extra `addresses`)")
    import boto3

    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        client = boto3.client("s3", endpoint_url=f"http://{host}:{port}")
        client.create_bucket(Bucket="sets")
        yield S3(host, port, client)
    running.stop()


@pytest.fixture
def s3(s3_server: S3) -> Iterator[S3]:
    """The server, its bucket empty."""
    import s3fs

    s3_server.clear()
    s3fs.S3FileSystem.clear_instance_cache()
    yield s3_server
    s3fs.S3FileSystem.clear_instance_cache()
