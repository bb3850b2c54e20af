"""How gunicorn serves the program in a container; ``WEB_CONCURRENCY`` is the number of workers."""

import os

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# One slow request works and three wait, three files are sent; the rest is for other pages.
threads = 12
worker_class = "kb.worker.Worker"
# Requests that work or wait, and idle connections of the proxy. More wait in the system's queue.
worker_connections = 200
backlog = 256
# Workers prove that they live by touching a file; on a disk that blocks they would be restarted.
worker_tmp_dir = "/dev/shm"  # noqa: S108 (memory of the container, shared with nobody)
graceful_timeout = 30
# Nobody commands the server from outside, and its socket would need a folder to write to.
control_socket_disable = True
# The longest request line that gunicorn can take, so that the program's own 414 page answers first.
limit_request_line = 8190
