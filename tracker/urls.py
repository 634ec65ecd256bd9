"""All addresses, by noun. The paths are part of the screen and a contract: people and scripts rely on them."""

from django.conf import settings
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter, StringConverter

from budget import codes
from tracker.reports.organisation import KINDS
from tracker.views import (
    accounts,
    agreements,
    entries,
    items,
    lines,
    money,
    organisation,
    pages,
    reports,
    rounds,
    sections,
    setup,
    uploads,
)


class ItemKey(StringConverter):
    """2.02.1, 6.10 or 1.3.1-7."""

    regex = codes.KEY.pattern


class TableName(StringConverter):
    """The two tables of money."""

    regex = "drift|anlaeg"


class Year(IntConverter):
    regex = r"(?:19|20)\d\d"


class RoundNumber(IntConverter):
    regex = r"[1-9]\d?"


class BodyKind(StringConverter):
    """Which part of the register of the organisation."""

    regex = "|".join(KINDS)


register_converter(ItemKey, "key")
register_converter(TableName, "table")
register_converter(Year, "year")
register_converter(RoundNumber, "number")
register_converter(BodyKind, "body_kind")

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
    path("aftaler/<year:year>/punkter.xlsx", agreements.outline_xlsx, name="outline_xlsx"),
    path("aftaler/<year:year>/grundlag/", agreements.agreement_basis, name="agreement_basis"),
    path("aftaler/<year:year>/beloeb/", money.money_page, name="money_both"),
    path("aftaler/<year:year>/beloeb/<table:table>/", money.money_page, name="money_table"),
    path("aftaler/<year:year>/beloeb.xlsx", money.money_xlsx, name="money_xlsx"),
    path("aftaler/<year:year>/matrix/", agreements.agreement_matrix, name="agreement_matrix"),
    path("aftaler/<year:year>/punkter/<key:key>/", items.item_detail, name="item_detail"),
    path("aftaler/<year:year>/runder/<number:number>/", include(round_patterns)),
    path("opsaetning/organisation/", organisation.organisation, name="organisation"),
    path("opsaetning/organisation/<body_kind:kind>/ny/", organisation.body_create, name="body_create"),
    path("opsaetning/organisation/<body_kind:kind>/<int:pk>/", organisation.body_edit, name="body_edit"),
    path("opsaetning/konti/", accounts.account_list, name="account_list"),
    path("opsaetning/konti/ny/", accounts.account_create, name="account_create"),
    path("opsaetning/konti/<int:pk>/", accounts.account_edit, name="account_edit"),
    path("opsaetning/konti/<int:pk>/adgangskode/", accounts.account_password, name="account_password"),
    path("opsaetning/", setup.setup_front, name="setup_front"),
    path("opsaetning/aftaler/ny/", setup.agreement_create, name="agreement_create"),
    path("opsaetning/aftaler/<year:year>/", setup.agreement_setup, name="agreement_setup"),
    path("opsaetning/aftaler/<year:year>/hoved/", setup.agreement_edit, name="agreement_edit"),
    path("opsaetning/aftaler/<year:year>/maal/", setup.strategy_edit, name="strategy_edit"),
    path("opsaetning/aftaler/<year:year>/indgaa/", setup.agreement_sign, name="agreement_sign"),
    path("opsaetning/aftaler/<year:year>/afsnit/ny/", sections.section_create, name="section_create"),
    path("opsaetning/aftaler/<year:year>/afsnit/<int:pk>/", sections.section_edit, name="section_edit"),
    path("opsaetning/aftaler/<year:year>/afsnit/<int:pk>/slet/", sections.section_delete, name="section_delete"),
    path("opsaetning/aftaler/indlaes/", uploads.agreement_upload, name="agreement_upload"),
    path("opsaetning/aftaler/indlaes/kontrol/", uploads.agreement_upload_check, name="agreement_upload_check"),
    path("opsaetning/aftaler/<year:year>/punkter/ny/", items.item_create, name="item_create"),
    path("opsaetning/aftaler/<year:year>/punkter/<key:key>/", items.item_edit, name="item_edit"),
    path("opsaetning/aftaler/<year:year>/punkter/<key:key>/henvisninger/", items.item_links, name="item_links"),
    path("opsaetning/aftaler/<year:year>/punkter/<key:key>/slet/", items.item_delete, name="item_delete"),
    path("opsaetning/aftaler/<year:year>/beloeb/ny/", lines.line_create, name="line_create"),
    path("opsaetning/aftaler/<year:year>/beloeb/<int:pk>/", lines.line_edit, name="line_edit"),
    path("opsaetning/aftaler/<year:year>/beloeb/<int:pk>/slet/", lines.line_delete, name="line_delete"),
    path("sundhed/", pages.health, name="health"),
]

if settings.DEBUG:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "tracker.views.errors.bad_request"
handler403 = "tracker.views.errors.forbidden"
handler404 = "tracker.views.errors.not_found"
handler500 = "tracker.views.errors.server_error"
