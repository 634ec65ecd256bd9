"""What every page's frame needs: whose site it is and the main menu of this user."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from tracker.permissions import Permission, has_permission


@dataclass(frozen=True)
class MenuEntry:
    label: str
    url: str
    is_current: bool


def page_frame(request: HttpRequest) -> dict:
    return {
        "municipality": settings.MUNICIPALITY,
        "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
        "menu": _menu(request),
        "sign_in_link": _offers_sign_in(request),
    }


def _offers_sign_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)  # None where the request was refused before anybody asked who it is
    return user is not None and not user.is_authenticated and request.path != reverse("sign_in")


def _menu(request: HttpRequest) -> list[MenuEntry]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    if getattr(request, "lacks_second_factor", False):  # whoever lacks one reaches nothing else
        return [MenuEntry("Andet trin ved log ind", reverse("mfa_index"), True)]
    links = [("Min side", reverse("my_page"))]
    if has_permission(user, Permission.AGREEMENT_LIST):
        links.append(("Aftaler", reverse("agreement_list")))
    if has_permission(user, Permission.SETUP):
        links.append(("Opsætning", reverse("setup_front")))
    if has_permission(user, Permission.ACCOUNTS):
        links.append(("Konti", reverse("account_list")))
    links.append(("Offentlig side", reverse("public_front")))
    # the longest one: the accounts lie inside the set-up
    current = max((url for _, url in links if url != "/" and request.path.startswith(url)), key=len, default="")
    current = current or ("/" if request.path == "/" else "")
    return [MenuEntry(label, url, url == current) for label, url in links]
