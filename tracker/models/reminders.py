"""SentReminder: what has been sent, so that nobody is told the same thing twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tracker.statuses import ReminderKind

from .rounds import FollowUpRound


class SentReminder(models.Model):
    """One person was reminded of one round's deadline. A deadline that is moved is a new thing to be told of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    follow_up_round = models.ForeignKey(FollowUpRound, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField("påmindelse", max_length=20, choices=ReminderKind)
    deadline = models.DateField("frist")
    sent_at = models.DateTimeField("sendt")

    class Meta:
        verbose_name, verbose_name_plural = "påmindelse", "påmindelser"
        constraints = [
            models.UniqueConstraint(fields=["user", "follow_up_round", "kind", "deadline"], name="reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.follow_up_round}, {self.get_kind_display()}"
