"""What several tests do on the entry page, by the words a person sees."""

import re

from playwright.sync_api import Locator, Page, expect

SAVED = re.compile(r"Gemt som kladde kl\. \d\d\.\d\d\.\d\d")
TEXT = "Æblegrød på ø 🌊🏗️ — »citat«\n\n  to mellemrum først, & < > \" ' og slut\t."


def comment_box(page: Page) -> Locator:
    return page.locator("#id_comment")


def effort(page: Page, level: str) -> Locator:
    return page.locator(f'input[name="effort"][value="{level}"]')


def economy(page: Page, level: str) -> Locator:
    return page.locator(f'input[name="economy"][value="{level}"]')


def saved_note(page: Page) -> Locator:
    return page.locator("#gemt")


def version(page: Page) -> int:
    return int(page.locator("#id_version").input_value())


def is_autosave(response) -> bool:
    return response.request.method == "POST" and "/indberetning/" in response.url


def write_and_wait(page: Page, text: str) -> None:
    """Types into the comment and waits for the server's answer to the autosave."""
    with page.expect_response(is_autosave):
        comment_box(page).fill(text)


def save(page: Page, text: str) -> None:
    write_and_wait(page, text)
    expect(saved_note(page)).to_have_text(SAVED)
