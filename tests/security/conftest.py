"""The browser's fixtures, for the attacks that only a browser can show."""

from tests.browser.conftest import chromium, sit_down, site

__all__ = ["chromium", "sit_down", "site"]
