"""Read settings from a file, from `--set`, from flags, and say which key is wrong and what was meant."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from shelftalker.config.sections import (
    AnswerSettings,
    CompareSettings,
    EvaluateSettings,
    PrepareSettings,
    ProviderSettings,
    Section,
    ServeSettings,
    TrainSettings,
)
from shelftalker.errors import InputNotFound, SettingsError

__all__ = ["Settings", "load_settings"]


class Settings(Section):
    """Every setting there is, a section a concern."""

    prepare: PrepareSettings = PrepareSettings()
    train: TrainSettings = TrainSettings()
    answer: AnswerSettings = AnswerSettings()
    compare: CompareSettings = CompareSettings()
    evaluate: EvaluateSettings = EvaluateSettings()
    serve: ServeSettings = ServeSettings()
    provider: ProviderSettings = ProviderSettings()


def load_settings(
    config: Path | None = None,
    assignments: Sequence[str] = (),
    flags: Mapping[str, Any] | None = None,
    *,
    defaults: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings after every layer has spoken.

    Args:
        config: a TOML file with a table a section.
        assignments: "section.key=value" each, as given to `--set`.
        flags: dotted key to value, from named flags; None values are left out.
        defaults: dotted key to value, laid under the file: a preset's.

    Raises:
        InputNotFound: the file is not there.
        SettingsError: a key is unknown, or a value is of the wrong type or out of range.
    """
    layers: dict[str, Any] = {}
    for key, value in (defaults or {}).items():
        _assign(layers, key, value)
    if config is not None:
        for section, table in _read_toml(config).items():
            if not isinstance(table, dict):
                raise _unknown(section, f"in {config}")
            for key, value in table.items():
                _assign(layers, f"{section}.{key}", value)
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise SettingsError(
                f"--set {assignment!r} has no '='",
                fix="write it as --set section.key=value, such as --set train.seed=2",
            )
        _assign(layers, key.strip(), _parse(text.strip()))
    for key, value in (flags or {}).items():
        if value is not None:
            _assign(layers, key, value)
    try:
        return Settings.model_validate(layers)
    except ValidationError as error:
        raise _explain(error) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputNotFound(f"there is no settings file {path}", fix="name a TOML file that exists") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}", fix="see docs/settings.md for an example") from error


def _assign(layers: dict[str, Any], dotted: str, value: Any) -> None:
    section, _, key = dotted.partition(".")
    sections = Settings.model_fields
    if section not in sections or not key:
        raise _unknown(dotted)
    if key not in _keys(sections[section]):
        raise _unknown(dotted)
    layers.setdefault(section, {})[key] = value


def _parse(text: str) -> Any:
    """A TOML value where it is one, else the text itself, so that quotes may be left out."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _known_keys() -> list[str]:
    return [f"{section}.{key}" for section, info in Settings.model_fields.items() for key in _keys(info)]


def _keys(section: FieldInfo) -> list[str]:
    assert isinstance(section.annotation, type)
    assert issubclass(section.annotation, Section)
    return list(section.annotation.model_fields)


def _unknown(dotted: str, where: str = "") -> SettingsError:
    known = _known_keys()
    near = difflib.get_close_matches(dotted, known, n=1, cutoff=0.4) or difflib.get_close_matches(
        dotted.rpartition(".")[2], [k.partition(".")[2] for k in known], n=1
    )
    fix = f"did you mean {near[0]!r}?" if near else "see docs/settings.md for every key"
    return SettingsError(f"there is no setting {dotted!r}{' ' + where if where else ''}", fix=fix)


def _explain(error: ValidationError) -> SettingsError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"])
    return SettingsError(
        f"setting {key} cannot be {first['input']!r}: {message[:1].lower() + message[1:]}",
        fix=f"give {key} a value that fits, or leave it out; docs/settings.md lists every key",
    )
