"""The demo: the two real agreements, an account per role, an open round with some entries. Not beside real accounts."""

import secrets
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from budget.models import Centre, Committee, Item
from tracker.actions.accounts import create_account
from tracker.actions.agreement_files import load_agreement, load_organisation
from tracker.actions.approvals import return_assessment, save_finance_note
from tracker.actions.assessments import Answers, save_draft, submit_assessment
from tracker.actions.publications import Renderer, build_editions, open_editions, release_editions
from tracker.actions.rounds import open_round
from tracker.errors import OtherAccountsExist
from tracker.models import FollowUpRound, User
from tracker.statuses import RoundState

FIXTURES = settings.BASE_DIR / "fixtures"
FOLLOWED_YEAR = 2018  # the agreement whose round the demo opens
AGREEMENT_YEARS = (FOLLOWED_YEAR, 2021)


@dataclass(frozen=True)
class Demo:
    """What to tell whoever started the demo. `is_new` is False where it was there already."""

    accounts: list[User]
    password: str
    is_new: bool


def demo_password(data_dir: Path) -> tuple[str, bool]:
    """The password, and whether it is new. One for all demo accounts, made up on this machine and kept in its data
    folder: a demo that is put on a network by mistake does not stand open to everyone who has read our README."""
    kept = data_dir / "demo_password"
    is_new = not kept.is_file()
    if is_new:
        kept.touch(mode=0o600)
        kept.write_text("-".join(secrets.token_hex(3) for _ in range(3)), encoding="utf-8")
    return kept.read_text(encoding="utf-8").strip(), is_new


@transaction.atomic
def load_demo(*, by: str, today: date) -> Demo:
    """Loads what is not there yet. OtherAccountsExist, and nothing changed, where real people have accounts."""
    if User.objects.filter(is_demo=False).exists():
        raise OtherAccountsExist
    password, is_new_password = demo_password(settings.DATA_DIR)
    if accounts := list(User.objects.order_by("pk")):
        for account in accounts if is_new_password else []:  # the file with the old one was removed
            account.set_password(password)
            account.save(update_fields=["password"])
        return Demo(accounts, password, is_new=False)
    demo = tomllib.loads((FIXTURES / "demo.toml").read_text(encoding="utf-8"))
    load_organisation(path=FIXTURES / "organisation.toml", by=by)
    for year in AGREEMENT_YEARS:
        load_agreement(path=FIXTURES / f"aftale-{year}.toml", by=by)
    accounts = {row["username"]: _account(row, password, by) for row in demo["accounts"]}
    rounds = FollowUpRound.objects.select_related("agreement")
    follow_up_round = rounds.get(agreement__budget_year=FOLLOWED_YEAR, number=demo["round"])
    deadline = today + timedelta(days=demo["days_to_deadline"])
    follow_up_round = open_round(follow_up_round=follow_up_round, by=by, deadline=deadline)
    for row in demo["entries"]:
        _enter(row, follow_up_round, accounts)
    for row in demo["finance_notes"]:
        item = follow_up_round.agreement.items.get(key=row["key"])
        by = accounts[row["account"]]
        save_finance_note(item=item, follow_up_round=follow_up_round, by=by, text=row["text"], version=0)
    return Demo(list(accounts.values()), password, is_new=True)


@transaction.atomic
def publish_demo(*, by: str, render: Renderer) -> None:
    """Freezes and opens the round that the agreement of the demo was loaded with as published, so that the public side
    has something to show."""
    published = FollowUpRound.objects.select_related("agreement").get(
        agreement__budget_year=FOLLOWED_YEAR, state=RoundState.PUBLISHED
    )
    built = build_editions(follow_up_round=published, by=by, municipality=settings.MUNICIPALITY, render=render)
    scopes = {each.publication.scope for each in built}
    release_editions(follow_up_round=published, scopes=scopes, by=by)
    open_editions(follow_up_round=published, by=by)


def _account(row: dict, password: str, by: str) -> User:
    return create_account(
        account=User(username=row["username"], name=row["name"], is_demo=True),
        password=password,
        roles=set(row["roles"]),
        centres=Centre.objects.filter(slug__in=row.get("centres", [])),
        committees=Committee.objects.filter(slug__in=row.get("committees", [])),
        by=by,
    )


def _enter(row: dict, follow_up_round: FollowUpRound, accounts: dict[str, User]) -> None:
    by = accounts[row["account"]]
    names = ("effort", "economy", "comment", "expected_amount")
    answers = Answers(**{name: row[name] for name in names if name in row})
    item = Item.objects.select_related("lead_centre").get(agreement=follow_up_round.agreement, key=row["key"])
    saved = save_draft(item=item, follow_up_round=follow_up_round, by=by, answers=answers, version=0)
    if row.get("submit"):
        saved = submit_assessment(item=item, follow_up_round=follow_up_round, by=by, version=saved.version)
    if "returned_by" in row:
        by, comment = accounts[row["returned_by"]], row["return_comment"]
        return_assessment(item=item, follow_up_round=follow_up_round, by=by, comment=comment, version=saved.version)
