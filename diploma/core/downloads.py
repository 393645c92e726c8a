"""Files of people on their way out: downloaded, never shown by the browser as a page of this site."""

from pathlib import Path
from typing import BinaryIO

from flask import Response, send_file

_MIME = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def attachment(source: Path | BinaryIO, name: str, kind: str) -> Response:
    """The bytes under ``name``; ``kind`` is that of ``filetypes``, anything else is bytes without a type."""
    mime = _MIME.get(kind, "application/octet-stream")
    response = send_file(source, mimetype=mime, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
