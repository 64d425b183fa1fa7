#!/bin/sh
# PDF needs Pango, which lays out the text of all scripts: install it where that is allowed, else say how.
# Without it everything but PDF works.
set -eu

libraries="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

has_pango() {
    .venv/bin/python -c 'import sys; from content.printing.press import is_available as a; sys.exit(not a())'
}

has_pango && exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Pango, for PDF..."
    # shellcheck disable=SC2086
    if apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $libraries >/dev/null \
        && has_pango; then
        exit 0
    fi
fi

echo "PDF needs Pango, which this machine lacks; all else works. Install it and start again:" >&2
echo "  Debian, Ubuntu: sudo apt-get install $libraries" >&2
echo "  Fedora: sudo dnf install pango    Alpine: sudo apk add pango harfbuzz-subset    macOS: brew install pango" >&2
