"""The agreement: its outline with filters, and the matrix of items and rounds."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budget.models import Agreement, AgreementMode, Item, Section
from tracker.forms.filters import ItemFilterForm, MatrixFilterForm
from tracker.htmx import page_or_fragment
from tracker.models import FollowUpRound
from tracker.permissions import Permission, has_permission, require_permission
from tracker.reports.overview import matrix
from tracker.tables import MatrixTable
from tracker.views.lookup import find_agreement


@require_safe
@require_permission(Permission.AGREEMENT_LIST)
def agreement_list(request: HttpRequest) -> HttpResponse:
    agreements = [
        agreement
        for agreement in Agreement.objects.prefetch_related("signatories__party", "rounds")
        if has_permission(request.user, Permission.AGREEMENT_READ, agreement)
    ]
    return render(request, "tracker/agreements/list.html", {"agreements": agreements})


@dataclass
class Node:
    """A section of the outline with what the filter leaves of it."""

    section: Section
    items: list[Item] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.items) + sum(child.count for child in self.children)


def _tree(sections: list[Section], items: list[Item], *, is_filtered: bool) -> list[Node]:
    nodes = {section.pk: Node(section) for section in sections}
    for item in items:
        nodes[item.section_id].items.append(item)
    roots = []
    for section in sections:
        siblings = nodes[section.parent_id].children if section.parent_id in nodes else roots
        siblings.append(nodes[section.pk])
    return _with_items(roots) if is_filtered else roots


def _with_items(nodes: list[Node]) -> list[Node]:
    for node in nodes:
        node.children = _with_items(node.children)
    return [node for node in nodes if node.count]


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def agreement_outline(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    form = ItemFilterForm(agreement, request.GET)
    is_valid = form.is_valid()
    items = form.item_filter.apply(agreement.items.all()) if is_valid else Item.objects.none()
    items = list(items.in_agreement_order().select_related("lead_centre"))
    for item in items:
        item.agreement = agreement
    is_filtered = any(request.GET.get(name) for name in form.fields)
    context = {
        "agreement": agreement,
        "form": form,
        "nodes": _tree(list(agreement.sections.all()), items, is_filtered=is_filtered),
        "shown": len(items),
        "total": agreement.items.count(),
        "is_filtered": is_filtered,
        "rounds": _rounds_for(request, agreement),
        "signatories": agreement.signatories.select_related("party"),
        "targets": agreement.targets.prefetch_related("values"),
    }
    template = page_or_fragment(request, "tracker/agreements/outline.html", "tracker/agreements/_outline.html")
    return render(request, template, context, status=200 if is_valid else 422)


@dataclass(frozen=True)
class RoundLinks:
    follow_up_round: FollowUpRound
    may_enter: bool
    may_follow: bool


def _rounds_for(request: HttpRequest, agreement: Agreement) -> list[RoundLinks]:
    if agreement.mode != AgreementMode.MILESTONES:
        return []
    may_enter = has_permission(request.user, Permission.ENTRY_LIST)
    may_follow = has_permission(request.user, Permission.BOARD_READ)
    return [RoundLinks(each, may_enter and each.is_open, may_follow) for each in agreement.rounds.all()]


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def agreement_matrix(request: HttpRequest, year: int) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    rounds = list(agreement.rounds.all())
    for each in rounds:
        each.agreement = agreement
    form = MatrixFilterForm(agreement, request.GET)
    is_valid = form.is_valid()
    rows = []
    if is_valid and rounds:
        items = form.item_filter.apply(agreement.items.all())
        rows = matrix(items=items, rounds=rounds, user=request.user, level=form.cleaned_data["level"])
    context = {"agreement": agreement, "form": form, "table": MatrixTable(rows, rounds=rounds), "shown": len(rows)}
    template = page_or_fragment(request, "tracker/agreements/matrix.html", "tracker/agreements/_matrix.html")
    return render(request, template, context, status=200 if is_valid else 422)
