"""What the commands that load files have in common about numbers that look like CPR numbers."""

from argparse import ArgumentParser

from tracker.actions.cpr_in_files import LOOKS_LIKE_ONE


def add_allow_cpr(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--allow-cpr", metavar="BEGRUNDELSE", default="", help="hvorfor tal, der ligner CPR-numre, ikke er det"
    )


def with_way_out(refusal: str) -> str:
    """The refusal, and how to load the file all the same where a number is all that is in the way."""
    if LOOKS_LIKE_ONE not in refusal:
        return refusal
    return f'{refusal}\nEr det ikke et CPR-nummer, så indlæs filen med --allow-cpr "begrundelse".'
