"""Exit with 0 when the program in this container answers ``/healthz``.

The request names the host of ``KB_SITE_URL``, since other names may be refused
(``KB_ALLOWED_HOSTS``).
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    """Ask once; return the exit code."""
    host = urlsplit(os.environ.get("KB_SITE_URL", "")).netloc or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        status = connection.getresponse().status
    except OSError as problem:
        print(f"No answer from port 8000: {problem}", file=sys.stderr)
        return 1
    if status != 200:
        print(f"/healthz answered {status}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
