"""All addresses, by noun. The paths are part of the screen and a contract: people and scripts rely on them."""

from django.conf import settings
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter, StringConverter

from budget import codes
from tracker.reports.organisation import KINDS
from tracker.views import (
    accounts,
    agreements,
    approvals,
    entries,
    events,
    items,
    lines,
    money,
    organisation,
    pages,
    plans,
    public,
    public_editions,
    publications,
    reports,
    round_setup,
    rounds,
    second_factor,
    sections,
    setup,
    substitutes,
    uploads,
    verify,
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


class EditionNumber(IntConverter):
    """Nobody knows how many corrections a report will need."""

    regex = r"[1-9]\d{0,4}"


class BodyKind(StringConverter):
    """Which part of the register of the organisation."""

    regex = "|".join(KINDS)


register_converter(ItemKey, "key")
register_converter(TableName, "table")
register_converter(Year, "year")
register_converter(RoundNumber, "number")
register_converter(EditionNumber, "edition")
register_converter(BodyKind, "body_kind")

round_patterns = [
    path("", rounds.round_board, name="round_board"),
    path("aabn/", rounds.round_open, name="round_open"),
    path("luk/", rounds.round_close, name="round_close"),
    path("indberetning/", entries.entry_list, name="entry_list"),
    path("indberetning/<key:key>/", entries.entry_edit, name="entry_edit"),
    path("indberetning/<key:key>/fortryd/", entries.entry_take_back, name="entry_take_back"),
    path("indberetning/<key:key>/overtag/", entries.entry_take_over, name="entry_take_over"),
    path("indberetning/<key:key>/returner/", approvals.entry_return, name="entry_return"),
    path("indberetning/<key:key>/godkend/", approvals.entry_approve, name="entry_approve"),
    path("indberetning/<key:key>/fortryd-godkendelse/", approvals.entry_unapprove, name="entry_unapprove"),
    path("indberetning/<key:key>/bemaerkning/", approvals.entry_note, name="entry_note"),
    path("indberetning/indsend-alle/", approvals.entry_submit_all, name="entry_submit_all"),
    path("godkend/", approvals.round_approve, name="round_approve"),
    path("udgaver/", publications.edition_list, name="edition_list"),
    path("udgaver/byg/", publications.edition_build, name="edition_build"),
    path("udgaver/frigiv/", publications.edition_release, name="edition_release"),
    path("udgaver/aabn/", publications.edition_open, name="edition_open"),
    path("udgaver/traek-tilbage/", publications.edition_withdraw, name="edition_withdraw"),
    path("rapport/<slug:committee>/", reports.report_page, name="report_page"),
    path("rapport/<slug:committee>.xlsx", reports.report_xlsx, name="report_xlsx"),
    path("rapport/<slug:committee>.json", reports.report_json, name="report_json"),
]

# The names are django-allauth's, which looks its pages up by them; it has no other pages here.
second_factor_patterns = [
    path("log-ind/", accounts.sign_in, name="account_login"),
    path("log-ind/kode/", second_factor.authenticate, name="mfa_authenticate"),
    path("bekraeft/", second_factor.confirm_by_password, name="account_reauthenticate"),
    path("bekraeft/kode/", second_factor.confirm_by_code, name="mfa_reauthenticate"),
    path("andet-trin/", second_factor.front, name="mfa_index"),
    path("andet-trin/opsaet/", second_factor.set_up, name="mfa_activate_totp"),
    path("andet-trin/opsaet/qr.svg", second_factor.qr, name="second_factor_qr"),
    path("andet-trin/fjern/", second_factor.remove, name="mfa_deactivate_totp"),
    path("andet-trin/gendannelseskoder/", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("andet-trin/gendannelseskoder/nye/", second_factor.recovery_codes_new, name="mfa_generate_recovery_codes"),
    path(
        "andet-trin/gendannelseskoder.txt",
        second_factor.recovery_codes_download,
        name="mfa_download_recovery_codes",
    ),
]

edition_patterns = [
    path("", public_editions.edition_page, name="edition_page"),
    path("rapport.<slug:kind>", public_editions.edition_file, name="edition_file"),
    path("forskelle/", public_editions.edition_differences, name="edition_differences"),
]
# The committee's slug comes last: what stands above it is no committee.
public_round_patterns = [
    path("", public.public_round, name="public_round"),
    path("punkter/", public.public_items, name="public_items"),
    path("punkter.csv", public.public_items_csv, name="public_items_csv"),
    path("<slug:scope>/", public_editions.edition_newest, name="edition_newest"),
    path("<slug:scope>/udgave-<edition:edition>/", include(edition_patterns)),
]

urlpatterns = [
    path("", pages.front, name="my_page"),
    path("offentlig/", public.front, name="public_front"),
    path("offentlig/feed/", public.feed, name="public_feed"),
    path("offentlig/<year:year>/punkter/<key:key>/", public.item, name="public_item"),
    path("offentlig/<year:year>/<number:number>/", include(public_round_patterns)),
    path("verificer/", verify.verify, name="verify"),
    path("tilgaengelighed/", public.accessibility, name="accessibility"),
    path("log-ind/", accounts.sign_in, name="sign_in"),
    path("log-ud/", accounts.sign_out, name="sign_out"),
    path("adgangskode/", accounts.password_change, name="password_change"),
    path("vikar/", substitutes.substitute_list, name="substitute_list"),
    path("vikar/<int:pk>/afslut/", substitutes.substitute_end, name="substitute_end"),
    path("aftaler/", agreements.agreement_list, name="agreement_list"),
    path("aftaler/<year:year>/", agreements.agreement_outline, name="agreement_outline"),
    path("aftaler/<year:year>/punkter.xlsx", agreements.outline_xlsx, name="outline_xlsx"),
    path("aftaler/<year:year>/grundlag/", agreements.agreement_basis, name="agreement_basis"),
    path("aftaler/<year:year>/beloeb/", money.money_page, name="money_both"),
    path("aftaler/<year:year>/beloeb/<table:table>/", money.money_page, name="money_table"),
    path("aftaler/<year:year>/beloeb.xlsx", money.money_xlsx, name="money_xlsx"),
    path("aftaler/<year:year>/milepaele/", plans.plan_page, name="plan_page"),
    path("aftaler/<year:year>/milepaele.xlsx", plans.plan_xlsx, name="plan_xlsx"),
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
    path("opsaetning/konti/<int:pk>/andet-trin/", second_factor.account_second_factor, name="account_second_factor"),
    path("opsaetning/haendelser/", events.event_log, name="event_log"),
    path("opsaetning/", setup.setup_front, name="setup_front"),
    path("opsaetning/aftaler/ny/", setup.agreement_create, name="agreement_create"),
    path("opsaetning/aftaler/<year:year>/", setup.agreement_setup, name="agreement_setup"),
    path("opsaetning/aftaler/<year:year>/hoved/", setup.agreement_edit, name="agreement_edit"),
    path("opsaetning/aftaler/<year:year>/maal/", setup.strategy_edit, name="strategy_edit"),
    path("opsaetning/aftaler/<year:year>/indgaa/", setup.agreement_sign, name="agreement_sign"),
    path("opsaetning/aftaler/<year:year>/runder/", round_setup.round_list_setup, name="round_list_setup"),
    path("opsaetning/aftaler/<year:year>/runder/<number:number>/", round_setup.round_edit, name="round_edit"),
    path("opsaetning/aftaler/<year:year>/milepaele/hoering/", plans.plan_hearing, name="plan_hearing"),
    path("opsaetning/aftaler/<year:year>/milepaele/tilbage/", plans.plan_return, name="plan_return"),
    path("opsaetning/aftaler/<year:year>/milepaele/beslutning/", plans.plan_decide, name="plan_decide"),
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
    path("favicon.ico", pages.favicon, name="favicon"),
    path("sundhed/", pages.health, name="health"),
]

urlpatterns += second_factor_patterns

if settings.SSO:
    from tracker.views import sso

    urlpatterns += [
        path("log-ind/tjeneste/", sso.begin, name="sso_begin"),
        path("log-ind/tjeneste/svar/", sso.come_back, name="sso_return"),
    ]

if settings.DEBUG:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "tracker.views.errors.bad_request"
handler403 = "tracker.views.errors.forbidden"
handler404 = "tracker.views.errors.not_found"
handler429 = "tracker.views.errors.too_many_requests"  # allauth asks for it
handler500 = "tracker.views.errors.server_error"
