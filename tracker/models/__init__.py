from .assessments import COMMENT_LIMIT, Assessment, Entry, LevelDefinition, missing_answers
from .events import Act, Event, subject_of
from .milestones import Milestone, MilestonePlan
from .rounds import FollowUpRound
from .uploads import AgreementUpload
from .users import User, UserRole

__all__ = [
    "COMMENT_LIMIT", "Act", "AgreementUpload", "Assessment", "Entry", "Event", "FollowUpRound", "LevelDefinition",
    "Milestone", "MilestonePlan", "User", "UserRole", "missing_answers", "subject_of",
]  # fmt: skip
