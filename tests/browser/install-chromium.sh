#!/bin/sh
# Browser tests drive Debian's Chromium: install it where that is allowed, else say what to do.
set -eu

command -v chromium >/dev/null 2>&1 && exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium for the browser tests..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-dejavu-core >/dev/null
    exit 0
fi

echo "The browser tests need Chromium; install it with: sudo apt-get install chromium fonts-dejavu-core" >&2
exit 1
