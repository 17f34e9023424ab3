"""The project's frame: imports point one way, what is declared is what is used, the wheel holds what it should."""

from __future__ import annotations

import ast
import dataclasses
import importlib.metadata
import json
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "eval": {"eval", "rag", "index"},
    "ui": {"ui", "eval", "rag", "index"},
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imports(source: str) -> Iterator[str]:
    """The first name of every absolute import, wherever in the module it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield ast.literal_eval(node.args[0]).partition(".")[0]


def imported(package: str) -> dict[str, list[str]]:
    """What a package's modules import: first name -> the modules that do."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path.read_text(encoding="utf-8")):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def declared(*extras: str) -> set[str]:
    """The distributions that pyproject.toml asks for, with these extras."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """The project's own text files, without the articles, whose words are not ours."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in MODULES]
    for name in names:
        path = ROOT / name
        if (
            not name.startswith("seeds/")
            and path.suffix not in {".gguf", ".safetensors", ".png", ".pdf"}
            and path.is_file()
        ):
            yield path, path.read_text(encoding="utf-8")


def test_imports_are_read_wherever_they_stand() -> None:
    inner = ("from c.d import e", "from . import g", "import h as i", "import_module('j.k')")
    source = "\n    ".join(["import a.b\ndef f():", *inner])
    assert list(imports(source)) == ["a", "c", "h", "j"]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_one_way(package: str) -> None:
    forbidden = (set(MAY_IMPORT) | {"tests"}) - MAY_IMPORT[package]
    wrong = {name: modules for name, modules in imported(package).items() if name in forbidden}
    assert not wrong, f"{package} may not import these"


def third_party(package: str) -> dict[str, set[str]]:
    """What a package imports of others: first name -> the installed distributions that hold it."""
    owners = importlib.metadata.packages_distributions()
    names = set(imported(package)) - set(sys.stdlib_module_names) - set(MAY_IMPORT)
    return {name: {canonicalize_name(owner) for owner in owners.get(name, [name])} for name in names}


def test_every_import_is_declared_and_every_dependency_is_imported() -> None:
    uses = [use for package in MAY_IMPORT for use in third_party(package).items()]
    known = declared(*PROJECT["optional-dependencies"])
    assert not {name for name, owners in uses if not owners & known}, "imported, not declared"
    assert not declared() - {owner for _, owners in uses for owner in owners}, "declared, never imported"


def test_modules_are_short_and_say_what_they_are_for() -> None:
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= 300, f"{path.relative_to(ROOT)} is too long to be one job"
        assert not source or ast.get_docstring(ast.parse(source)), f"{path.relative_to(ROOT)} has no docstring"


def test_no_file_names_a_folder_of_a_developers_machine() -> None:
    personal = re.compile(rf"(?<![\w.]){re.escape(str(ROOT))}\b|(?<![\w.:/])/(?:home|Users)/\w+")
    assert personal.search(f"see {ROOT}/README.md")
    for path, text in tracked_texts():
        assert not (found := personal.search(text)), f"{path.relative_to(ROOT)}: {found}"


def closure(names: Iterable[str], seen: dict[str, str]) -> dict[str, str]:
    """Everything that is installed for the sake of `names` here, with its version."""
    for name in sorted(set(names) - set(seen)):
        distribution = importlib.metadata.distribution(name)
        seen[name] = distribution.version
        needed = [Requirement(line) for line in distribution.requires or []]
        wanted = {canonicalize_name(one.name) for one in needed if not one.marker or one.marker.evaluate({"extra": ""})}
        closure(wanted, seen)
    return seen


def test_constraints_pin_everything_that_is_installed() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.partition("==") for line in lines if not line.startswith("#")]
    pins: dict[str, str] = {canonicalize_name(name): version for name, _, version in parts}
    assert all(pins.values()), "every line is NAME==VERSION"
    assert pins["torch"] == "2.13.0"
    installed = closure(declared("embedded", "formats", "dev"), {})
    nvidia = ("nvidia-", "cuda-", "triton")  # come with torch's CUDA build, which pins them itself
    assert not {name for name in installed if name not in pins and not name.startswith(nvidia)}


def test_versions_agree() -> None:
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == PROJECT["version"] == importlib.metadata.version("corroborate")


def test_wheel_holds_the_packages_and_their_data(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    build = [*pip, "-w", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("corroborate-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {
        "rag/adapter/grounding-lora-r16-f16.gguf",
        "rag/adapter/extractor-minilm-lora-r64-f16.safetensors",
        "eval/cases/seeds.toml",
    }
    code = {str(path.relative_to(ROOT).as_posix()) for path in MODULES}
    assert data | code <= held
    tops = {name.partition("/")[0] for name in held}
    assert tops == {*MAY_IMPORT, f"corroborate-{PROJECT['version']}.dist-info"}


def test_readme_names_only_what_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, re.DOTALL))
    named = set(re.findall(r"\bmake ([a-z]+)", code))
    assert {"ask", "ui", "test", "eval"} <= named <= targets
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_commands_in_the_documents_exist() -> None:
    command = [str(Path(sys.executable).with_name("rag")), "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|bin/)rag ([a-z]+)\b", README + guide, re.MULTILINE))
    assert {"ask", "index", "eval", "ui"} <= named
    assert not {name for name in named if not re.search(rf"^\W*{name}\s", shown.stdout, re.MULTILINE)}


def test_the_guide_states_every_setting_with_its_default() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", guide, re.MULTILINE))
    assert rows == {field.name: json.dumps(field.default) for field in dataclasses.fields(Settings)}


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A stand-in for .venv whose programs tell what they were called with."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    script(folder / "bin" / "rag", 'printf "%s\\n" "$@"')
    script(folder / "bin" / "python", f'echo "$*" >> "{tmp_path}/pip.log"')
    return folder


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def make(venv: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", f"VENV={venv}", f"PYTHON={sys.executable}", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("question", ["How much?", "Who paid $5 'or' \"more\"; and `why` \\ not?", "-- odd #1"])
def test_make_ask_hands_the_question_over_as_typed(venv: Path, question: str) -> None:
    (venv / ".installed").touch()
    done = make(venv, "ask", f"Q={question}")
    assert done.stdout.splitlines()[-1] == question, done.stderr


def test_a_second_run_installs_nothing(venv: Path) -> None:
    log = venv.parent / "pip.log"
    assert make(venv, "install").returncode == 0
    assert "install" in log.read_text(encoding="utf-8")
    log.unlink()
    assert make(venv, "install").returncode == 0
    assert not log.exists()


def test_an_install_that_failed_is_taken_up_again(venv: Path) -> None:
    script(venv / "bin" / "python", 'case "$*" in *embedded*) exit 1;; esac')
    failed = make(venv, "ask")
    assert failed.returncode != 0
    assert "did not finish" in failed.stderr
    assert not (venv / ".installed").exists()
    script(venv / "bin" / "python", "exit 0")
    assert make(venv, "ask").returncode == 0


def test_an_old_python_is_refused_in_one_line(venv: Path) -> None:
    old = venv / "bin" / "old"
    script(old, "exit 1")
    done = make(venv, "install", f"PYTHON={old}")
    assert done.returncode != 0
    assert "Python 3.11 or later is needed" in done.stderr
    assert not (venv / ".installed").exists()
