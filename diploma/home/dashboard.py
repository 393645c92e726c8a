"""What the dashboard says: the parts of all roles that a person has, with a constant number of queries."""

from dataclasses import dataclass, field

from diploma.accounts.models import User
from diploma.admissions import access as admissions
from diploma.admissions import offers
from diploma.admissions.models import Application
from diploma.cohorts import access as own
from diploma.cohorts import tutors
from diploma.cohorts.models import Enrolment, EnrolmentState
from diploma.coursework.appeals import access as appeals
from diploma.discussions import queries as discussions
from diploma.discussions.queries import Unread
from diploma.home.boards import cohorts, marking, people, registrar, trainee
from diploma.home.boards.agenda import Agenda, agenda
from diploma.home.entities import Overview


@dataclass(frozen=True)
class Board:
    """What one person sees, in the order of the page: one's own study, then what waits for one, then the overview.

    ``left`` are the cohorts that a person without another one was taken out of, ``unread`` and ``tutor`` are of the
    cohort of their study, ``calls`` take nominations from a line manager, ``offered`` places wait for their answer, as
    do so many ``appeals``. What is ``None`` is not shown.
    """

    holding: trainee.Holding
    study: trainee.Study | None = None
    left: list[Enrolment] = field(default_factory=list)
    queue: marking.Queue | None = None
    care: cohorts.Care | None = None
    desk: registrar.Desk | None = None
    glance: cohorts.Glance | None = None
    agenda: Agenda | None = None
    people: list[Overview] | None = None
    unread: Unread | None = None
    tutor: User | None = None
    calls: int = 0
    offered: list[Application] = field(default_factory=list)
    appeals: int = 0

    @property
    def works(self) -> bool:
        """Whether any part of the staff is there; dates alone are none."""
        return any((self.queue, self.care, self.desk, self.glance, self.people, self.appeals))


def board(user: User) -> Board:
    enrolments, seen = own.all_enrolments(user), cohorts.glance(user)
    left = [one for one in enrolments if one.state in (EnrolmentState.WITHDRAWN, EnrolmentState.DEFERRED)]
    study = trainee.study(user, [one for one in enrolments if one not in left])
    return Board(
        trainee.holding(user, enrolments),
        study,
        [] if study else left,
        marking.queue(user),
        cohorts.care(user, seen),
        registrar.desk(user, seen),
        seen,
        agenda(user),
        people.own(user),
        discussions.unread(user, study.cohort) if study else None,
        tutors.of(study.reader.enrolment) if study and study.reader.enrolment else None,
        people.open_calls(user),
        [one for one in admissions.own_applications(user) if offers.is_open(one)],
        appeals.count_waiting(user),
    )
