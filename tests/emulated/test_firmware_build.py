"""The real build: MicroPython with the hub frozen in, run on the emulated board.

Needs what `make deps` puts in place; without it these tests fail. The images go into a cache of
their own; sources and build folders are those of the real one, so that only the first build ever
takes its full time.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stormbench import tree
from stormbench.emulator import EmulatedPico
from stormbench.image import Built, build, cache, find_image, firmware_sha256, inspect
from stormbench.image.build import folder_for
from stormbench.image.recipe import recipe_for

ROOT = tree.boards_dir().parent
LAYERS = ("protocol", "firmware", "host_tools")

THREE_EMITTERS = """
import micropython
from commshub_identity import SOURCE_SHA256
@micropython.viper
def viper(a: int, b: int) -> int:
    return (a << 3) ^ b
@micropython.native
def native(n):
    total = 0
    for i in range(n):
        total += i
    return total
@micropython.asm_thumb
def thumb(r0, r1):
    add(r0, r0, r1)
print("RESULT", viper(5, 3), native(100), thumb(4, 5), SOURCE_SHA256, "END")
"""


@pytest.fixture(scope="module")
def image_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    real = cache.cache_root()
    root = tmp_path_factory.mktemp("cache")
    for name in ("sources", "builds"):
        (real / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(real / name)
    return root


@pytest.fixture(autouse=True)
def own_cache(image_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMBENCH_CACHE", str(image_cache))


@pytest.fixture
def hub(own_cache: None) -> Built:
    return build()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copied tree, in which a test changes what it likes."""
    for name in (*LAYERS, "boards"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "copy")
    return tmp_path / "copy"


