"""export_report: the same report as on the screen, in a file; or one sentence and nothing written."""

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests.tracker.views.pages import signed_in
from tracker.models import FollowUpRound


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("export_report", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_json_is_what_the_address_answers(loaded_2018, finance, tmp_path):
    told = run(2018, 1, "oekonomiudvalget", tmp_path / "rapport.json")

    assert told == f"Rapporten er skrevet til {tmp_path / 'rapport.json'}.\n"
    answer = signed_in(finance).get("/aftaler/2018/runder/1/rapport/oekonomiudvalget.json")
    assert json.loads((tmp_path / "rapport.json").read_text(encoding="utf-8")) == json.loads(answer.content)


def test_workbook_and_html(loaded_2018, tmp_path):
    for ending in ("xlsx", "html"):
        run(2018, 1, "samlet", tmp_path / f"rapport.{ending}")

    assert openpyxl.load_workbook(tmp_path / "rapport.xlsx").sheetnames[0] == "Punkter"
    html = (tmp_path / "rapport.html").read_text(encoding="utf-8")
    assert (
        html.startswith("<!doctype html>") and "Første opfølgning på Aftale om budget 2018 for Ballerup Kommune" in html
    )


def test_a_file_is_written_over(loaded_2018, tmp_path):
    file = tmp_path / "rapport.json"
    file.write_text("gammelt", encoding="utf-8")

    run(2018, 1, "samlet", file)

    assert json.loads(file.read_text(encoding="utf-8"))["round"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((2018, 9, "samlet", "r.json"), "Der er ingen runde 9 for budgetår 2018."),
        ((1999, 1, "samlet", "r.json"), "Der er ingen runde 1 for budgetår 1999."),
        ((2018, 1, "findes-ikke", "r.json"), "Udvalget 'findes-ikke' findes ikke"),
        ((2018, 1, "samlet", "r.pdf"), "filnavnet skal ende på .xlsx, .json, .html."),
        ((2018, 1, "samlet", "r"), "filnavnet skal ende på"),
        ((2018, 1, "samlet", "findes/ikke/r.json"), "kan ikke skrives"),
        ((2018, 1, "samlet", "mappe.json"), "kan ikke skrives"),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(loaded_2018, tmp_path, arguments, words):
    (tmp_path / "mappe.json").mkdir()
    *rest, name = arguments

    with pytest.raises(CommandError) as refusal:
        run(*rest, tmp_path / name)

    assert words in str(refusal.value) and "\n" not in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mappe.json"]


def test_an_export_changes_no_row(loaded_2018, tmp_path):
    before = list(FollowUpRound.objects.values_list())

    run(2018, 2, "samlet", tmp_path / "r.html")

    assert list(FollowUpRound.objects.values_list()) == before
