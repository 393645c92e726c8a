"""Addresses of our own stylesheet, fonts and scripts; a hash of the content lets browsers keep them for a year."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["kept"] = cache  # a macro that draws the same for the same arguments
    app.after_request(_whole)


def asset(name: str) -> str:
    """URL of a file under ``static/`` (``build/app.css``). A file that is not built has no hash; the page works."""
    return url_for("static", filename=name, v=_digest(current_app.static_folder or "", name))


@lru_cache(maxsize=64)
def _digest(folder: str, name: str) -> str | None:
    path = Path(folder) / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else None


def _whole(response: Response) -> Response:
    """Read a text into memory, so that it goes out compressed; fonts and pictures are streamed as they are."""
    if request.endpoint == "static" and (response.mimetype or "").startswith("text/"):
        response.direct_passthrough = False
        response.get_data()
    return response
