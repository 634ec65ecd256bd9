from hypothesis import given
from hypothesis import strategies as st

from tracker.reports.word_difference import Piece, word_difference


def test_words_that_went_and_came():
    assert word_difference("Planen er lavet i maj.", "Planen er vedtaget i maj.") == [
        Piece("same", "Planen er "),
        Piece("gone", "lavet"),
        Piece("new", "vedtaget"),
        Piece("same", " i maj."),
    ]


def test_a_line_break_is_one_however_it_is_sent():
    assert word_difference("a\r\nb", "a\nb") == [Piece("same", "a\nb")]


def test_nothing_to_tell():
    assert word_difference("", "") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_back(before, after):
    pieces = word_difference(before, after)

    assert "".join(each.text for each in pieces if each.kind != "new") == before.replace("\r\n", "\n")
    assert "".join(each.text for each in pieces if each.kind != "gone") == after.replace("\r\n", "\n")


def test_very_long_texts_are_told_apart_whole():
    before, after = "ord " * 5_000, "ord " * 5_000 + "nyt"

    assert [each.kind for each in word_difference(before, after)] == ["gone", "new"]
