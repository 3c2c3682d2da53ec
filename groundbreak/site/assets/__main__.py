"""`python -m groundbreak.site.assets`: fill static/vendor/, or say what pages go without."""

from __future__ import annotations

import sys

from groundbreak.site.assets.install import VENDOR, NotInstalled, install

WITHOUT = "pages work without them, with no map, no htmx and the system's own fonts"


def main() -> int:
    """Always 0: nothing that is needed to run is taken here."""
    print("assets: taking the map, htmx and fonts by npm and its lock file", flush=True)
    try:
        manifest = install()
    except NotInstalled as missing:
        print(f"assets: missing ({missing}); {WITHOUT}", file=sys.stderr)
        return 0
    size = sum(entry["bytes"] for entry in manifest["files"]) / 1e6
    print(f"assets: {len(manifest['files'])} files, {size:.1f} MB, in {VENDOR}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
