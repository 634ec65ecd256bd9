"""One item: everything about it, and the forms that make and mend it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from budget import codes
from budget.models import Agreement, Item, ResponsibilityRole
from tracker.actions.items import AGREED, change_item, create_item, delete_item
from tracker.actions.links import change_links
from tracker.forms.items import DraftItemForm, ItemForm, ItemLinksForm
from tracker.forms.versioned import DeleteForm
from tracker.models import MilestonePlan
from tracker.permissions import Permission, authorize, has_permission, require_permission
from tracker.reports.item_history import item_history
from tracker.reports.item_page import item_page
from tracker.reports.item_uses import why_item_stays
from tracker.views.lookup import authorize_draft, find_agreement, find_draft, find_item
from tracker.views.saving import status_of, told

Parents = list[tuple[str, str]]


@require_safe
@require_permission(Permission.AGREEMENT_READ)
def item_detail(request: HttpRequest, year: int, key: str) -> HttpResponse:
    agreement = find_agreement(request.user, year)
    shared = list(Item.objects.filter(agreement=agreement, code=key, ordinal__isnull=False).in_agreement_order())
    if shared and not Item.objects.filter(agreement=agreement, key=key).exists():
        section = agreement.sections.filter(code=key).first()
        context = {"agreement": agreement, "code": key, "items": shared, "section": section}
        return render(request, "tracker/items/code.html", context)
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
@require_permission(Permission.AGREEMENT_EDIT)
def item_create(request: HttpRequest, year: int) -> HttpResponse:
    """`?afsnit=1.3` begins with that section."""
    agreement = find_draft(request.user, year)
    wanted = request.GET.get("afsnit", "")
    section = agreement.sections.filter(code=wanted).first() if codes.is_code(wanted) else None
    data = request.POST if request.method == "POST" else None
    form = DraftItemForm(data, instance=Item(agreement=agreement), initial={"section": section}, plan=_plan(agreement))
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: _create_item(request, agreement, form))
        if not status:
            messages.success(request, f"Punkt {form.answer.key} er oprettet.")
            if "more" in request.POST:
                return redirect(f"{reverse('item_create', args=[year])}?afsnit={form.answer.section.code}")
            return redirect("item_detail", *form.answer.address)
    return _form_page(request, agreement, form, status)


def _create_item(request: HttpRequest, agreement: Agreement, form: DraftItemForm) -> Item:
    reason = form.cleaned_data.get("reason", "")
    return create_item(agreement=agreement, by=request.user, reason=reason, **form.values)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.ITEM_EDIT)
def item_edit(request: HttpRequest, year: int, key: str) -> HttpResponse:
    item = find_item(request.user, year, key)
    authorize(request.user, Permission.ITEM_EDIT, item)
    # A page that was opened before the signing brings the whole item: what was typed in it must not vanish.
    is_whole = not item.agreement.is_signed or any(name in request.POST for name in AGREED)
    data = request.POST if request.method == "POST" else None
    form = (DraftItemForm if is_whole else ItemForm)(data, instance=item, plan=_plan(item.agreement))
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: _save_item(request, form))
        if not status:
            messages.success(request, told(form.answer))
            return redirect("item_detail", year, codes.item_key(item.code, item.ordinal))
    return _form_page(request, item.agreement, form, status)


def _save_item(request: HttpRequest, form: ItemForm) -> bool:
    data = form.cleaned_data
    return change_item(
        item=form.instance, by=request.user, version=data["version"], reason=data.get("reason", ""), **form.values
    )


def _plan(agreement: Agreement) -> MilestonePlan | None:
    return MilestonePlan.objects.filter(agreement=agreement).first()


def _form_page(request: HttpRequest, agreement: Agreement, form: ItemForm, status: int) -> HttpResponse:
    """`agreed` is what of a signed item stands above the form, to be read only."""
    item = form.instance
    agreed = {}
    if item.pk and agreement.is_signed:
        for row in item.responsibilities.select_related("committee", "centre").order_by("position"):
            agreed.setdefault(row.role, []).append(str(row))
    context = {
        "agreement": agreement,
        "form": form,
        "item": item if item.pk else None,
        "committees": agreed.get(ResponsibilityRole.COMMITTEE, []),
        "bodies": agreed.get(ResponsibilityRole.BODY, []),
    }
    return render(request, "tracker/items/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def item_links(request: HttpRequest, year: int, key: str) -> HttpResponse:
    item = find_item(request.user, year, key)
    authorize_draft(request.user, item.agreement)
    form = ItemLinksForm(request.POST if request.method == "POST" else None, instance=item)
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: _save_links(request, form))
        if not status:
            messages.success(request, told(form.answer))
            return redirect("item_links" if "more" in request.POST else "item_detail", year, key)
    context = {"item": item, "form": form, "parents": _parents(item)}
    return render(request, "tracker/items/links.html", context, status=status)


def _save_links(request: HttpRequest, form: ItemLinksForm) -> bool:
    return change_links(
        item=form.instance,
        by=request.user,
        version=form.cleaned_data["version"],
        links=form.links.rows,
        stated_amounts=form.stated_amounts.rows,
        cpr_reason=form.cpr_reason,
    )


@require_http_methods(["GET", "POST"])
@require_permission(Permission.AGREEMENT_EDIT)
def item_delete(request: HttpRequest, year: int, key: str) -> HttpResponse:
    item = find_item(request.user, year, key)
    authorize_draft(request.user, item.agreement)
    data = request.POST if request.method == "POST" else None
    form = DeleteForm(data, row=item, problem=" ".join(why_item_stays(item)))
    status = 200
    if request.method == "POST":
        status = status_of(form, lambda: delete_item(item=item, by=request.user, version=form.cleaned_data["version"]))
        if not status:
            messages.success(request, f"Punkt {item.key} er slettet.")
            return redirect("agreement_setup", year)
    context = {
        "form": form,
        "heading": f"Slet punkt {item.key}?",
        "text": f"»{item.title}« slettes med sine henvisninger, milepæle og beløb nævnt i teksten. Det kan ikke "
        "fortrydes.",
        "back": reverse("item_edit", args=item.address),
        "parents": _parents(item),
    }
    return render(request, "tracker/setup/delete.html", context, status=status)


def _parents(item: Item) -> Parents:
    agreement = item.agreement
    return [
        ("Aftaler", reverse("agreement_list")),
        (agreement.title, agreement.get_absolute_url()),
        (item.key, item.get_absolute_url()),
    ]
