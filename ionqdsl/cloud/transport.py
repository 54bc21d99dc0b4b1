"""Speaks HTTP: the only file that imports requests and uses the key.

Takes a `Request` and returns an `Answer`, or how it was `Lost`; no status is an exception here. Every call sends at
most once, except a GET: it follows redirects to the same origin, and replaces a kept connection that broke. No proxy is
used for this computer itself. Interim answers (1xx) are skipped until the final answer arrives. Threads and forked
children may share a transport.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import os
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from ionqdsl import __version__
from ionqdsl.cloud.key import Secret, scrub
from ionqdsl.cloud.submit import Answer, Lost, Reply, Request
from ionqdsl.diagnostics import Diagnostic, Refused, UsageError

DEFAULT_URL = "https://api.ionq.co/v0.4"
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 10.0, 60.0, 300.0
"""Longest waits: for a connection, for the next piece of an answer, for the whole answer."""
MAX_ANSWER = 200_000_000
MAX_REDIRECTS = 3
MOST_INTERIM = 100
"""Interim answers before the final one; a service that sends more never ends."""
BROKE = "the connection broke"


class _Timed(io.RawIOBase):
    """The bytes of an answer. However slowly they drip, nobody waits longer for the last one than WHOLE_SECONDS."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw, self._end = raw, time.monotonic() + WHOLE_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._end:
            raise TimeoutError("timed out")
        return self._raw.readinto(buffer)  # waits for READ_SECONDS at most

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Final(http.client.HTTPResponse):
    """The final answer. Python's own class skips 100 only and takes a 103 for the answer, although another one follows
    (RFC 9110, 15.2); 101 ends HTTP on the connection and is passed on.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.fp = io.BufferedReader(_Timed(self.fp.detach()))

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM):
            status: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= status[1] < 200 or status[1] == 101:
                return status
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("the interim answers do not end")


class _Http(HTTPConnection):
    response_class = _Final


class _Https(HTTPSConnection):
    response_class = _Final


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Adapter(HTTPAdapter):
    """Connections that skip interim answers, and that send nothing twice."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **settings: Any) -> None:
        super().init_poolmanager(*arguments, **settings)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, *arguments: Any, **settings: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **settings)
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager


