"""Asking other systems: time-outs, a few retries, one error for every way it can fail, and each question once."""

from __future__ import annotations

import json
from typing import Any

import urllib3

from grantengine.hooks.context import HttpReader, SourceDown

CONNECT_SECONDS, READ_SECONDS, RETRIES = 2.0, 4.0, 2
MOST_BYTES = 5_000_000


class HttpClient:
    """A :class:`grantengine.hooks.context.HttpReader` over real connections, shared by threads."""

    def __init__(self, *, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS, retries: int = RETRIES) -> None:
        again = urllib3.Retry(
            total=retries, backoff_factor=0.2, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False,
            respect_retry_after_header=False, redirect=3,
        )  # fmt: skip
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connect, read=read), retries=again, headers={"Accept": "application/json"}
        )

    def get_json(self, url: str) -> tuple[int, Any]:
        """The status and the JSON of the answer; None where there is no content.

        :raises SourceDown: no answer in time, an answer of 429 or from 500 on, no JSON, or too much of it.
        """
        try:
            answer = self._pool.request("GET", url, preload_content=False)
            content = answer.read(MOST_BYTES + 1)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise SourceDown(f"{_host(url)}: {type(error).__name__}") from error
        if answer.status >= 500 or answer.status == 429:
            raise SourceDown(f"{_host(url)}: {answer.status}")
        if len(content) > MOST_BYTES:
            raise SourceDown(f"{_host(url)}: more than {MOST_BYTES} bytes")
        if not content.strip():
            return answer.status, None
        try:
            return answer.status, json.loads(content)
        except ValueError as error:
            raise SourceDown(f"{_host(url)}: no JSON") from error


class OnceOnly:
    """Asks each address once, and a host that is down no more: several sources may want the same, for many calls."""

    def __init__(self, http: HttpReader) -> None:
        self._http = http
        self._answers: dict[str, tuple[int, Any]] = {}
        self._down: dict[str, str] = {}

    def get_json(self, url: str) -> tuple[int, Any]:
        """As of what it asks through.

        :raises SourceDown: as above, or an earlier answer of the host was that.
        """
        host = _host(url)
        if host in self._down:
            raise SourceDown(self._down[host])
        if url not in self._answers:
            try:
                self._answers[url] = self._http.get_json(url)
            except SourceDown as error:
                self._down[host] = str(error)
                raise
        return self._answers[url]


def _host(url: str) -> str:
    return urllib3.util.parse_url(url).netloc or url
