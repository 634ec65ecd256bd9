"""The whole process as a machine that does anything at any time: nothing illegal happens, and nothing fails (G3).

Everybody tries every act through HTTP, with right and wrong input, in any order. What then has changed in the database
must be a step that the states of design allow to that role.
"""

import os
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories import (
    create_agreement,
    create_centre,
    create_committee,
    create_item,
    create_milestone,
    create_round,
    create_user,
)
from tests.tracker.views.pages import signed_in
from tracker.models import (
    Assessment,
    Edition,
    EditionFile,
    EntryAuthor,
    Event,
    FinanceNote,
    FollowUpRound,
    MilestonePlan,
)
from tracker.reports.edition_chain import verify_editions
from tracker.statuses import Role

RUNS = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else 20
STEPS = 40
PASSWORD = "en-lang-adgangskode"
KEYS = ("2.01", "2.02", "3.01")  # two of Ejendomme, one of Politisk Sekretariat
ROLES = {
    "editor": (Role.EDITOR,), "chief": (Role.CHIEF,), "other": (Role.EDITOR,), "finance": (Role.FINANCE,),
    "approver": (Role.APPROVER,), "second approver": (Role.APPROVER,), "both": (Role.EDITOR, Role.APPROVER),
    "member": (Role.MEMBER,), "administrator": (Role.ADMINISTRATOR,),
}  # fmt: skip
CENTRE = {"editor", "chief", "other", "both"}
FINANCE = {"finance", "approver", "second approver", "both"}
APPROVERS = {"approver", "second approver", "both"}
WHO = st.sampled_from(sorted(ROLES))
KEY = st.sampled_from(KEYS)

# kind, from, to -> who may do it. "" is nothing there yet; "other" may act for the item of its own centre only.
ENTERS = CENTRE | FINANCE
LEGAL = {
    ("entry", "", "draft"): ENTERS,
    ("entry", "", "submitted"): ENTERS,  # typed and handed in by one form
    ("entry", "draft", "submitted"): ENTERS,
    ("entry", "submitted", "draft"): ENTERS,  # taken back by the centre, or returned
    ("entry", "submitted", "approved"): APPROVERS,
    ("entry", "approved", "submitted"): APPROVERS,
    ("entry", "approved", "draft"): APPROVERS,
    ("round", "planned", "open"): APPROVERS,
    ("round", "open", "closed"): APPROVERS,
    ("round", "closed", "open"): APPROVERS,
    ("round", "published", "open"): APPROVERS,
    ("round", "closed", "published"): APPROVERS,
    ("plan", "draft", "hearing"): FINANCE,
    ("plan", "hearing", "draft"): FINANCE,
    ("plan", "hearing", "approved"): APPROVERS,
    ("edition", "", "built"): APPROVERS,
    ("edition", "built", "released"): APPROVERS,
    ("edition", "released", "open"): APPROVERS,
    ("edition", "built", "superseded"): APPROVERS,
    ("edition", "released", "superseded"): APPROVERS,
    ("edition", "open", "superseded"): APPROVERS,
    ("edition", "built", "withdrawn"): APPROVERS,
    ("edition", "released", "withdrawn"): APPROVERS,
    ("edition", "open", "withdrawn"): APPROVERS,
    ("edition", "superseded", "withdrawn"): APPROVERS,
    ("round", "published", "closed"): APPROVERS,  # nothing of it stands any more
}


@dataclass(frozen=True)
class Snapshot:
    states: dict[tuple, str]
    files: dict[int, str]
    events: int


