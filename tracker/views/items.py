"""One item: everything about it, and the form that mends it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from budget.models import Item
from tracker.actions.items import change_item
from tracker.errors import TrackerError
from tracker.forms.items import ItemForm
from tracker.models import MilestonePlan
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.item_history import item_history
from tracker.reports.item_page import item_page
from tracker.views.lookup import find_agreement, find_item


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def item_detail(request: HttpRequest, year: int, key: str) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    shared = list(Item.objects.filter(agreement=agreement, code=key, ordinal__isnull=False).in_agreement_order())
    if shared and not Item.objects.filter(agreement=agreement, key=key).exists():
        return render(request, "tracker/items/code.html", {"agreement": agreement, "code": key, "items": shared})
    item = find_item(request.user, year, key)
    page = item_page(item, request.user)
    context = {
        "agreement": item.agreement,
        "item": item,
        "page": page,
        "history": item_history(item, page.entries, request.user),
        "may_edit": has_permission(request.user, Permission.ITEM_EDIT, item),
    }
    return render(request, "tracker/items/detail.html", context)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ITEM_EDIT)
def item_edit(request: HttpRequest, year: int, key: str) -> HttpResponse:
    item = find_item(request.user, year, key)
    authorize(request.user, Permission.ITEM_EDIT, item)
    plan = MilestonePlan.objects.filter(agreement=item.agreement).first()
    form = ItemForm(request.POST or None, instance=item, plan=plan)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                is_changed = _save_item(form, request)
            except TrackerError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, "Rettelserne er gemt." if is_changed else "Der var ingen rettelser at gemme.")
                return redirect("item_detail", year, key)
        else:
            status = 422
    return render(request, "tracker/items/edit.html", {"item": item, "form": form}, status=status)


def _save_item(form: ItemForm, request: HttpRequest) -> bool:
    data = form.cleaned_data
    return change_item(
        item=form.instance,
        by=request.user,
        version=data["version"],
        fields={name: data[name] for name in form.Meta.fields},
        committees=list(data["committees"]),
        bodies=data["bodies"],
        contributors=list(data["contributors"]),
        contributor_words=data["contributor_words"],
        milestones=form.milestones(list(form.instance.agreement.rounds.all())),
        reason=data["reason"],
    )
