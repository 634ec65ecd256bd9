"""All addresses, by noun. The paths are part of the screen and a contract: people and scripts rely on them."""

from django.conf import settings
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter, StringConverter

from budget import codes
from tracker.views import accounts, agreements, entries, items, pages, reports, rounds


class ItemKey(StringConverter):
    """2.02.1, 6.10 or 1.3.1-7."""

    regex = codes.KEY.pattern


class Year(IntConverter):
    regex = r"(?:19|20)\d\d"


class RoundNumber(IntConverter):
    regex = r"[1-9]\d?"


register_converter(ItemKey, "key")
register_converter(Year, "year")
register_converter(RoundNumber, "number")

round_patterns = [
    path("", rounds.round_board, name="round_board"),
    path("aabn/", rounds.round_open, name="round_open"),
    path("luk/", rounds.round_close, name="round_close"),
    path("indberetning/", entries.entry_list, name="entry_list"),
    path("indberetning/<key:key>/", entries.entry_edit, name="entry_edit"),
    path("indberetning/<key:key>/fortryd/", entries.entry_take_back, name="entry_take_back"),
    path("indberetning/<key:key>/overtag/", entries.entry_take_over, name="entry_take_over"),
    path("rapport/<slug:committee>/", reports.report_page, name="report_page"),
    path("rapport/<slug:committee>.xlsx", reports.report_xlsx, name="report_xlsx"),
    path("rapport/<slug:committee>.json", reports.report_json, name="report_json"),
]

urlpatterns = [
    path("", pages.front, name="my_page"),
    path("log-ind/", accounts.sign_in, name="sign_in"),
    path("log-ud/", accounts.sign_out, name="sign_out"),
    path("adgangskode/", accounts.password_change, name="password_change"),
    path("aftaler/", agreements.agreement_list, name="agreement_list"),
    path("aftaler/<year:year>/", agreements.agreement_outline, name="agreement_outline"),
    path("aftaler/<year:year>/matrix/", agreements.agreement_matrix, name="agreement_matrix"),
    path("aftaler/<year:year>/punkter/<key:key>/", items.item_detail, name="item_detail"),
    path("aftaler/<year:year>/runder/<number:number>/", include(round_patterns)),
    path("opsaetning/konti/", accounts.account_list, name="account_list"),
    path("opsaetning/konti/ny/", accounts.account_create, name="account_create"),
    path("opsaetning/konti/<int:pk>/", accounts.account_edit, name="account_edit"),
    path("opsaetning/konti/<int:pk>/adgangskode/", accounts.account_password, name="account_password"),
    path("opsaetning/aftaler/<year:year>/punkter/<key:key>/", items.item_edit, name="item_edit"),
    path("sundhed/", pages.health, name="health"),
]

if settings.DEBUG:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "tracker.views.errors.bad_request"
handler403 = "tracker.views.errors.forbidden"
handler404 = "tracker.views.errors.not_found"
handler500 = "tracker.views.errors.server_error"
