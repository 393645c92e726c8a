"""A cohort in which many have a released mark."""

from collections.abc import Callable
from typing import Any

import pytest

from diploma.core.db import session
from diploma.coursework import marking
from diploma.coursework.marking import Judged
from diploma.coursework.models import Marking
from diploma.coursework.releasing import service as releasing
from tests.coursework.conftest import Handed, Unit, levels, user
from tests.world import World

# Sums of the rubric of the module: 100, 80, 60, 35 and 0, and one between two bands.
EXEMPLARY, PROFICIENT, ADEQUATE, WEAK = 100, 80, 60, 35
_LEVELS = {EXEMPLARY: "exemplary", PROFICIENT: "proficient", ADEQUATE: "adequate", WEAK: "weak"}


@pytest.fixture
def give(unit: Unit, world: World) -> Callable[..., None]:
    """``give([80, 60], works)``: one mark for each work, released at once; in a few transactions."""

    def release(marks: list[int], works: list[Handed], **remarks: Any) -> None:
        with unit():
            by, rows = user(world.instructor), [session.get_one(Marking, one.marking) for one in works]
            for mark, row in zip(marks, rows, strict=True):
                marking.mark(row, Judged(levels(_LEVELS[mark]), **remarks), by=by)
            assert not releasing.release(rows, base_url="http://localhost", by=by).refused

    return release
