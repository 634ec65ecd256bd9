"""How much of an upload is let in: every request is read before anybody has signed in, so a stranger's is too."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_UPLOAD = 2_000_000  # bytes; the 2018 agreement has 60,000


class BoundedUploadHandler(FileUploadHandler):
    """Keeps files in memory, never on the disk, and of what is too large only so much that a form can say so: the size
    is the true one, the content is cut off."""

    def __init__(self, request=None):
        super().__init__(request)
        self.room = LARGEST_UPLOAD  # for all files of the request together

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        part = raw_data[: self.room]
        self.room -= len(part)
        self.kept.write(part)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
