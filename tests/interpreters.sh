#!/bin/sh
# Prints "3.12 /path/to/python3.12" for each Python of version 3.11 or later that can make a
# virtual environment, newest first, one per minor version. Each candidate is run rather than
# trusted: a version manager leaves names on PATH that only answer with an error.
#   interpreters.sh        those on PATH
#   interpreters.sh all    those of pyenv as well
set -eu
candidates="python3.15 python3.14 python3.13 python3.12 python3.11 python3"
if [ "${1:-}" = all ]; then
    for path in "${HOME:-/nowhere}"/.pyenv/versions/3.*/bin/python3 /opt/python/*/bin/python3; do
        if [ -x "$path" ]; then candidates="$candidates $path"; fi
    done
fi
for candidate in $candidates; do
    "$candidate" -c '
import sys
if sys.version_info < (3, 11):
    sys.exit(1)
import ensurepip, venv
print("%d.%d %s" % (sys.version_info[0], sys.version_info[1], sys.executable))
' 2>/dev/null || true
done | sort -t. -k2,2nr -s | awk '!seen[$1]++'
