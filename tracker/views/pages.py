"""Min side and the health check."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.permissions import Permission, require_permission
from tracker.reports import my_page as reports
from tracker.reports.public_news import released_to
from tracker.reports.substitutes import standing_in


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The site's root: Min side for a signed-in user, else the public page."""
    return my_page(request) if request.user.is_authenticated else redirect("public_front")


@require_permission(Permission.OWN_PAGE)
def my_page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "page": reports.my_page(user=request.user, today=today),
        "released": released_to(request.user),
        "stand_ins": standing_in(request.user, today=today),
        "may_name_substitute": permissions.has_permission(request.user, Permission.SUBSTITUTE),
        "may_read": permissions.has_permission(request.user, Permission.AGREEMENT_LIST),
        "may_manage_accounts": permissions.has_permission(request.user, Permission.ACCOUNTS),
    }
    return render(request, "tracker/pages/my_page.html", context)


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for the icon of a page that names none: a stored report cannot know where it will lie."""
    return redirect(static("favicon.svg"))


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """ "ok" when the database answers and has this version's tables, and nothing else."""
    try:
        executor = MigrationExecutor(connection)
        is_ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:  # whatever it is, the answer to a load balancer is the same
        is_ready = False
    return HttpResponse("ok" if is_ready else "fejl", status=200 if is_ready else 503, content_type="text/plain")
