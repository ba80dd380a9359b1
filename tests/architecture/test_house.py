"""How the house is kept: sizes, names, docstrings and what is on the door."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import equipoise as eq

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "equipoise"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 300
LONGEST_FUNCTION = 40
PUBLIC = ["PRESETS", "Recipe", "TrainedGenerator", "check", "diagnose", "load", "preset", "resume", "train", "watch"]
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
named = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    told = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return function.end_lineno - function.lineno + 1 - told


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Functions and classes that others may use, and the methods of those classes."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def test_there_is_a_house():
    assert len(FILES) > 50


@named
def test_a_file_fits_in_the_head(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES


@named
def test_a_function_fits_on_a_screen(path):
    long = {function.name: length(function) for function in functions(path) if length(function) > LONGEST_FUNCTION}
    assert long == {}


@named
def test_what_is_public_says_what_it_is(path):
    document = tree(path)
    silent = [name for name, node in public(document.body) if ast.get_docstring(node) is None]
    forward = [name for name in silent if name.endswith(".forward")]  # the class says what its module computes
    assert ast.get_docstring(document)
    assert sorted(set(silent) - set(forward)) == []


@named
def test_no_name_is_vague_and_no_path_is_of_one_machine(path):
    parts = {part for whole in path.relative_to(SOURCE).with_suffix("").parts for part in whole.split("_")}
    assert not parts & VAGUE
    found = re.findall(r"[\"'](/(?:home|root|work|Users|tmp|mnt)/[^\"']*)[\"']", path.read_text(encoding="utf-8"))
    assert found == []


@named
def test_annotations_are_real_so_that_shapes_can_be_checked(path):
    futures = [node for node in tree(path).body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=module_of)
def test_every_name_on_a_door_is_behind_it(path):
    module = importlib.import_module(module_of(path))
    names = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(module, name)] == []


def test_the_public_face_is_this_and_no_more():
    assert eq.__all__ == PUBLIC
    assert set(dir(eq)) == {*PUBLIC, "__version__"}
    with pytest.raises(AttributeError, match="no attribute 'utils'"):
        eq.utils  # noqa: B018


def test_the_version_is_told_once():
    assert f'version = "{eq.__version__}"' in (REPOSITORY / "pyproject.toml").read_text()
