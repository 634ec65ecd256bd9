"""Names of the users that rows and history mention, fetched once."""

from collections.abc import Iterable

from tracker.models import User


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {user_id for user_id in user_ids if user_id is not None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}
