"""Pictures of every page at two widths, light and dark: `python -m tests.site.screenshots FOLDER`.

Made to be looked at. The server runs on a fresh embedded register; the folder is made anew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.site.conftest import CHROMIUM, OPTIONS, WIDTHS, served
from tests.site.pages import PAGES


def main() -> None:
    """Write NAME-WIDTH-SCHEME.png for every page, or for those named after the folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    wanted = sys.argv[2:] or list(PAGES)
    if CHROMIUM is None:
        raise SystemExit("no Chromium: apt install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    from groundbreak.register.connection import connect

    with tempfile.TemporaryDirectory() as scratch:
        register = Path(scratch) / "register.sqlite3"
        connect(register)
        from groundbreak.register.starting import load

        load()
        with served(register) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            for width, (across, down) in WIDTHS.items():
                for scheme in ("light", "dark"):
                    page = browser.new_page(viewport={"width": across, "height": down},
                                            color_scheme=scheme)
                    for name in wanted:
                        page.goto(address + PAGES[name], wait_until="networkidle")
                        target = folder / f"{name}-{width}-{scheme}.png"
                        page.screenshot(path=target, full_page=True)
                        print(target)
                    page.close()
            browser.close()


if __name__ == "__main__":
    main()
