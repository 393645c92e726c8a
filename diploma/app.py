"""The application: wiring and nothing else."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config
from diploma.accounts import guard
from diploma.accounts import views as accounts
from diploma.admissions import public_views as applying
from diploma.admissions import views as admissions
from diploma.certificates import life_views as certificate
from diploma.certificates import subscriptions as certificate_jobs
from diploma.certificates import views as certificates
from diploma.certificates.transparency import schedule as register_heads
from diploma.certificates.transparency import views as register
from diploma.cohorts import staff_views as cohort_staff
from diploma.cohorts import views as cohorts
from diploma.cohorts.groups import views as groups
from diploma.core import db, i18n, static, web
from diploma.core.files import FileStore
from diploma.coursework import bank_views as bank
from diploma.coursework import marking_views as marking
from diploma.coursework import policy_views as assessment
from diploma.coursework import views as coursework
from diploma.coursework.allocation import views as allocation
from diploma.coursework.annotations import views as annotations
from diploma.coursework.appeals import changes as appeal_rules
from diploma.coursework.appeals import views as appeals
from diploma.coursework.attempts import views as attempts
from diploma.coursework.extensions import changes as date_jobs
from diploma.coursework.extensions import views as extensions
from diploma.coursework.feedback import views as feedback
from diploma.coursework.moderation import views as second
from diploma.coursework.offline import file_views as offline
from diploma.coursework.peers import lead_views as peer_lead
from diploma.coursework.peers import views as peers
from diploma.coursework.releasing import views as releasing
from diploma.coursework.together import views as together
from diploma.discussions import views as discussions
from diploma.gradebook import service as gradebook_jobs
from diploma.gradebook import views as gradebook
from diploma.home import entity_views as entities
from diploma.home import job_views as jobs
from diploma.home import search_views as search
from diploma.home import shell, styleguide
from diploma.home import upload_views as uploads
from diploma.home import views as home
from diploma.learning import correction_views as corrections
from diploma.learning import curriculum
from diploma.learning import note_views as notes
from diploma.learning import video_views as videos
from diploma.learning import views as learning
from diploma.learning import workshop_views as workshops
from diploma.learning.translation import upload_views as translations
from diploma.quizzes import views as quizzes
from diploma.worksheets import views as worksheets

PARTS = (db, i18n, guard, web, shell, static)  # in this order before each request
FEATURES = (
    *(home, search, jobs, uploads, entities, styleguide),
    *(accounts, learning, notes, videos, workshops, corrections, translations),
    *(quizzes, worksheets, coursework, marking, annotations, bank),
    *(assessment, allocation, attempts, extensions, second, feedback, releasing, peers, peer_lead, appeals),
    *(offline, together),
    *(discussions, gradebook, cohorts, cohort_staff, groups, admissions, applying),
    *(certificates, certificate, register),
)
# What lower layers tell upper ones, through outbox or protocol.
UPWARD = (curriculum, date_jobs, appeal_rules, gradebook_jobs, certificate_jobs, register_heads)


def create_app(config: Config) -> Flask:
    """All pages for one installation: what a web server needs, and nothing more."""
    app = web.Diploma(
        "diploma",
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "diploma" / "templates"),
        instance_path=str(config.INSTANCE.resolve()),
    )
    app.config.from_mapping(_flask_settings(config))
    if config.PROXIES:  # else everybody has the proxy's address, and one limit of attempts
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.PROXIES, x_proto=config.PROXIES)  # type: ignore[method-assign]
    app.extensions["files"] = FileStore(config.files_folder, free_floor=config.FREE_SPACE_FLOOR_MB * 1_000_000)
    for part in PARTS:
        part.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(feature.bp)
    for listener in UPWARD:
        listener.subscribe()
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key(),
        "CREDENTIAL_KEY": config.credential_key(),
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "BASE_URL": config.base_url,
        "TRANSLATIONS": str(ROOT / "translations"),
        "MAIL_URL": config.MAIL_URL,
        "MAIL_FOLDER": config.mail_folder,
        "MAIL_FROM": config.MAIL_FROM,
        "MAIL_BOUNCES": config.MAIL_BOUNCES,
        "CONTACT_EMAIL": config.CONTACT_EMAIL,
        "CONTACT_PHONE": config.CONTACT_PHONE,
        "COURSES": config.COURSES,
        "THREADS": config.THREADS,
        "RENDERERS": config.renderers,
        "SESSION_HOURS": config.SESSION_HOURS,
        "MAX_CONTENT_LENGTH": config.MAX_UPLOAD_MB * 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "SESSION_COOKIE_NAME": "__Host-session" if config.secure else "session",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": config.SESSION_HOURS * 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open overnight still saves
        "TRUSTED_HOSTS": config.trusted_hosts if config.production else None,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,  # addresses of static files change with their content
        "COMPRESS_ALGORITHM": ["br", "gzip"],  # on a slow line a page goes out at a fifth of its size
        "COMPRESS_STREAMS": False,  # what is streamed is a file: a PDF, a font, an upload
        "TESTING": config.APP_ENV == "test",
        "PRODUCTION": config.production,
    }
