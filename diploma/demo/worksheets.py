"""The worksheets that a trainee of the demonstration has begun to fill in."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from diploma.accounts.models import User
from diploma.cohorts.models import Enrolment
from diploma.core import clock
from diploma.core.db import session
from diploma.learning import catalogue
from diploma.worksheets import service

MODULE, EMAIL = "m2-challenge-assessment", "trainee.uz@demo.test"

# By worksheet and field, as ``diploma.worksheets.entries`` has them. The third challenge waits for two scores.
WRITTEN: dict[str, dict[str, Any]] = {
    "evidence-table": {
        "claims": [
            {
                "claim": "49 ta oila darchaga uch marta yoki undan koʻp kelgan.",
                "kind": "record",
                "source": "Darcha jurnali, 105 ta ish",
                "date": "Yanvar–fevral",
                "next": "Martni ham sanash",
            },
            {
                "claim": "Xulosada koʻpincha komissiyaning bitta imzosi yetishmaydi.",
                "kind": "record",
                "source": "105 ta ish",
                "date": "Yanvar–fevral",
                "next": "Toʻrtinchi mahalla bilan solishtirish",
            },
            {
                "claim": "Komissiya haftada bir kun toʻliq yigʻiladi.",
                "kind": "report",
                "source": "Besh ona bilan suhbat",
                "next": "Komissiya jurnalini koʻrish",
            },
            {"claim": "Oilalar hujjatni kech topshiradi.", "kind": "opinion"},
        ],
    },
    "weighted-matrix": {
        "challenges": "Nafaqa xulosasi: 410 oila.\nQabul navbati: oyiga 900 kishi.\nXodimlar avtoturargohi: 60 kishi.",
        "scores": {
            "names": ["Nafaqa xulosasi", "Qabul navbati", "Avtoturargoh"],
            "scores": [
                {"value": 3, "scale": 2, "evidence": 3, "room": 4, "readiness": 3},
                {"value": 4, "scale": 4, "evidence": 2, "room": 1, "readiness": 2},
                {"value": 1, "scale": 1, "evidence": 4},
            ],
        },
    },
}


def write() -> None:
    """Last evening; of a worksheet that the published module lacks, nothing."""
    found = session.scalars(select(Enrolment).join(User).where(User.email == EMAIL)).one()
    sheets = catalogue.content(found.cohort.revision_id).modules[MODULE].worksheets
    with clock.at(clock.now() - timedelta(hours=15)):
        for sheet in sheets:
            if sheet.id in WRITTEN:
                service.save(found, (MODULE, sheet.id), WRITTEN[sheet.id], by=found.user)
