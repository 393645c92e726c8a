"""Public verification: one code or file, and many codes at once. No account, and nothing is kept."""

from io import BytesIO
from typing import Any

from flask import Response, after_this_request, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.formparser import FormDataParser

from diploma.accounts import guard
from diploma.certificates import checks, printed, rules, verification
from diploma.certificates.blueprint import bp
from diploma.certificates.checks import Asked
from diploma.certificates.verification import Answer
from diploma.cohorts.roster.messages import refusal_message
from diploma.cohorts.roster.sheet import SheetRefused
from diploma.core import clock, i18n, mail, ratelimit, web
from diploma.core.downloads import attachment
from diploma.core.errors import Refused

# Looks at certificates, per address, one for each code wherever it is asked for: enough for an office that checks a
# whole cohort, useless for guessing. A code that names no certificate costs as much as several that do.
VERIFY_BURST, VERIFY_PER_MINUTE = 120, 30
MISS_COSTS = 3
REST_OF_FORM = 100_000  # bytes
BODIES = {"certificates.verify": verification.LARGEST_FILE, "certificates.batch": checks.LARGEST_LIST}
TICKET_LASTS = 900  # seconds in which the answers on the screen can be downloaded


class _InMemory(FormDataParser):
    """Keeps an uploaded file in memory: what a visitor compares never reaches the disk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"stream_factory": lambda **_: BytesIO()})


@bp.url_value_preprocessor
def _bound_verification(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the body: the public uploads are small."""
    if endpoint in BODIES:
        request.max_content_length = BODIES[endpoint] + REST_OF_FORM
        request.form_data_parser_class = _InMemory


# ---- one


@bp.route("/verify", methods=["GET", "POST"])
@guard.public
@web.limited("verify", burst=VERIFY_BURST, per_minute=VERIFY_PER_MINUTE)
def verify() -> ResponseReturnValue:
    """Ask about a code or a PDF; both are answered on this page."""
    sent = request.files.get("file")
    if sent and sent.filename:
        return _tell(verification.of_file(sent.stream.read()))
    code = request.values.get("code", "").strip()
    if code:
        return (request.method == "GET" and _too_many()) or _tell(_of_code(code))
    return _page(None, 422 if request.method == "POST" else 200)


@bp.get("/verify/<token>")
@guard.public
def show(token: str) -> ResponseReturnValue:
    """Where the QR code leads."""
    return _too_many() or _tell(_of_code(token))


def _of_code(code: str) -> Answer:
    answer = verification.of_code(code)
    _charge_misses([answer])
    return answer


def _too_many() -> Response | None:
    wait = _take(1)
    return web.too_many(wait) if wait else None


def _take(looks: int) -> int:
    """Take so many looks of this visitor, all or none; returns 0, or the seconds to wait."""
    return ratelimit.take(_bucket(), burst=VERIFY_BURST, per_minute=VERIFY_PER_MINUTE, cost=looks)


def _bucket() -> str:
    return f"verify:address:{request.remote_addr}"


def _charge_misses(answers: list[Answer]) -> None:
    """Misses cost more, also beyond what is left; known only now, and written when the unit of work is over."""
    more, key = sum(answer.is_miss for answer in answers) * (MISS_COSTS - 1), _bucket()

    def charge(response: Response) -> Response:
        ratelimit.charge(key, more, burst=VERIFY_BURST, per_minute=VERIFY_PER_MINUTE)
        return response

    if more:
        after_this_request(charge)


def _tell(answer: Answer) -> ResponseReturnValue:
    return _page(answer, answer.status)


def _page(answer: Answer | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "certificates/pages/verify.html",
        answer=answer,
        shown_token=rules.shown_token,
        isolate=mail.isolate,
        now=clock.now(),
        nothing_chosen=status == 422 and answer is None,
        largest=verification.LARGEST_FILE,
        again=printed.page_url("/verify"),
        active="verify",
    )
    return page, status


# ---- many


@bp.route("/verify/batch", methods=["GET", "POST"])
@guard.public
@web.limited("verify-batch", burst=20, per_minute=5)
def batch() -> ResponseReturnValue:
    """Ask about many codes, pasted or in a table; with the ticket of an answer, take that answer home."""
    if request.method == "GET":
        return _batch_page()
    if "ticket" in request.form:
        return _download(request.form["ticket"])
    try:
        asked = _asked()
    except Refused as refused:
        return _batch_page(fault=_(refused.message) % refused.params), 422
    except SheetRefused as refused:
        return _batch_page(fault=refusal_message(refused, _)), 422
    wait = _take(len(asked))
    if wait:
        return _batch_page(wait=wait), 429, {"Retry-After": str(wait)}
    rows = checks.check(asked)
    _charge_misses([one.answer for one in rows])
    ticket = _tickets().dumps([[one.row, one.code] for one in asked])
    return _batch_page(rows=rows, ticket=ticket)


def _asked() -> list[Asked]:
    sent = request.files.get("file")
    if sent and sent.filename:
        return checks.from_file(sent.stream.read(), sent.filename)
    return checks.from_text(request.form.get("codes", ""))


def _download(ticket: str) -> ResponseReturnValue:
    """The answers of today about the codes of a ticket: they were paid for, so they cost no more looks."""
    try:
        codes = _tickets().loads(ticket, max_age=TICKET_LASTS)
    except BadSignature:
        return _batch_page(fault=_("The answer is too old to be downloaded. Check the codes again.")), 422
    rows = checks.check([Asked(row, code) for row, code in codes])
    book = checks.workbook(rows, i18n.current(), i18n.fmt().date, _)
    return attachment(BytesIO(book), f"verification-{clock.now():%Y-%m-%d}.xlsx")


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="verify-batch")


def _batch_page(**shown: Any) -> str:
    return render_template(
        "certificates/pages/batch.html",
        **{"rows": [], "fault": "", "wait": 0} | shown,
        typed=request.form.get("codes", ""),
        words=checks.WORDS,
        most=checks.MOST,
        largest=checks.LARGEST_LIST,
        now=clock.now(),
        again=printed.page_url("/verify/batch"),
        active="verify",
    )
