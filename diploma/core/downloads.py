"""Files of people on their way out: downloaded, never shown by the browser as a page of this site."""

from pathlib import Path
from typing import BinaryIO

from flask import Response, send_file

from diploma.core import filetypes


def attachment(source: Path | BinaryIO, name: str) -> Response:
    """The bytes under ``name``, whose ending says the type; anything unknown is bytes without one."""
    mime = filetypes.MIME.get(filetypes.ending(name), "application/octet-stream")
    response = send_file(source, mimetype=mime, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
