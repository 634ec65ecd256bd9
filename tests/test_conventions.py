"""What a reader may rely on everywhere: which way imports point, what templates never hold, what is never committed."""

import ast
import fnmatch
import json
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
IGNORED = [
    line.strip("/\n")
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
# Each may import what stands to its right, and its own neighbours.
TRACKER = [
    {"urls"}, {"views"}, {"forms", "tables", "exports"}, {"actions", "followup_file"}, {"reports"}, {"permissions"},
    {"models"}, {"statuses", "errors"},
]  # fmt: skip
BUDGET = [{"documents", "files", "totals", "keyfigures"}, {"models"}, {"codes", "cpr", "line_rules", "text"}]


def ours(*patterns: str) -> list[Path]:
    """Files that are committed or would be: everything that .gitignore does not name."""
    found = []
    for top, folders, files in os.walk(ROOT):
        folder = Path(top)
        folders[:] = [name for name in folders if name != ".git" and not _is_ignored(folder / name)]
        found += [folder / name for name in files if not _is_ignored(folder / name)]
    return sorted(path for path in found if any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns or ["*"]))


def _is_ignored(path: Path) -> bool:
    place = path.relative_to(ROOT).as_posix()
    return any(fnmatch.fnmatch(place, pattern) or fnmatch.fnmatch(path.name, pattern) for pattern in IGNORED)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def product_code() -> list[Path]:
    return [path for path in ours("*.py") if path.relative_to(ROOT).parts[0] in {"budget", "tracker"}]


def imports_of(path: Path) -> set[str]:
    """Full names of what a file imports, relative imports resolved."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def layer_of(module: str, layers: list[set[str]]) -> int | None:
    parts = module.split(".")
    return next((n for n, names in enumerate(layers) if len(parts) > 1 and parts[1] in names), None)


def test_budget_never_imports_tracker():
    wrong = {named(path) for path in product_code() if path.is_relative_to(ROOT / "budget") and knows_tracker(path)}

    assert wrong == set()


def knows_tracker(path: Path) -> bool:
    return any(name == "tracker" or name.startswith("tracker.") for name in imports_of(path))


def test_no_product_code_imports_the_tests():
    assert [named(path) for path in product_code() if any(n.split(".")[0] == "tests" for n in imports_of(path))] == []


@pytest.mark.parametrize(("package", "layers"), [("tracker", TRACKER), ("budget", BUDGET)])
def test_imports_point_one_way(package, layers):
    wrong = []
    for path in product_code():
        here = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts), layers)
        if path.relative_to(ROOT).parts[0] != package or here is None:
            continue
        for name in imports_of(path):
            there = layer_of(name, layers) if name.startswith(f"{package}.") else None
            if there is not None and there < here:
                wrong.append(f"{named(path)} imports {name}")

    assert wrong == []


# --- Templates and code that would open a hole ---------------------------------------------------------------------

UNSAFE_TEMPLATE = {
    "text marked safe": r"\|\s*safe(seq)?\b",
    "autoescape off": r"autoescape\s+off",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script with a body": r"<script\b[^>]*>(?!\s*</script>)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "code in an htmx attribute": r"\bhx-on\b|hx-(vals|headers)\s*=\s*[\"']\s*(js|javascript):|javascript:",
}
# The report as one file to send: it has its style inside, and never passes through the site's own responses.
ALLOWED = {"a style element": {"templates/tracker/reports/file.html"}}
UNSAFE_CODE = {
    "text marked safe": r"\bmark_safe\b|\bSafeText\b|\bSafeString\((?!\"\"\))",
    "a view without its CSRF token": r"\bcsrf_exempt\b",
    "eval": r"(?<![\w.])(eval|exec)\(",
    "a formatted format_html": r"format_html\(\s*f[\"']",
    "SQL by hand": r"\.raw\(|\.extra\(",
    "money as a decimal fraction": r"(?<![\w.])float\(|FloatField|DecimalField",
}


@pytest.mark.parametrize("what", UNSAFE_TEMPLATE)
def test_no_template_holds(what):
    pattern = re.compile(UNSAFE_TEMPLATE[what], re.IGNORECASE)
    templates = [path for path in ours("*.html", "*.txt", "*.svg") if "templates" in path.parts]

    found = {named(path) for path in templates if pattern.search(path.read_text(encoding="utf-8"))}
    assert templates
    assert found - ALLOWED.get(what, set()) == set()


@pytest.mark.parametrize("what", UNSAFE_CODE)
def test_no_code_holds(what):
    pattern = re.compile(UNSAFE_CODE[what])

    assert [named(path) for path in product_code() if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_what_the_patterns_catch():
    bad = {
        "text marked safe": "{{ x|safe }}",
        "autoescape off": "{% autoescape off %}",
        "a style attribute": '<p class="a" style="color:red">',
        "a style element": "<style>",
        "a script with a body": "<script>alert(1)</script>",
        "an event attribute": '<a href="#" onclick="x()">',
        "code in an htmx attribute": '<a hx-on:click="x()">',
    }
    good = '<script src="{% static \'a.js\' %}" defer></script><svg stroke-style="a"></svg><p data-style="x">'

    for what, text in bad.items():
        assert re.search(UNSAFE_TEMPLATE[what], text, re.IGNORECASE), what
        assert not re.search(UNSAFE_TEMPLATE[what], good, re.IGNORECASE), what


# --- Files ---------------------------------------------------------------------------------------------------------


def test_no_python_file_is_longer_than_one_can_read():
    long = {
        named(path): lines
        for path in ours("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_lock_files_name_no_host():
    for name in ("requirements.txt", "requirements-sso.txt", "requirements-dev.txt", "requirements-node.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text, name
        assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text), name


def test_package_lock_names_no_host():
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    installed = {name: package for name, package in packages.items() if name}
    assert all("integrity" in package and "resolved" not in package for package in installed.values())


def test_nothing_mentions_the_machine_it_was_written_on():
    words = ["../" + "shared", "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
    found = defaultdict(list)
    for path in ours():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a font or a picture
        for word in words:
            if word in text:
                found[named(path)].append(word)

    assert found == {}


def test_secrets_and_data_are_never_committed():
    names = {named(path) for path in ours()}

    assert names and not any(name.startswith(("data/", ".venv/", "node_modules/")) for name in names)
    assert not any(name.endswith((".sqlite3", ".env", "secret_key", "demo_password")) for name in names)
