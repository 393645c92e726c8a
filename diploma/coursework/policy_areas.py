"""The areas of assignment rules, in the order in which pages show them: what each is called, asks and touches."""

from dataclasses import dataclass
from typing import Any

from diploma.core.errors import N_
from diploma.coursework import late_changes
from diploma.coursework.allocation import changes as marking_changes
from diploma.coursework.allocation.forms import MarkingRulesForm
from diploma.coursework.appeals import changes as appeal_changes
from diploma.coursework.appeals.forms import AppealRulesForm
from diploma.coursework.attempts import changes as attempt_changes
from diploma.coursework.attempts.forms import AttemptForm
from diploma.coursework.extensions import changes as extension_changes
from diploma.coursework.extensions.forms import ExtensionForm
from diploma.coursework.moderation import second_changes
from diploma.coursework.moderation.policy_form import SecondForm
from diploma.coursework.peers import changes as peer_changes
from diploma.coursework.peers.forms import PeerForm
from diploma.coursework.policies import Reach
from diploma.coursework.policy_forms import LateForm, PolicyForm
from diploma.coursework.releasing import changes as release_changes
from diploma.coursework.releasing.forms import ReleaseRulesForm
from diploma.coursework.together import changes as together_changes
from diploma.coursework.together.forms import TogetherForm


@dataclass(frozen=True)
class Shown:
    """An area as its pages show it; ``title`` and ``lead`` are gettext sources."""

    reach: Reach[Any]
    form: type[PolicyForm]
    title: str
    lead: str


AREAS: dict[str, Shown] = {
    one.reach.area.id: one
    for one in (
        Shown(
            late_changes.REACH,
            LateForm,
            N_("Late work"),
            N_("Which days count, until when work is accepted, and what lateness costs."),
        ),
        Shown(
            marking_changes.REACH,
            MarkingRulesForm,
            N_("Who marks what"),
            N_("With or without names, how works come to their markers, and who must not mark whom."),
        ),
        Shown(
            extension_changes.REACH,
            ExtensionForm,
            N_("More time"),
            N_("How many days trainees can ask for, and until when."),
        ),
        Shown(
            attempt_changes.REACH,
            AttemptForm,
            N_("Attempts"),
            N_("How often a work may be handed in, and which of several marks counts."),
        ),
        Shown(
            second_changes.REACH,
            SecondForm,
            N_("Second marking"),
            N_("Whose work a second person marks without knowing the first mark, and how both become one."),
        ),
        Shown(
            release_changes.REACH,
            ReleaseRulesForm,
            N_("Release of marks"),
            N_("When trainees see their marks: by hand, at once, or all together at a planned time."),
        ),
        Shown(
            peer_changes.REACH,
            PeerForm,
            N_("Peer review"),
            N_("Whether fellow trainees review each other's works, how many, until when, and what that counts."),
        ),
        Shown(
            together_changes.REACH,
            TogetherForm,
            N_("Group work"),
            N_("Whether groups of the cohort hand in together, and how far the mark of one member may differ."),
        ),
        Shown(
            appeal_changes.REACH,
            AppealRulesForm,
            N_("Appeals"),
            N_("Until when a criterion can be reviewed on request, how soon it is answered, and by whom."),
        ),
    )
}
