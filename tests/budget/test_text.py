import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from budget.models import Item
from budget.text import danish_order, folded
from tests.factories import create_agreement, create_item


def test_case_does_not_matter():
    assert folded("ÆBLE Ø Å") == folded("æble ø å") == "æble ø å"


def test_double_a_counts_as_the_letter_it_stands_for():
    assert folded("Aabenraa") == folded("Åbenrå") == folded("AABENRAA")


def test_how_an_accent_was_typed_does_not_matter():
    decomposed = unicodedata.normalize("NFD", "Gård på Årøgade")

    assert decomposed != "Gård på Årøgade"
    assert folded(decomposed) == folded("Gård på Årøgade")


def test_danish_letters_come_after_z():
    names = ["Årsplan", "Ørsted", "Zoo", "Ærø", "aften", "Aabenraa", "Bøtø"]

    assert sorted(names, key=danish_order) == ["aften", "Bøtø", "Zoo", "Ærø", "Ørsted", "Aabenraa", "Årsplan"]


@given(st.text(alphabet="aAåÅæÆøØeEéz ̊", max_size=20))
def test_upper_and_lower_case_find_each_other(text):
    assert folded(text.upper()) == folded(text.lower()) == folded(text)


def test_search_finds_every_word_whatever_its_case(db):
    agreement = create_agreement()
    found = create_item(agreement, "1.02", title="Æbler på Ålegården", note="Økonomi og 100 % styring_a")
    create_item(agreement, "1.03", title="Pærer")

    def search(words):
        return list(Item.objects.filter(agreement=agreement).matching(words))

    for words in ("æbler", "ÆBLER ØKONOMI", "aalegaarden", "A\u030alega\u030arden", "1.02", "100 %", "styring_a"):
        assert search(words) == [found], words
    for words in ("æbler pærer", "100_%", "styringsa", "%æ"):
        assert search(words) == [], words


def test_search_follows_a_changed_text(db):
    item = create_item(title="Gammel titel")

    item.title = "Ny titel"
    item.save()

    assert list(Item.objects.matching("ny titel").filter(pk=item.pk)) == [item]
    assert not Item.objects.matching("gammel").filter(pk=item.pk).exists()
