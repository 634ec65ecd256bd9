"""The agreement's outline as far as a filter leaves it: the tree on the page, and the same items in Excel."""

from collections import defaultdict
from dataclasses import dataclass, field

from budget.models import Agreement, ItemLink, Section, StatedAmount
from tracker.reports.item_filter import CARRIED_OVER, ItemFilter, ListedItem, listed_items, section_paths


@dataclass
class Node:
    """A section of the outline with what the filter leaves of it."""

    section: Section
    items: list[ListedItem] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    amounts: list[StatedAmount] = field(default_factory=list)
    level: int = 2  # of its heading on the page; h1 is the agreement

    @property
    def count(self) -> int:
        return len(self.items) + sum(child.count for child in self.children)

    @property
    def only_item(self) -> ListedItem | None:
        """The item of a code that holds just this one: one line then says both."""
        is_code = len(self.items) == 1 and not self.children and self.items[0].item.key == self.section.code
        return self.items[0] if is_code else None


@dataclass(frozen=True)
class Outline:
    agreement: Agreement
    sections: list[Section]
    all_items: list[ListedItem]
    items: list[ListedItem]
    nodes: list[Node]

    @property
    def front(self) -> list[Node]:
        """Sections without a code: the pages before chapter 1."""
        return [node for node in self.nodes if not node.section.code]

    @property
    def chapters(self) -> list[Node]:
        return [node for node in self.nodes if node.section.code]


def load(agreement: Agreement) -> tuple[list[Section], list[ListedItem]]:
    """Sections and items of the agreement in its order; three queries."""
    sections = list(agreement.sections.in_agreement_order())
    return sections, listed_items(agreement, sections)


def outline(
    agreement: Agreement, sections: list[Section], all_items: list[ListedItem], wanted: ItemFilter | None
) -> Outline:
    """`wanted` is None where the filter itself is wrong: then nothing is shown, rather than everything."""
    items = [each for each in all_items if wanted and wanted.keeps(each)]
    nodes = {section.pk: Node(section) for section in sections}
    for each in items:
        nodes[each.item.section_id].items.append(each)
    for amount in StatedAmount.objects.filter(section__agreement=agreement):
        nodes[amount.section_id].amounts.append(amount)
    roots = []
    for section in sections:
        parent = nodes.get(section.parent_id)
        siblings = parent.children if parent else roots
        siblings.append(nodes[section.pk])
        nodes[section.pk].level = min(parent.level + 1, 6) if parent else 2
    if wanted != ItemFilter():
        roots = _with_items(roots)
    return Outline(agreement, sections, all_items, items, roots)


def _with_items(nodes: list[Node]) -> list[Node]:
    for node in nodes:
        node.children = _with_items(node.children)
    return [node for node in nodes if node.count]


@dataclass(frozen=True)
class OutlineRow:
    """One item as a line of its own: where it stands, where it comes from, and what its text says of money."""

    listed: ListedItem
    path: tuple[Section, ...]
    links: list[ItemLink]
    amounts: list[StatedAmount]


def outline_rows(shown: Outline) -> list[OutlineRow]:
    """The outline's items as rows for a workbook; two queries."""
    links, amounts = defaultdict(list), defaultdict(list)
    for link in ItemLink.objects.filter(item__agreement=shown.agreement, kind__in=CARRIED_OVER):
        links[link.item_id].append(link)
    for amount in StatedAmount.objects.filter(item__agreement=shown.agreement):
        amounts[amount.item_id].append(amount)
    paths = section_paths(shown.sections)
    return [
        OutlineRow(each, paths[each.item.section_id], links[each.item.pk], amounts[each.item.pk])
        for each in shown.items
    ]
