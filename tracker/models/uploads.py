"""AgreementUpload: a file between its preview and its being applied."""

from django.conf import settings
from django.db import models


class AgreementUpload(models.Model):
    """An agreement file that somebody has uploaded and looks at. It is applied by the same person, as it was read, and
    only onto what the preview was compared with: `base` is the SHA-256 of the agreement's dump then, "" for none."""

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    uploaded_at = models.DateTimeField("hvornår")
    file_name = models.CharField("filnavn", max_length=200)
    content = models.BinaryField("indhold")
    digest = models.CharField("SHA-256", max_length=64)
    budget_year = models.PositiveSmallIntegerField("budgetår")
    base = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "indlæst fil", "indlæste filer"
        constraints = [models.UniqueConstraint(fields=["uploaded_by"], name="one_upload_at_a_time")]

    def __str__(self) -> str:
        return self.file_name