def start(copy: Path) -> subprocess.Popen[str]:
    """`stormbench firmware build` as it is run from a copied tree."""
    paths = os.pathsep.join(str(copy / layer) for layer in LAYERS)
    return subprocess.Popen(
        [sys.executable, "-m", "stormbench", "firmware", "build", "--json"],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def built_from(copy: Path) -> dict[str, object]:
    process = start(copy)
    stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    return dict(json.loads(stdout))


def change(copy: Path, name: str, text: str) -> None:
    path = copy / "firmware" / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def printed(uf2: Path, end: bytes) -> bytes:
    """What a board with this image prints after power-on."""
    board = EmulatedPico(uf2, unique_id=b"\x00\xdb\x12\x34\x00\x00\x00\x01")
    text = bytearray()

    def is_printed() -> bool:
        text.extend(board.read())
        return end in text

    try:
        assert board.run_until(board.now_us + 2_000_000, is_printed), bytes(text)
    finally:
        board.close()
    return bytes(text)


def test_image_says_which_sources_it_was_built_from(copy: Path) -> None:
    built = built_from(copy)
    info = inspect(Path(str(built["path"])))
    firmware = copy / "firmware"
    modules = {f"commshub/{path.name}": path for path in (firmware / "commshub").glob("*.py")}
    assert info.source_sha256 == firmware_sha256({**modules, "main.py": firmware / "main.py"})
    assert (info.board, info.pico_board) == ("COMMS_HUB_PICO", "pico")
    assert info.micropython_version == built["micropython_version"]


def test_image_that_fits_the_tree_is_found_and_not_built_again(hub: Built) -> None:
    assert find_image() == hub.path
    again = build()
    assert (again.path, again.reused) == (hub.path, True)


def test_same_tree_in_another_place_has_the_same_image(hub: Built, copy: Path) -> None:
    assert built_from(copy)["path"] == str(hub.path)


def test_changed_rule_has_another_image_and_leaves_the_first(hub: Built, copy: Path) -> None:
    change(copy, "commshub/throttle.py", "\nCHANGED = 1\n")
    built = built_from(copy)
    assert built["source_sha256"] != hub.source_sha256.upper()
    info = inspect(Path(str(built["path"])))
    assert info.source_sha256 == str(built["source_sha256"]).lower()
    assert find_image() == hub.path


def test_viper_native_and_assembler_are_frozen_and_run(copy: Path) -> None:
    (copy / "firmware" / "main.py").write_text(THREE_EMITTERS, encoding="utf-8")
    built = built_from(copy)
    text = printed(Path(str(built["path"])), b"END")
    assert f"RESULT 43 4950 9 {str(built['source_sha256']).lower()} END".encode() in text


def test_module_that_was_removed_is_not_in_the_next_image(hub: Built, copy: Path) -> None:
    change(copy, "main.py", "\n# neither of the two images is there yet\n")
    (copy / "firmware/commshub/short_lived.py").write_text("X = 1\n", encoding="utf-8")
    with_it = Path(str(built_from(copy)["path"])).read_bytes()
    (copy / "firmware/commshub/short_lived.py").unlink()
    without = Path(str(built_from(copy)["path"])).read_bytes()
    assert (b"short_lived" in with_it, b"short_lived" in without) == (True, False)


def test_clock_that_went_back_since_the_last_build_does_no_harm(hub: Built, copy: Path) -> None:
    folder = folder_for(recipe_for(hub.board)) / "cmake"
    tomorrow = hub.path.stat().st_mtime + 86400
    for made in (folder / "frozen_content.c", *folder.glob("frozen_mpy/**/*.mpy")):
        os.utime(made, (tomorrow, tomorrow))
    change(copy, "commshub/throttle.py", "\nCHANGED_YESTERDAY = 1\n")
    assert b"CHANGED_YESTERDAY" in Path(str(built_from(copy)["path"])).read_bytes()


def test_firmware_that_does_not_compile_is_named_with_the_log(hub: Built, copy: Path) -> None:
    change(copy, "commshub/throttle.py", "\ndef broken(:\n")
    process = start(copy)
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (1, "")
    assert "commshub/throttle.py" in stderr and "SyntaxError" in stderr
    log = next(Path(word.rstrip(":")) for word in stderr.split() if "build.log" in word)
    assert "SyntaxError" in log.read_text(encoding="utf-8")


def test_two_builds_at_once_make_one_image(hub: Built, copy: Path) -> None:
    change(copy, "commshub/throttle.py", "\nAT_ONCE = 1\n")
    answers = [json.loads(process.communicate()[0]) for process in (start(copy), start(copy))]
    assert answers[0]["path"] == answers[1]["path"]
    assert sorted(answer["reused"] for answer in answers) == [False, True]


def test_checkout_has_the_version_of_its_sources_and_an_image_of_its_own(hub: Built) -> None:
    fetched = recipe_for(hub.board)
    checkout = recipe_for(hub.board, fetched.micropython.path)
    assert checkout.micropython.version == fetched.micropython.version
    assert checkout.key != fetched.key


@pytest.mark.soak
def test_image_is_built_from_a_checkout_in_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = recipe_for("COMMS_HUB_PICO").micropython.path.parent
    shutil.copytree(fetched, tmp_path / "sources", symlinks=True)
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))
    built = build(micropython=tmp_path / "sources" / "micropython")
    assert not built.reused
    assert inspect(built.path).source_sha256 == built.source_sha256


def fetch(root: Path, mirror: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(tree.boards_dir() / "debian" / "fetch-sources.sh")],
        env={**os.environ, "STORMBENCH_CACHE": str(root), "STORMBENCH_DEBIAN_MIRROR": mirror},
        capture_output=True,
        text=True,
        check=False,
    )


def test_sources_that_are_there_are_not_fetched_again(image_cache: Path) -> None:
    answer = fetch(image_cache, "file:/absent")
    assert (answer.returncode, answer.stderr.split(": ")[1]) == (0, "already there")


def test_mirror_without_debian_s_signature_is_refused(tmp_path: Path) -> None:
    release = tmp_path / "mirror/dists/trixie/Release"
    release.parent.mkdir(parents=True)
    release.write_text("Origin: Debian\nSuite: trixie\nCodename: trixie\n", encoding="ascii")
    answer = fetch(tmp_path / "cache", f"file:{tmp_path / 'mirror'}")
    assert answer.returncode == 3
    assert "is not signed" in answer.stderr and "STORMBENCH_DEBIAN_MIRROR" in answer.stderr
    assert list((tmp_path / "cache/sources").iterdir()) == []
