"""The key: its sources, how it is hidden, and the addresses that never get it."""

from __future__ import annotations

import os
import pickle

import pytest

from ionqdsl.cloud import key as keys
from ionqdsl.cloud import transport
from ionqdsl.diagnostics import KeyRefused, UsageError

KEY = "k3y-that-nobody-may-see"


def test_a_secret_does_not_show_itself():
    secret = keys.Secret(KEY)
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", str([secret])):
        assert KEY not in text
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert keys.scrub(f"before {KEY} after") == "before [key] after"
    keys.Secret("key"), keys.Secret(KEY + "-longer")
    assert keys.scrub(f"{KEY}-longer, {KEY}, key") == "[key], [key], [key]"


@pytest.mark.parametrize(
    ("environment", "code", "word"),
    [
        ({}, "QC0820", "IONQ_API_KEY"),
        ({"IONQ_API_KEY": ""}, "QC0820", "IONQ_API_KEY"),
        ({"QISKIT_IONQ_API_TOKEN": "elsewhere"}, "QC0820", "QISKIT_IONQ_API_TOKEN"),
        ({"IONQ_API_KEY": "two words"}, "QC0823", "more than one word"),
        ({"IONQ_API_KEY": "line\nbreak"}, "QC0823", "more than one word"),
        ({"IONQ_API_KEY": "IONQ_API_KEY=abc"}, "QC0823", "name of the variable"),
        ({"IONQ_API_KEY": "schlüssel"}, "QC0823", "no key has"),
        ({"IONQ_API_KEY_FILE": "/nowhere/key"}, "QC0821", "no such file"),
    ],
)
def test_keys_that_are_none(environment, code, word):
    with pytest.raises(KeyRefused) as caught:
        keys.find(environment=environment)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    assert word in str(caught.value)
    for value in environment.values():
        assert not value or " " not in value or value not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_key_file_must_be_for_its_owner_only(tmp_path):
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    for mode, is_safe in ((0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o666, False)):
        path.chmod(mode)
        if is_safe:
            assert keys.find(str(path), {"IONQ_API_KEY": "other"}).reveal() == KEY
            assert keys.find(None, {"IONQ_API_KEY_FILE": str(path)}).reveal() == KEY
        else:
            with pytest.raises(KeyRefused, match=f"QC0822.*{mode:04o}"):
                keys.find(str(path), {})
    path.write_text("")
    path.chmod(0o600)
    with pytest.raises(KeyRefused, match=r"QC0823.*empty"):
        keys.find(str(path), {})


@pytest.mark.parametrize(
    "url",
    [
        "http://api.ionq.co/v0.4",
        "http://127.0.0.1.example.com/v0.4",
        "http://192.168.0.7/v0.4",
        "https://user:secret@api.ionq.co/v0.4",
        "ftp://api.ionq.co",
        "api.ionq.co",
        "https://api.ionq.co:99999",
        "https://api.ionq.co/v0.4?x=1",
        "https:///v0.4",
    ],
)
def test_addresses_that_would_give_the_key_away(url):
    with pytest.raises(UsageError) as caught:
        transport.checked_url(url)
    assert caught.value.diagnostics[0].code == "QC0826"
    assert "secret" not in str(caught.value)


def test_addresses_that_are_fine():
    for url in ("https://api.ionq.co/v0.4", "http://localhost:8080", "http://[::1]:8080/x", "http://127.9.9.9/v0.4"):
        assert transport.checked_url(url + "/") == url


@pytest.mark.parametrize("word", ["emulator", "h", "0", "qubit", "x-y_z", "electroencephalograph", "test1234"])
def test_a_word_is_no_secret(word):
    """It stands in programs, names and results, where it means something else and must stay."""
    secret = keys.Secret(word)
    assert not keys.is_secret(word)
    assert not secret.is_in(f'{{"name": "{word} test"}}'.encode())
    assert keys.withheld(f"register {word} = q") == f"register {word} = q"


@pytest.mark.parametrize("key", [KEY, "8f14e45fceea167a5a36dedd4bea2543", "Zx9kQ2mVb7LpR4tW", "a" + "bcdefgh" * 4])
def test_a_key_is_a_secret(key):
    secret = keys.Secret(key)
    assert secret.is_in(f'{{"name": "{key} test"}}'.encode())
    assert not secret.is_in(b"another")
    assert keys.withheld(f"# {key}") == "# [key]"
