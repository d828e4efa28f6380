"""A person signs in with a real browser: by link, password, app and passkey, with script and without."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from serai.site.home import NodeHome, Realm
from tests.e2e.conftest import follow
from tests.e2e.test_pages import LANGUAGES, look_at, watch
from tests.running import environment_of, start

pytestmark = pytest.mark.browser
PASSWORD = "seven camels cross at dawn"
_START = "from serai.site.start import set_up_store, start_django\nstart_django()\n"
MakeLink = Callable[[str], str]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A node in service; keys are for host names, so it is called localhost."""
    folder = tmp_path_factory.mktemp("signing-in") / "node"
    NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
    program = f"""{_START}set_up_store()
from serai.kernel.roles import Actor
from serai.register.actions import load_catalogue
load_catalogue(actor=Actor.system("tests"))
"""
    subprocess.run([sys.executable, "-c", program], env=environment_of(folder), check=True)
    running = start(NodeHome(folder))
    yield running.address.replace("127.0.0.1", "localhost"), folder
    running.kill()
    shutil.rmtree(folder)


@pytest.fixture
def make_link(node: tuple[str, Path]) -> MakeLink:
    """Open an editor's account as an operator does, without a password; return the address of its link."""

    def make(email: str) -> str:
        program = f"""{_START}
from serai.kernel.roles import Actor, Grant, Role
from serai.site.accounts.actions import make_sign_in_link, open_account
actor = Actor.operator()
account = open_account(email={email!r}, name="Aigerim", grants=[Grant(Role.EDITOR)], actor=actor)
print(make_sign_in_link(account=account, actor=actor))
"""
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment_of(node[1]), check=True, capture_output=True, text=True
        )
        return f"{node[0]}/account/link/{done.stdout.strip()}"

    return make


def add_virtual_key(context: BrowserContext, page: Page) -> None:
    """Give the browser a key that says yes to everything."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_from_a_link_to_a_passkey_and_in_again_by_it_alone(
    browser: Browser, node: tuple[str, Path], make_link: MakeLink
) -> None:
    context = browser.new_context()
    page = context.new_page()
    complaints = watch(page)
    add_virtual_key(context, page)

    page.goto(make_link("passkey@example.org"))
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.locator("h1")).to_have_text("Second step")
    follow(page.get_by_role("link", name="Add a key"))
    page.locator("#id_passwordless").check()
    follow(page.get_by_role("button", name="Add the key"))
    expect(page.locator("h1")).to_have_text("Recovery codes")
    follow(page.get_by_role("link", name="I have kept them"))
    expect(page).to_have_url(f"{node[0]}/work/")
    follow(page.get_by_role("button", name="Sign out"))
    follow(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page).to_have_url(f"{node[0]}/work/")

    assert complaints == []
    context.close()


def test_without_script_link_password_and_app_do(browser: Browser, node: tuple[str, Path], make_link: MakeLink) -> None:
    from tests.signing_in import code_of

    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(make_link("plain@example.org"))
    follow(page.get_by_role("button", name="Sign in"))
    follow(page.get_by_role("link", name="Set a password"))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, again").fill(PASSWORD)
    follow(page.get_by_role("button", name="Set the password"))
    follow(page.get_by_role("link", name="Set up an app"))
    secret = page.locator(".account-secret").inner_text()
    page.get_by_label("Code that the app shows now").fill(code_of(secret))
    follow(page.get_by_role("button", name="Set up the app"))
    codes = page.locator(".account-codes li").all_inner_texts()
    follow(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("E-mail").fill("plain@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    page.get_by_label("Code").fill(codes[0])
    follow(page.get_by_role("button", name="Sign in"))

    expect(page).to_have_url(f"{node[0]}/work/")
    assert re.fullmatch(r"\d{8}", codes[0])
    context.close()


@pytest.mark.parametrize(("width", "tag"), [(1280, "en"), (390, "ru"), (320, "zh-Hans")])
def test_pages_of_signing_in_are_whole(
    browser: Browser, node: tuple[str, Path], make_link: MakeLink, width: int, tag: str
) -> None:
    prefix = LANGUAGES[tag]
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints, faults = watch(page), []

    link = make_link(f"look{width}{tag}@example.org")
    for path in ("/account/sign-in/?ended=1", "/account/password/reset/", link.removeprefix(node[0])):
        page.goto(f"{node[0]}{prefix}{path}")
        faults += [f"{path}: {line}" for line in look_at(page, width, tag, with_axe=width != 320)]
    follow(page.locator("form.form .button"))
    for path in ("", "second-step/", "password/set/", "second-step/app/", "second-step/passkeys/add/", "sign-out/"):
        page.goto(f"{node[0]}{prefix}/account/{path}")
        faults += [f"{path}: {line}" for line in look_at(page, width, tag, with_axe=width != 320)]
    context.close()

    assert faults + complaints == []
