"""The closed list of roles and what each may do. A role is granted on a scope, with dates."""

import enum


class Role(enum.StrEnum):
    """Closed list (``decisions``: roles)."""

    TRAINEE = "trainee"
    INSTRUCTOR = "instructor"
    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    REGISTRAR = "registrar"
    DIRECTOR = "director"
    TRANSLATOR = "translator"
    LINE_MANAGER = "line_manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(enum.StrEnum):
    """What a view asks for: ``resource:action``."""

    LEARN = "lesson:read"
    PREVIEW = "lesson:preview"
    CORRECT_CONTENT = "lesson:correct"
    TRANSLATE = "translation:work"  # on which languages, and whether to write or to approve, says the grant
    TAKE_QUIZ = "quiz:take"
    SUBMIT = "submission:submit"
    MARK = "submission:mark"
    RELEASE = "mark:release"
    ALLOCATE = "submission:allocate"  # who marks which work
    REVEAL_AUTHOR = "submission:reveal"  # whose work it is that is marked without names; each time with a reason
    MODERATE_MARKS = "mark:moderate"  # which works are marked twice and by whom, samples, agreement of the markers
    SETTLE_APPEAL = "appeal:settle"  # the second instance of appeals; the first are those who mark
    SET_ASSESSMENT = "assessment:rules"  # how the assignments of a cohort are dated, marked and released
    LEAD_PEERS = "peer-review:lead"  # who reviews whom in a cohort, every review with names, hiding one with a reason
    EXTEND = "deadline:extend"  # dates of persons and groups, and the cost of lateness
    TAKE_ATTENDANCE = "attendance:take"
    SEE_COHORT = "cohort:read"
    MANAGE_COHORT = "cohort:manage"
    IMPORT_ROSTER = "roster:import"
    WAIVE = "prerequisite:waive"
    SEE_ENTITY = "entity:read"  # people, progress and hours of entities; never marks or answers
    DISCUSS = "discussion:take-part"
    MODERATE = "discussion:moderate"
    ANNOUNCE = "announcement:write"
    WRITE_TO_PEOPLE = "message:send"
    MANAGE_ENTITIES = "entity:manage"
    MANAGE_PARTNERS = "partner:manage"
    GRANT_ROLES = "role:grant"
    SEE_CERTIFICATES = "certificate:read"
    APPROVE_CERTIFICATE = "certificate:approve"
    ISSUE_CERTIFICATE = "certificate:issue"
    REVOKE_CERTIFICATE = "certificate:revoke"
    SEE_AUDIT = "audit:read"
    MANAGE_ADMISSION = "admission:manage"
    READ_ADMISSION = "admission:read"  # the applications that a call gives to this person as its reader
    NOMINATE = "admission:nominate"  # people of one's own entities for an open call


_P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.TRAINEE: frozenset({_P.LEARN, _P.TAKE_QUIZ, _P.SUBMIT, _P.DISCUSS}),
    Role.INSTRUCTOR: frozenset(
        {
            _P.PREVIEW,
            _P.MARK,
            _P.RELEASE,
            _P.LEAD_PEERS,
            _P.EXTEND,
            _P.TAKE_ATTENDANCE,
            _P.SEE_COHORT,
            _P.DISCUSS,
            _P.MODERATE,
            _P.ANNOUNCE,
            _P.WRITE_TO_PEOPLE,
            _P.READ_ADMISSION,
        }
    ),
    Role.MODERATOR: frozenset(
        {
            _P.PREVIEW,
            _P.MARK,
            _P.RELEASE,
            _P.ALLOCATE,
            _P.REVEAL_AUTHOR,
            _P.MODERATE_MARKS,
            _P.SEE_COHORT,
            _P.READ_ADMISSION,
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            _P.PREVIEW,
            _P.SEE_COHORT,
            _P.MANAGE_COHORT,
            _P.SET_ASSESSMENT,
            _P.ALLOCATE,
            _P.REVEAL_AUTHOR,
            _P.MODERATE_MARKS,
            _P.LEAD_PEERS,
            _P.EXTEND,
            _P.IMPORT_ROSTER,
            _P.WAIVE,
            _P.SEE_ENTITY,
            _P.MANAGE_ENTITIES,
            _P.GRANT_ROLES,
            _P.TAKE_ATTENDANCE,
            _P.SEE_CERTIFICATES,
            _P.DISCUSS,
            _P.MODERATE,
            _P.ANNOUNCE,
            _P.WRITE_TO_PEOPLE,
            _P.MANAGE_ADMISSION,
            _P.READ_ADMISSION,
        }
    ),
    Role.REGISTRAR: frozenset(
        {
            _P.SEE_COHORT,
            _P.SETTLE_APPEAL,
            _P.SEE_CERTIFICATES,
            _P.APPROVE_CERTIFICATE,
            _P.ISSUE_CERTIFICATE,
            _P.REVOKE_CERTIFICATE,
        }
    ),
    Role.DIRECTOR: frozenset(
        {
            _P.PREVIEW,
            _P.CORRECT_CONTENT,
            _P.SEE_COHORT,
            _P.MANAGE_COHORT,
            _P.SET_ASSESSMENT,
            _P.ALLOCATE,
            _P.REVEAL_AUTHOR,
            _P.MODERATE_MARKS,
            _P.SETTLE_APPEAL,
            _P.MANAGE_PARTNERS,
            _P.SEE_ENTITY,
            _P.MANAGE_ENTITIES,
            _P.GRANT_ROLES,
            _P.WAIVE,
            _P.SEE_CERTIFICATES,
            _P.APPROVE_CERTIFICATE,
            _P.SEE_AUDIT,
            _P.MANAGE_ADMISSION,
        }
    ),
    Role.TRANSLATOR: frozenset({_P.PREVIEW, _P.CORRECT_CONTENT, _P.TRANSLATE}),
    Role.LINE_MANAGER: frozenset({_P.SEE_ENTITY, _P.NOMINATE}),
    Role.AUDITOR: frozenset({_P.PREVIEW, _P.SEE_COHORT, _P.SEE_CERTIFICATES, _P.SEE_AUDIT}),
    Role.ADMIN: frozenset(
        {
            _P.PREVIEW,
            _P.CORRECT_CONTENT,
            _P.SEE_COHORT,
            _P.MANAGE_COHORT,
            _P.MANAGE_PARTNERS,
            _P.MANAGE_ENTITIES,
            _P.GRANT_ROLES,
            _P.IMPORT_ROSTER,
            _P.SEE_AUDIT,
        }
    ),
}

# A coordinator may hand out what works inside a cohort; never a role above their own.
GRANTABLE: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: frozenset({Role.TRAINEE, Role.INSTRUCTOR, Role.LINE_MANAGER}),
    Role.DIRECTOR: frozenset(Role) - {Role.ADMIN, Role.DIRECTOR},
    Role.ADMIN: frozenset(Role),
}

# Besides, who holds a role on a whole partner may give these on a single cohort of it: always narrower than their own.
DELEGABLE: dict[Role, frozenset[Role]] = {Role.COORDINATOR: frozenset({Role.COORDINATOR})}
