"""Whatever changes something writes down who did it: every public action in a transaction comes by `write_event`."""

import ast
from pathlib import Path

from tracker import actions

FOLDER = Path(actions.__file__).parent
# Each for a reason of its own.
SILENT = {
    "assessments.save_draft",  # autosave: the act is the submission, and who has typed stands in EntryAuthor
    "uploads.upload_agreement",  # a file to look at; applying it is the act
    "uploads.refresh_upload",
}
SIDEWAYS = {"cpr", "cpr_in_files"}  # what they write is of the number that was let through, never of the act itself


def modules(folder: Path = FOLDER) -> dict[str, ast.Module]:
    return {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")}


def is_act(function: ast.FunctionDef) -> bool:
    decorators = {ast.unparse(each) for each in function.decorator_list}
    return not function.name.startswith("_") and any(each.startswith("transaction.atomic") for each in decorators)


def silent_acts(found: dict[str, ast.Module]) -> set[str]:
    """Acts from which no way leads to `write_event`, through functions of the same file and those it imports."""
    functions = {
        name: {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for name, tree in found.items()
    }
    imported = {name: imports_of(tree) for name, tree in found.items()}

    def writes(module: str, name: str, seen: frozenset) -> bool:
        if name == "write_event":
            return True
        module, name = imported.get(module, {}).get(name, (module, name))
        function = functions.get(module, {}).get(name)
        if function is None or module in SIDEWAYS or (module, name) in seen:
            return False
        return any(writes(module, called, seen | {(module, name)}) for called in calls_of(function))

    return {
        f"{module}.{name}"
        for module, every in functions.items()
        for name, function in every.items()
        if is_act(function) and not writes(module, name, frozenset())
    }


def imports_of(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Names that come from another file of the folder: what they are called there."""
    return {
        alias.asname or alias.name: ((node.module or "").split(".")[-1], alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name != "write_event"
    }


def calls_of(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_every_act_is_an_event():
    assert silent_acts(modules()) == SILENT


def test_there_are_acts():
    acts = {function.name for tree in modules().values() for function in ast.walk(tree) if _is_act(function)}

    assert {"submit_assessment", "close_round", "create_account", "name_substitute", "sign_agreement"} <= acts


def _is_act(node) -> bool:
    return isinstance(node, ast.FunctionDef) and is_act(node)


def test_a_silent_act_is_found():
    source = """
@transaction.atomic
def told(*, by):
    _write(by)

@transaction.atomic
def silent(*, by):
    _helper(by)

def _write(by):
    write_event(by=by)

def _helper(by):
    pass
"""

    assert silent_acts({"rounds": ast.parse(source)}) == {"rounds.silent"}
