"""`export_amounts YEAR FILE.xlsx`."""

import pytest
from django.core.management import CommandError, call_command

from tests.tracker.exports.workbooks import opened


def test_the_tables_become_a_file(loaded_2021, tmp_path, capsys):
    file = tmp_path / "beloeb.xlsx"

    call_command("export_amounts", "2021", str(file))

    assert capsys.readouterr().out == f"145 beløbslinjer er skrevet til {file}.\n"
    assert opened(file.read_bytes()).sheetnames == ["Drift", "Anlæg"]


@pytest.mark.parametrize(
    ("year", "name", "cause"),
    [
        ("1999", "b.xlsx", "Der er ingen aftale for budgetår 1999."),
        ("2021", "b.csv", "filnavnet skal ende på .xlsx."),
        ("2021", "ingen-mappe/b.xlsx", "kan ikke skrives: den findes ikke."),
    ],
)
def test_a_refusal_is_a_sentence(loaded_2021, tmp_path, year, name, cause):
    with pytest.raises(CommandError, match=cause.replace(".", r"\.")):
        call_command("export_amounts", year, str(tmp_path / name))

    assert not list(tmp_path.iterdir())
