"""Where a file that is being sent waits: nameless in the node's folder, gone with the process that reads it.

Django's own temporary files have names, and a process that is killed leaves them behind with what they hold.
"""

from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessFileHandler(FileUploadHandler):
    """Writes what is sent to a file that only this process can reach; memory holds one piece of it."""

    _file: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = TemporaryFile(dir=settings.HOME.folder)  # noqa: SIM115  # the request closes what it was given

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  # Django's form
        assert self._file is not None
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        assert self._file is not None
        self._file.seek(0)
        return UploadedFile(
            self._file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        if self._file is not None:
            self._file.close()