class Process(RuleBasedStateMachine):
    seen: Counter = Counter()  # transitions over all runs, for the table and to know that the machine gets anywhere

    @initialize(state=st.sampled_from(["planned", "open", "open"]))
    def begin(self, state):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        agreement = create_agreement(2019, plan="draft")  # long ago, so that decisions are not in the future
        committee, own, other = create_committee(), create_centre(), create_centre("Politisk Sekretariat")
        items = [
            create_item(agreement, key, centre=other if key == KEYS[-1] else own, committees=[committee])
            for key in KEYS
        ]
        self.round = create_round(agreement, state=state)
        for item in items:
            create_milestone(item, self.round)
        centres = {"other": [other]}
        self.people = {
            name: create_user(
                *roles, name=name, password=PASSWORD, centres=centres.get(name, [own]), committees=[committee]
            )
            for name, roles in ROLES.items()
        }
        self.clients = {name: signed_in(user, raise_request_exception=False) for name, user in self.people.items()}
        self.plan = MilestonePlan.objects.get(agreement=agreement)
        self.year = agreement.budget_year
        self.before, self.who = self.look(), ""

    def teardown(self):
        if hasattr(self, "atomic"):
            assert list(verify_editions()) == []
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- What is there -------------------------------------------------------------------------------------------
    def look(self) -> Snapshot:
        states = {("round",): FollowUpRound.objects.get(pk=self.round.pk).state}
        states["plan",] = MilestonePlan.objects.get(pk=self.plan.pk).state
        for each in Assessment.objects.filter(follow_up_round=self.round).select_related("item"):
            states["entry", each.item.key] = each.state
        for each in Edition.objects.filter(publication__follow_up_round=self.round).defer("content"):
            states["edition", each.publication_id, each.number] = str(each.state)
        files = dict(
            EditionFile.objects.filter(edition__publication__follow_up_round=self.round).values_list("pk", "sha256")
        )
        return Snapshot(states, files, Event.objects.count())

    @invariant()
    def every_step_was_legal(self):
        if not hasattr(self, "people"):
            return
        now = self.look()
        for place, state in now.states.items():
            old = self.before.states.get(place, "")
            if state == old:
                continue
            step = (place[0], old, state)
            assert step in LEGAL and self.who in LEGAL[step], f"{self.who}: {place} {old} -> {state}"
            Process.seen[step] += 1
            assert now.events > self.before.events or step == ("entry", "", "draft"), f"{step} left no event"
        assert not set(self.before.states) - set(now.states), "a row is gone"
        assert {pk: now.files.get(pk) for pk in self.before.files} == self.before.files, "a published file changed"
        opened = [place[1] for place, state in now.states.items() if place[0] == "edition" and state == "open"]
        assert len(opened) == len(set(opened)), "two open editions of one publication"
        self.before = now

    @invariant()
    def approved_by_four_eyes(self):
        if not hasattr(self, "people"):
            return
        for each in Assessment.objects.filter(follow_up_round=self.round, state="approved"):
            hands = EntryAuthor.objects.filter(item=each.item_id, follow_up_round=self.round)
            assert each.approved_by_id not in set(hands.values_list("user_id", flat=True))
            assert each.approved_version == each.version - 1

    # --- What people do ------------------------------------------------------------------------------------------
    def send(self, who: str, path: str, data: dict) -> None:
        self.who = who
        answer = self.clients[who].post(f"/aftaler/{self.year}/runder/{self.round.number}/{path}", data)
        assert answer.status_code in {302, 403, 404, 409, 422}, f"{who} {path} {data}: {answer.status_code}"

    def version(self, key: str, skew: int) -> int:
        found = Assessment.objects.filter(follow_up_round=self.round, item__key=key).values_list("version", flat=True)
        return max(0, (found.first() or 0) - skew)

    SKEW = st.sampled_from([0, 0, 0, 1])  # now and then somebody has an old page
    TEXT = st.sampled_from(["", "Afventer svar", "Skolerne skrev igen"])

    @rule(who=WHO, key=KEY, effort=st.sampled_from(["", "happy", "sad"]), economy=st.sampled_from(["", "kept"]),
          comment=TEXT, act=st.sampled_from(["", "submit", "submit"]), skew=SKEW)  # fmt: skip
    def enter(self, who, key, effort, economy, comment, act, skew):
        data = {
            "effort": effort,
            "economy": economy,
            "comment": comment,
            "act": act,
            "version": self.version(key, skew),
        }
        self.send(who, f"indberetning/{key}/", data)

    @rule(who=st.sampled_from(sorted(CENTRE)), key=KEY)
    def enter_well(self, who, key):
        data = {"effort": "sad", "economy": "kept", "comment": "Afventer", "act": "submit"}
        self.send(who, f"indberetning/{key}/", data | {"version": self.version(key, 0)})

    @rule(who=WHO, key=KEY, act=st.sampled_from(["fortryd", "overtag"]))
    def take(self, who, key, act):
        self.send(who, f"indberetning/{key}/{act}/", {})

    @rule(who=WHO, key=KEY, comment=TEXT, skew=SKEW)
    def return_it(self, who, key, comment, skew):
        self.send(who, f"indberetning/{key}/returner/", {"comment": comment, "version": self.version(key, skew)})

    @rule(who=WHO, key=KEY, text=TEXT)
    def annotate(self, who, key, text):
        notes = FinanceNote.objects.filter(follow_up_round=self.round, item__key=key)
        version = notes.values_list("version", flat=True).first() or 0
        self.send(who, f"indberetning/{key}/bemaerkning/", {"text": text, "version": version})

    @rule(who=st.sampled_from(sorted(APPROVERS | {"finance", "editor"})), key=KEY, skew=SKEW,
          act=st.sampled_from(["godkend", "godkend", "fortryd-godkendelse"]))  # fmt: skip
    def control(self, who, key, skew, act):
        self.send(who, f"indberetning/{key}/{act}/", {"version": self.version(key, skew)})

    @rule(who=WHO, act=st.sampled_from(["aabn", "luk"]), reason=TEXT)
    def move_round(self, who, act, reason):
        self.send(who, f"{act}/", {"reason": reason})

    @rule(who=st.sampled_from(["approver", "second approver"]))
    def close_and_approve_all(self, who):
        """The way on, so that the machine comes as far as editions."""
        self.send(who, "luk/", {})
        self.every_step_was_legal()
        for key in KEYS:
            self.send(who, f"indberetning/{key}/godkend/", {"version": self.version(key, 0)})
            self.every_step_was_legal()

    @rule(who=WHO, password=st.sampled_from([PASSWORD, PASSWORD, "forkert"]), reason=TEXT)
    def build(self, who, password, reason):
        self.send(who, "udgaver/byg/", {"password": password, "reason": reason})

    @rule(who=WHO, act=st.sampled_from(["frigiv", "aabn", "traek-tilbage"]), reason=TEXT,
          scopes=st.sampled_from([["samlet", "oekonomiudvalget"], ["samlet"], []]))  # fmt: skip
    def move_editions(self, who, act, reason, scopes):
        self.send(who, f"udgaver/{act}/", {"scopes": scopes, "reason": reason})

    @rule(who=st.sampled_from(["approver", "second approver"]))
    def publish(self, who):
        self.build(who, PASSWORD, "Rettelse")
        self.every_step_was_legal()
        self.move_editions(who, "frigiv", "", ["samlet", "oekonomiudvalget"])
        self.every_step_was_legal()
        self.move_editions(who, "aabn", "", [])

    @rule(who=st.sampled_from(sorted(FINANCE | {"editor", "member"})), comment=TEXT,
          act=st.sampled_from(["hoering", "hoering", "tilbage", "beslutning"]),
          outcome=st.sampled_from(["approved", "sent_back", "noted"]))  # fmt: skip
    def move_plan(self, who, act, comment, outcome):
        self.who = who
        data = {"comment": comment, "other_body": "Økonomiudvalget", "outcome": outcome}
        data |= {"decided_on": f"{self.year - 1}-11-01", "is_whole": "on" if outcome == "approved" else ""}
        answer = self.clients[who].post(f"/opsaetning/aftaler/{self.year}/milepaele/{act}/", data)
        assert answer.status_code in {302, 403, 404, 409, 422}, f"{who} {act}: {answer.status_code}"


