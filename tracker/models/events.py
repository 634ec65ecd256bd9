"""Event: who did what, when. Without foreign keys, so history outlives what it describes; rows are only ever added."""

from django.db import models


class Act(models.TextChoices):
    AGREEMENT_LOADED = "agreement_loaded", "indlæste aftalen"
    ORGANISATION_LOADED = "organisation_loaded", "indlæste organisationen"
    ROUND_OPENED = "round_opened", "åbnede runden"
    ROUND_REOPENED = "round_reopened", "genåbnede runden"
    ROUND_CLOSED = "round_closed", "lukkede runden"
    ASSESSMENT_SUBMITTED = "assessment_submitted", "indsendte vurderingen"
    ASSESSMENT_TAKEN_BACK = "assessment_taken_back", "tog indsendelsen tilbage"
    ASSESSMENT_TAKEN_OVER = "assessment_taken_over", "overtog kladden"
    AGREEMENT_CREATED = "agreement_created", "oprettede aftalen"
    AGREEMENT_CHANGED = "agreement_changed", "rettede aftalen"
    AGREEMENT_REPLACED = "agreement_replaced", "erstattede udkastet med en fil"
    AGREEMENT_SIGNED = "agreement_signed", "markerede aftalen som indgået"
    SECTION_CREATED = "section_created", "oprettede afsnittet"
    SECTION_CHANGED = "section_changed", "rettede afsnittet"
    SECTION_DELETED = "section_deleted", "slettede afsnittet"
    LINE_CREATED = "line_created", "oprettede beløbslinjen"
    LINE_CHANGED = "line_changed", "rettede beløbslinjen"
    LINE_DELETED = "line_deleted", "slettede beløbslinjen"
    ORGANISATION_CHANGED = "organisation_changed", "rettede organisationen"
    ITEM_CREATED = "item_created", "oprettede punktet"
    ITEM_DELETED = "item_deleted", "slettede punktet"
    ITEM_CHANGED = "item_changed", "rettede punktet"
    MILESTONES_CHANGED = "milestones_changed", "rettede milepælene"
    ACCOUNT_CREATED = "account_created", "oprettede kontoen"
    ACCOUNT_CHANGED = "account_changed", "ændrede kontoen"
    PLAN_SENT_TO_HEARING = "plan_sent_to_hearing", "sendte milepælsplanen i høring"
    PLAN_SENT_BACK = "plan_sent_back", "sendte milepælsplanen tilbage fra høring"
    PLAN_DECIDED = "plan_decided", "noterede en beslutning om milepælsplanen"
    ROUNDS_CREATED = "rounds_created", "oprettede runder"
    ROUND_CHANGED = "round_changed", "rettede runden"
    ASSESSMENT_RETURNED = "assessment_returned", "returnerede vurderingen"
    ASSESSMENT_APPROVED = "assessment_approved", "godkendte vurderingen"
    APPROVAL_UNDONE = "approval_undone", "fortrød godkendelsen"
    FINANCE_NOTE_SAVED = "finance_note_saved", "gemte Økonomi og Styrings bemærkning"
    SUBSTITUTE_NAMED = "substitute_named", "udpegede en vikar"
    SUBSTITUTE_ENDED = "substitute_ended", "afsluttede vikariatet"
    EDITION_BUILT = "edition_built", "byggede udgaven"
    EDITION_RELEASED = "edition_released", "frigav udgaven til udvalget"
    EDITION_OPENED = "edition_opened", "åbnede udgaven for offentligheden"
    EDITION_SUPERSEDED = "edition_superseded", "erstattede udgaven"
    EDITION_WITHDRAWN = "edition_withdrawn", "trak udgaven tilbage"
    NUMBER_ALLOWED = "number_allowed", "tillod et tal, der ligner et CPR-nummer"
    REMINDERS_SENT = "reminders_sent", "sendte påmindelser"
    SECOND_FACTOR_SET_UP = "second_factor_set_up", "satte andet trin op"
    SECOND_FACTOR_REMOVED = "second_factor_removed", "fjernede andet trin"
    RECOVERY_CODES_MADE = "recovery_codes_made", "lavede gendannelseskoder"
    RECOVERY_CODE_USED = "recovery_code_used", "brugte en gendannelseskode"
    SSO_LINKED = "sso_linked", "knyttede kontoen til kommunens login"
    SSO_UNLINKED = "sso_unlinked", "fjernede tilknytningen til kommunens login"
    PASSWORD_SET = "password_set", "satte ny adgangskode"  # noqa: S105


def subject_of(year: int, *, number: int | None = None, key: str = "") -> str:
    """What an event is about, in words that outlive the row: "aftale 2018, runde 2, punkt 2.02.1"."""
    parts = [f"aftale {year}"]
    if number is not None:
        parts.append(f"runde {number}")
    if key:
        parts.append(f"punkt {key}")
    return ", ".join(parts)


class Event(models.Model):
    """One act. The database refuses to change or delete a row."""

    at = models.DateTimeField("hvornår")
    act = models.CharField("handling", max_length=40, choices=Act)
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField("hvem", max_length=160)  # the user's name, or the command and its operator
    subject = models.CharField("hvad", max_length=160)  # e.g. "aftale 2018, runde 2, punkt 2.02.1"
    note = models.TextField("bemærkning", blank=True)
    request_id = models.CharField("sagsnummer i loggen", max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "hændelse", "hændelser"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="event_by_subject"),
            models.Index(fields=["-at"], name="event_newest_first"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(actor=""), name="event_has_actor")]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_act_display()}: {self.subject}"
