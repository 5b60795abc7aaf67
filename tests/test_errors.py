"""The tree: what is in it, what each error must say, which exit code it leaves with."""

import errno
from pathlib import Path

import pytest

from shelftalker import errors
from shelftalker.errors import ShelftalkerError, StorageError, storage_errors


def tree() -> list[type[ShelftalkerError]]:
    return [getattr(errors, name) for name in errors.__all__ if isinstance(getattr(errors, name), type)]


def test_every_error_is_in_the_one_tree_and_drawn_in_it():
    assert len(tree()) == 16
    for error in tree():
        assert issubclass(error, ShelftalkerError)
        assert error.__name__ in (errors.__doc__ or "")


def test_the_fix_cannot_be_left_out():
    for error in tree():
        with pytest.raises(TypeError, match="fix"):
            error("something is wrong")


@pytest.mark.parametrize(("name", "code"), [("CatalogueError", 1), ("SettingsError", 2), ("BelowBar", 3)])
def test_exit_codes(name, code):
    assert getattr(errors, name)("wrong", fix="right").exit_code == code


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_refusals_to_write_become_one_error(number):
    with pytest.raises(StorageError) as caught, storage_errors(Path("data/x")):
        raise OSError(number, "no")
    assert "data/x" in caught.value.message
    assert caught.value.fix


def test_other_os_errors_pass_through():
    with pytest.raises(FileNotFoundError), storage_errors(Path("x")):
        raise FileNotFoundError(errno.ENOENT, "no")
