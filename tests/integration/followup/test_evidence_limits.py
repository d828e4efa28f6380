"""How much may be sent, where, and where it waits while it is read."""

import gc
import io
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as node
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from serai.site.middleware import _most_bytes

pytestmark = pytest.mark.django_db
FORM = "/work/entries/VI.16d/hand-in/"
MOST = 21 * 2**20
HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "serai.site.uploads.NamelessFileHandler",
]


def browser() -> Client:
    """A browser that has a session cookie, whether good or not."""
    client = Client()
    client.cookies[node.SESSION_COOKIE_NAME] = "x" * 32
    return client


def send(client: Client, path: str, size: int) -> Any:
    return client.generic("POST", path, CONTENT_LENGTH=str(size))


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_a_form_of_the_daily_work_takes_files_from_a_browser_with_a_session(prefix: str) -> None:
    assert send(browser(), prefix + FORM, MOST).status_code in {302, 403}  # by those who ask whether it is a good one
    assert send(browser(), prefix + FORM, MOST + 1).status_code == 413


def test_a_form_that_is_too_large_is_told_the_limit_in_words() -> None:
    answer = send(browser(), FORM, 2 * 2**30)

    assert answer.status_code == 413
    assert "What you sent is larger than 20 MB, the most that is taken at once; nothing of it was kept." in answer.text
    assert "form_too_large" in answer.text


@pytest.mark.parametrize(
    ("client", "method", "path"),
    [
        (Client(), "POST", FORM),
        (browser(), "GET", FORM),
        (browser(), "PUT", FORM),
        (browser(), "POST", "/register/"),
        (browser(), "POST", "/account/sign-in/"),
        (browser(), "POST", "/workshop/"),
        (browser(), "POST", "/api/v1/register/entries"),
        (browser(), "POST", "/static/work/"),
    ],
)
def test_nothing_else_may_be_large(client: Client, method: str, path: str) -> None:
    request = RequestFactory().generic(method, path)
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    assert _most_bytes(request) == 2**20


def test_the_limit_follows_the_setting(settings: Any) -> None:
    settings.MOST_EVIDENCE_BYTES = 3 * 2**20

    assert send(browser(), FORM, 4 * 2**20 + 1).status_code == 413
    assert "larger than 3 MB" in send(browser(), FORM, 4 * 2**20 + 1).text


@pytest.mark.parametrize("path", [FORM, "/register/", "/api/v1/register/entries"])
def test_a_body_of_no_told_length_is_refused(path: str) -> None:
    answer = browser().generic("POST", path, HTTP_TRANSFER_ENCODING="chunked")

    assert answer.status_code == 411
    assert "The request does not say how long it is." in answer.text


def post(*files: bytes) -> Any:
    """Return a form with files as the node reads it."""
    sent = [SimpleUploadedFile(f"{number}.txt", data) for number, data in enumerate(files)]
    return RequestFactory().post("/", {"note": "a", "evidence": sent})


def test_files_wait_without_a_name_in_the_nodes_folder(settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = HANDLERS, 256 * 1024
    first, second = os.urandom(400_000), os.urandom(500_000)
    before = set(node.HOME.folder.iterdir())

    request = post(first, second)
    files = request.FILES.getlist("evidence")
    place = Path(f"/proc/self/fd/{files[0].file.fileno()}").readlink()

    assert [file.read() for file in files] == [first, second]
    assert [(file.name, file.size) for file in files] == [("0.txt", 400_000), ("1.txt", 500_000)]
    assert set(node.HOME.folder.iterdir()) == before
    assert place.is_relative_to(node.HOME.folder)
    request.close()
    assert all(file.closed for file in files)


def test_a_small_form_never_touches_the_disk(settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = HANDLERS, 256 * 1024

    (file,) = post(b"a" * 1000).FILES.getlist("evidence")

    assert file.file.getvalue() == b"a" * 1000


def test_memory_stays_flat_while_a_large_file_comes_in(settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = HANDLERS, 256 * 1024
    request = post(b"a" * (20 * 2**20))

    tracemalloc.start()
    (file,) = request.FILES.getlist("evidence")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert file.size == 20 * 2**20
    request.close()
    assert most < 4 * 2**20


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_form_that_breaks_off_leaves_no_file_open(settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = HANDLERS, 256 * 1024
    whole = post(os.urandom(600_000))
    stream = io.BytesIO(whole.body[:300_000])
    form = {"content_type": whole.META["CONTENT_TYPE"], "CONTENT_LENGTH": 600_000, "wsgi.input": stream}
    before = open_files()

    cut = RequestFactory().generic("POST", "/", **form)
    files = cut.FILES.getlist("evidence")
    cut.close()
    del files, cut
    gc.collect()

    assert open_files() == before