def run_machine(machine=Process, **options) -> None:
    options = {"max_examples": RUNS, "stateful_step_count": STEPS} | options
    run_state_machine_as_test(machine, settings=settings(suppress_health_check=list(HealthCheck), **options))


@pytest.mark.prove
def test_many_runs_of_the_process(db, proof):
    check_the_process(proof)


@pytest.mark.slow
def test_nothing_illegal_happens_and_nothing_fails(db, proof):
    check_the_process(proof)


def check_the_process(proof) -> None:
    Process.seen.clear()

    run_machine()

    assert {kind for kind, _, _ in Process.seen} == {"entry", "round", "plan", "edition"}
    assert Process.seen["edition", "released", "open"]  # it came all the way
    proof(
        "state machine over the process through HTTP",
        size=f"{RUNS} runs of up to {STEPS} steps",
        result=f"0 illegal transitions of {Process.seen.total()}, 0 answers 500",
    )


def test_without_four_eyes_the_machine_finds_it(db, monkeypatch):
    monkeypatch.setattr("tracker.permissions.has_hand_in", lambda user, entry: False)
    monkeypatch.setattr("tracker.actions.approvals.has_hand_in", lambda user, entry: False)

    class Careless(Process):
        """Whoever is editor and approver hands in and approves."""

        @rule(key=KEY)
        def approve_own(self, key):
            self.enter_well("both", key)
            self.send("both", f"indberetning/{key}/godkend/", {"version": self.version(key, 0)})

    with pytest.raises(AssertionError):
        run_machine(Careless, max_examples=20, phases=[Phase.generate])  # the first fault will do
