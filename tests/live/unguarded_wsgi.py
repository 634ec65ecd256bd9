"""The site with the guard against lost updates taken out, to show that the test would see them.

No version is compared, nothing is locked, and the window between reading and writing is made wider.
"""

import time

from tracker.wsgi import application  # noqa: F401 - gunicorn serves it; this also sets Django up

from tracker.actions import assessments  # isort: skip
from tracker.models import Assessment  # isort: skip
from tracker.views import entries  # isort: skip

WINDOW = 0.02  # seconds


def _write_over(assessment, by, *, history=True, **fields):
    time.sleep(WINDOW)
    fields["version"] = assessment.version + 1
    Assessment.objects.filter(pk=assessment.pk).update(**fields)
    for name, value in fields.items():
        setattr(assessment, name, value)
    return assessment


def _save_without_looking(*, item, follow_up_round, version, **rest):
    current = assessments.current_assessment(item, follow_up_round)
    return assessments.save_draft.__wrapped__(
        item=item, follow_up_round=follow_up_round, version=current.version if current else 0, **rest
    )


assessments.change_assessment = _write_over
assessments.locked_open_round = lambda follow_up_round: follow_up_round
entries.save_draft = _save_without_looking