class _KeyHeader(requests.auth.AuthBase):
    """Adds the key. Passed as `auth`, so that requests does not look for a password in ~/.netrc instead."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"apiKey {self._key.reveal()}"
        return request


class Transport:
    """Sends requests to one address with one key."""

    def __init__(self, key: Secret | Callable[[], Secret], url: str | None = None) -> None:
        """A key given as a function is looked for only when it is needed."""
        self.url = checked_url(url or os.environ.get("IONQ_API_URL") or DEFAULT_URL)
        self._find_key = key if callable(key) else lambda: key
        self._kept: tuple[int, requests.Session] | None = None
        self._has_answered = False

    @cached_property
    def _key(self) -> Secret:
        return self._find_key()

    @property
    def _session(self) -> requests.Session:
        """Connections of this process: a forked child that used its parent's would read its parent's answers."""
        if self._kept is None or self._kept[0] != os.getpid():
            self._kept = os.getpid(), self._new_session()
        return self._kept[1]

    def account(self, salt: str) -> str:
        """A mark that identifies a key; 32 bits of a salted hash reveal nothing else about it."""
        return sha256(f"{salt}:{self._key.reveal()}".encode()).hexdigest()[:8]

    def check(self, body: bytes) -> None:
        """Raises Refused for a body that contains the key, which must neither be sent nor written down."""
        if self._key.is_in(body):
            raise Refused([Diagnostic("QC0854")])

    def send(self, request: Request) -> Reply:
        """Sends one request and returns one reply. A POST gets a new connection: an old one may turn out dead half-way.

        Raises Refused for a body that holds the key.
        """
        if request.body is not None:
            self.check(request.body)
        if request.method == "POST":
            with self._new_session() as session:
                return self._exchange(session, request, self.url + request.path)
        url = self.url + request.path
        if request.method != "GET":
            return self._exchange(self._session, request, url)
        for _ in range(MAX_REDIRECTS):
            reply = self._fetch(request, url)
            if not (isinstance(reply, Answer) and reply.status in (301, 302, 303, 307, 308)):
                return reply
            goal = _within(url, reply.headers.get("location", ""))
            if goal is None:
                return reply
            url = goal
        return reply

    def close(self) -> None:
        """Closes open connections; the next request opens new ones."""
        if self._kept is not None:
            self._session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _KeyHeader(self._key)
        session.headers["User-Agent"] = f"ionqdsl/{__version__}"
        session.headers["Accept"] = "application/json"
        session.mount("https://", _Adapter())
        session.mount("http://", _Adapter())
        if is_loopback(urlsplit(self.url).hostname or ""):
            session.trust_env = False  # a proxy named in the environment would see the key in plain text
        return session

    def _fetch(self, request: Request, url: str) -> Reply:
        """The reply to a GET. A service may close a kept connection at the moment it is used again; then a new one asks
        once more (RFC 9112, 9.5).
        """
        may_be_kept = self._has_answered
        reply = self._exchange(self._session, request, url)
        if may_be_kept and isinstance(reply, Lost) and reply.reason == BROKE and reply.status is None:
            with self._new_session() as session:
                reply = self._exchange(session, request, url)
        self._has_answered = isinstance(reply, Answer)
        return reply

    def _exchange(self, session: requests.Session, request: Request, url: str) -> Reply:
        host = urlsplit(url).hostname or "the service"
        status = None
        try:
            with session.request(
                request.method,
                url,
                data=request.body,
                headers={"Content-Type": "application/json"} if request.body is not None else {},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                body = bytearray()
                for piece in response.iter_content(1 << 16):
                    body += piece
                    if len(body) > MAX_ANSWER:
                        return Lost("the answer did not end", True, host, status)
                return Answer(status, self._without_key(response.headers), self._clean(bytes(body)), time.time())
        except requests.RequestException as error:
            return Lost(*_reason(error), host, status)
        except (HTTPError, http.client.HTTPException, OSError, ValueError):  # an answer that is not HTTP
            return Lost("the answer cannot be understood", True, host, status)

    def _without_key(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name.lower(): scrub(value) for name, value in headers.items()}

    def _clean(self, body: bytes) -> bytes:
        """Removes the key from an answer that quotes it."""
        return body.replace(self._key.reveal().encode(), b"[key]") if self._key.is_in(body) else body


def checked_url(text: str) -> str:
    """The address without a final slash. Raises UsageError unless it is https, or http to this computer."""
    shown = scrub(text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _bad_url(shown, "is not a web address") from None
    if parts.username is not None or parts.password is not None:
        raise _bad_url(f"{parts.scheme}://...@{host}", "holds a user name or password")
    if parts.scheme not in ("http", "https") or not host:
        raise _bad_url(shown, "is not a web address")
    if parts.query or parts.fragment:
        raise _bad_url(shown, "has something after the path")
    if parts.scheme == "http" and not is_loopback(host):
        raise _bad_url(shown, "is not encrypted: http is for this computer only, use https")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _bad_url(url: str, reason: str) -> UsageError:
    return UsageError([Diagnostic("QC0826", facts={"url": url, "reason": reason})])


def _within(url: str, location: str) -> str | None:
    """The address that a redirect leads to, or None if it has another origin or is no address."""
    try:
        goal = urljoin(url, location)
        return goal if _origin(urlsplit(goal)) == _origin(urlsplit(url)) else None
    except ValueError:
        return None


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _root(error: BaseException) -> BaseException:
    """The first exception in the chain that led to this one."""
    for reason in (*error.args, getattr(error, "reason", None)):
        if isinstance(reason, BaseException):
            return _root(reason)
    return error


def _is_stopped(error: object) -> bool:
    """Whether a request certainly ended at the proxy. urllib3 blames it too for a connection that breaks after it."""
    first = getattr(error, "original_error", error)
    return isinstance(first, NewConnectionError | ConnectTimeoutError) or "Tunnel connection failed" in str(first)


def _reason(error: requests.RequestException) -> tuple[str, bool]:
    """Why no answer arrived, in words without addresses or headers, and whether the request may have arrived."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(error, requests.exceptions.InvalidSchema):  # of the proxy: nothing was sent
        return "its proxy is a SOCKS proxy, for which `pip install pysocks` is missing", False
    if isinstance(error, requests.exceptions.ProxyError):
        return ("the proxy does not let it through", False) if _is_stopped(cause) else (BROKE, True)
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time", False
    if isinstance(cause, NewConnectionError):
        is_name = "resolve" in str(cause).lower() or "getaddrinfo" in str(cause).lower()
        return ("the name is not known" if is_name else "no connection"), False
    if isinstance(error, requests.exceptions.SSLError):
        is_certificate = isinstance(_root(error), ssl.SSLCertVerificationError)  # judged before anything is sent
        return (
            "its certificate is not valid" if is_certificate else "the encrypted connection broke"
        ), not is_certificate
    if isinstance(error, requests.Timeout) or "timed out" in str(cause).lower():
        return "no answer in time", True
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "the answer broke off", True
    if isinstance(error, requests.exceptions.InvalidHeader | requests.exceptions.InvalidURL):
        is_ours = error.request is None  # otherwise it is the answer whose headers contradict each other
        return ("the request could not be made" if is_ours else "the answer cannot be understood"), not is_ours
    return BROKE, True
