"""A lesson's video, piece by piece."""

from pathlib import Path

import werkzeug.utils
from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug import Response

from diploma.accounts import guard
from diploma.core import uploads
from diploma.learning import access

bp = Blueprint("videos", __name__)
PIECE = 1 << 20  # bytes of one answer to a player, who then asks for the next
_MIME = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt"}


@bp.get("/modules/<module>/lessons/<lesson>/video/<file>")
@guard.signed_in
def video(module: str, lesson: str, file: str) -> ResponseReturnValue:
    """The video or its captions in one language, to whoever may open the lesson."""
    who, _module, page = access.lesson(current_user, module, lesson)
    found = who.content.video(module, page)
    digest = (found and found.files.get(file)) or abort(404)
    answer = part(uploads.store().path(digest), file, digest)
    answer.headers["Cache-Control"] = "private, max-age=86400"  # the address in the page changes with the bytes
    return answer


def part(path: Path, name: str, digest: str) -> Response:
    """What the request asks for of a file; of a range no more than a piece.

    A player keeps its line open for as long as the film lasts. An answer that is whole in memory does not keep a thread
    of ours waiting for it.
    """
    environ, asked = dict(request.environ), request.range
    if asked and (span := asked.range_for_length(path.stat().st_size)):
        environ["HTTP_RANGE"] = f"bytes={span[0]}-{min(span[1], span[0] + PIECE) - 1}"
    mime = _MIME[Path(name).suffix]
    answer = werkzeug.utils.send_file(path, environ, mime, download_name=name, etag=digest, response_class=Response)
    if answer.status_code == 206:
        with answer:
            answer.direct_passthrough = False
            answer.get_data()
    return answer
