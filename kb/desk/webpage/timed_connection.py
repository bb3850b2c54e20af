"""An HTTP connection to one checked address that ends at a deadline, whatever the host sends.

A timeout of a socket begins again with each byte, so a host that sends one now and then is never
given up. Here each wait, whether for a part of the status line, a header, a chunk size, the body or
the handshake of TLS, ends at the same moment. So does a stream of responses ``100 Continue``, which
``http.client`` reads without a limit.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from typing import Any

# Of the connection, with headers and the sizes of chunks: twice what a page may have.
MAX_RECEIVED_BYTES = 4_000_000


class DeadlinePassed(Exception):
    """The time for the request is over."""


class TooMuchReceived(Exception):
    """The host has sent more than ``MAX_RECEIVED_BYTES``."""


class Deadline:
    """The moment at which something must have ended."""

    def __init__(self, seconds: float) -> None:
        self._moment = time.monotonic() + seconds

    def seconds_left(self) -> float:
        """The seconds until then, more than 0. Raises DeadlinePassed."""
        seconds = self._moment - time.monotonic()
        if seconds <= 0:
            raise DeadlinePassed
        return seconds


class TimedConnection(http.client.HTTPConnection):
    """A connection to a given IP address, with TLS for the host name if asked for.

    Everything may raise DeadlinePassed, TooMuchReceived, OSError or HTTPException.
    """

    def __init__(
        self, host: str, port: int, address: str, *, is_tls: bool, deadline: Deadline
    ) -> None:
        super().__init__(host, port)
        self.is_tls, self.address, self.deadline = is_tls, address, deadline
        self._timed_response: _TimedResponse | None = None

    def connect(self) -> None:
        """Open the connection to the address; the host name is used for the certificate only."""
        target = (self.address, self.port)
        self.sock = socket.create_connection(target, self.deadline.seconds_left())
        if self.is_tls:
            # The handshake as a whole ends after the timeout of the socket.
            self.sock.settimeout(self.deadline.seconds_left())
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(self.deadline.seconds_left())

    def timed_response(self) -> http.client.HTTPResponse:
        """Return the response to the request that was sent, with its status and headers read."""
        self._timed_response = _TimedResponse(self.sock, self.deadline)
        self._timed_response.begin()
        return self._timed_response

    def close(self) -> None:
        """Close the connection, and the response that reads from it."""
        super().close()
        if self._timed_response is not None:
            self._timed_response.close()


class _TimedResponse(http.client.HTTPResponse):
    """A response of which each read ends at the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__(sock, method="GET")
        self.fp: Any = io.BufferedReader(_TimedReader(self.fp.detach(), sock, deadline))


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the deadline, and no more than ``MAX_RECEIVED_BYTES``."""

    def __init__(self, raw: Any, sock: socket.socket, deadline: Deadline) -> None:
        self._raw, self._sock, self._deadline = raw, sock, deadline
        self._bytes_left = MAX_RECEIVED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.seconds_left())
        count: int | None = self._raw.readinto(buffer)
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            raise TooMuchReceived
        return count

    def close(self) -> None:
        super().close()
        self._raw.close()
