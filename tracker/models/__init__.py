from .assessments import (
    COMMENT_LIMIT,
    Assessment,
    Entry,
    EntryAuthor,
    FinanceNote,
    LevelDefinition,
    missing_answers,
)
from .cpr import AllowedNumber
from .decisions import Decision
from .events import Act, Event, subject_of
from .milestones import Milestone, MilestoneChange, MilestonePlan
from .publications import FILE_KINDS, WHOLE, Edition, EditionFile, EditionStep, Publication
from .reminders import SentReminder
from .rounds import DATE_FIELDS, FollowUpRound, MovedDate
from .substitutes import Substitute
from .uploads import AgreementUpload
from .users import User, UserRole

__all__ = [
    "COMMENT_LIMIT", "DATE_FIELDS", "FILE_KINDS", "WHOLE", "Act", "AgreementUpload", "AllowedNumber", "Assessment",
    "Decision", "Edition", "EditionFile", "EditionStep", "Entry", "EntryAuthor", "Event", "FinanceNote",
    "FollowUpRound", "LevelDefinition", "Milestone", "MilestoneChange", "MilestonePlan", "MovedDate", "Publication",
    "SentReminder", "Substitute", "User", "UserRole", "missing_answers", "subject_of",
]  # fmt: skip
