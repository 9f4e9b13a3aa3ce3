"""Downloads: with the login, through the proxy and whole, from a server that answers what it is told to."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.oauth2.credentials import Credentials

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.environments.failures import Peer
from migrator.environments.media import Media
from migrator.environments.retry import Retry
from migrator.errors import UnreachableError
from tests.environments.servers import in_turn, scripted


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


@contextmanager
def answering(*bodies, certificate=None, **headers):
    """A server that gives each body in turn, with these headers; its URL, and the requests that came."""
    asked, left = [], list(bodies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(200)
            for name, value in {"X_Goog_Hash": f"md5={md5(body)}", **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def reader(url):
    made = Media("b", Endpoint(url), 5.0, Peer("bucket gs://b", url, "gcloud storage ls gs://b"))
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("name", ["dags/a b/ü.py", "dags/%41?x#y.py", "dags/a+b.py"])
def test_any_name_is_read_from_the_real_emulator(bucket, name):
    bucket.write(name, b"\x00\xff\r\n")
    assert bucket.read(name) == b"\x00\xff\r\n"
    assert bucket.read(name + "x") is None


def test_the_login_goes_with_each_request(monkeypatch):
    monkeypatch.setattr(Endpoint, "credentials", lambda _: Credentials(token="secret-token"))
    with answering(b"x") as (url, asked), reader(url) as media:
        assert media.read("a/b") == b"x"
    assert asked[0][0] == "/storage/v1/b/b/o/a%2Fb?alt=media"
    assert {name.lower(): value for name, value in asked[0][1].items()}["authorization"] == "Bearer secret-token"


def test_it_goes_through_the_proxy_that_the_environment_names(monkeypatch):
    with answering(b"by proxy") as (url, asked):
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.delenv("no_proxy", raising=False)
        with reader("http://127.0.0.1:9") as media:
            assert media.read("a") == b"by proxy"
        assert asked[0][0] == "http://127.0.0.1:9/storage/v1/b/b/o/a?alt=media"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with reader(url) as media:
            assert media.read("a") == b"by proxy"
        assert asked[1][0].startswith("/storage")


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody trusts, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now, address = datetime.now(UTC), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(1), now + timedelta(1))
    signed = made.add_extension(x509.SubjectAlternativeName([address]), critical=False).sign(key, hashes.SHA256())
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_certificate_counts_when_the_environment_trusts_it_and_not_else(certificate, monkeypatch):
    monkeypatch.setattr(Endpoint, "credentials", lambda _: Credentials(token="secret-token"))
    with answering(b"x", certificate=certificate) as (url, asked):
        with reader(url) as media, pytest.raises(ConnectionError, match="certificate"):
            media.read("a")
        assert asked == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with reader(url) as media:
            assert media.read("a") == b"x"


def test_what_arrives_damaged_is_asked_for_again():
    with answering(b"dama", b"whole", X_Goog_Hash=f"crc32c=AAAA==,md5={md5(b'whole')}") as (url, asked):
        bucket = GcsBucket("b", "p", Endpoint(url), retry=Retry(sleep=lambda _: None))
        assert bucket.read("a") == b"whole"
        assert len(asked) == 2
        bucket.close()


def test_what_is_always_damaged_is_an_error():
    with answering(b"dama", X_Goog_Hash=f"md5={md5(b'whole')}") as (url, _):
        bucket = GcsBucket("b", "p", Endpoint(url), retry=Retry(sleep=lambda _: None))
        with pytest.raises(UnreachableError, match="does not answer") as caught:
            bucket.read("a")
        assert "damaged" in caught.value.why
        bucket.close()


def test_the_digest_of_compressed_bytes_says_nothing():
    import gzip

    packed = gzip.compress(b"text")
    with answering(packed, Content_Encoding="gzip", X_Goog_Hash=f"md5={md5(packed)}") as (url, _), reader(url) as media:
        assert media.read("a") == b"text"


@pytest.mark.parametrize(("status", "what"), [(403, "not allowed"), (401, "not logged in"), (500, "does not answer")])
def test_a_refusal_is_told_apart(status, what):
    with scripted(in_turn((status, {"error": {"message": "no"}}))) as server:
        bucket = GcsBucket("b", "p", Endpoint(server.url), retry=Retry(sleep=lambda _: None))
        with pytest.raises(UnreachableError, match=what):
            bucket.read("a")
        assert len(server.asked) == (4 if status == 500 else 1)
        bucket.close()
