"""What the first `up` writes is valid, explains itself, and holds no secret."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app import first_run
from lockgate.app.detect import credentials
from lockgate.app.load import load, loads
from lockgate.app.starter import FIRST_MODEL, Found, model_names, starter
from lockgate.core.provider import Provider, bearer, unsigned
from lockgate.core.store import StoreError
from lockgate.stores.key_file import KeyFile, admin_secret

PROVIDERS = {
    name: Provider(name=name, base_url="https://example.org", services=(), sign=bearer, environment=(f"{name.upper()}_API_KEY",))
    for name in FIRST_MODEL
} | {
    "ollama": Provider(
        name="ollama", base_url="http://127.0.0.1:11434", services=(), sign=unsigned, keyless=True, environment=("OLLAMA_API_KEY",)
    ),
    "demo": Provider(name="demo", base_url="", services=(), sign=unsigned, builtin=True, keyless=True),
    "unheard": Provider(name="unheard", base_url="https://example.org", services=(), sign=bearer, environment=("UNHEARD_KEY", "OTHER")),
}  # fmt: skip
ENVIRON = {name: "canary-of-the-environment" for each in PROVIDERS.values() for name in each.environment}


@given(
    st.sets(st.sampled_from(sorted(ENVIRON))),
    st.none() | st.lists(st.sampled_from(["llama3.2:1b", "a/b:c", "grok-4"]), unique=True),
)
def test_whatever_is_found_the_file_is_valid(variables: set[str], ollama: list[str] | None) -> None:
    environ = {name: ENVIRON[name] for name in variables}
    found = Found(credentials(PROVIDERS, environ), None if ollama is None else tuple(ollama))

    loaded = loads(starter(found).encode(), Path("lockgate.yaml"), environ, PROVIDERS)

    assert loaded.problems == ()
    assert set(loaded.valid.models) == set(model_names(found))
    assert {"demo", *found.credentials} <= set(loaded.valid.providers)


def test_the_file_names_variables_and_holds_no_secret() -> None:
    text = starter(Found(credentials(PROVIDERS, ENVIRON)))

    assert "{env: OPENAI_API_KEY}" in text
    assert "canary" not in text


@pytest.mark.parametrize("value", ["", "  ", "two words", "line\nbreak", "é"])
def test_a_variable_that_holds_no_credential_is_not_found(value: str) -> None:
    assert credentials(PROVIDERS, {"OPENAI_API_KEY": value}) == {}


def test_the_first_variable_that_is_set_counts() -> None:
    assert credentials(PROVIDERS, {"OTHER": "b"}) == {"unheard": "OTHER"}
    assert credentials(PROVIDERS, {"OTHER": "b", "UNHEARD_KEY": "a"}) == {"unheard": "UNHEARD_KEY"}


def test_two_providers_of_one_model_have_two_names() -> None:
    names = model_names(Found({"groq": "GROQ_API_KEY", "nvidia": "NVIDIA_API_KEY"}))

    assert names["gpt-oss-20b"] == ("groq", "openai/gpt-oss-20b")
    assert names["nvidia-gpt-oss-20b"] == ("nvidia", "openai/gpt-oss-20b")


def test_making_gives_a_key_an_admin_secret_and_a_file(tmp_path: Path) -> None:
    made = first_run.make(tmp_path / "lockgate.yaml", Found({}))

    data = tmp_path / "data"
    (key,) = KeyFile(data).read()
    assert made.admin is not None
    assert admin_secret.matches(data, made.admin.reveal().encode())
    assert key.digest == KeyFile(data).pepper().digest(made.key.secret.reveal().encode())
    loaded = load(tmp_path / "lockgate.yaml", {}, PROVIDERS)
    assert loaded.data == data
    assert key.team in loaded.valid.teams


def test_a_folder_that_was_used_before_keeps_its_secrets(tmp_path: Path) -> None:
    first_run.make(tmp_path / "lockgate.yaml", Found({}))
    (tmp_path / "lockgate.yaml").unlink()

    made = first_run.make(tmp_path / "lockgate.yaml", Found({}))

    assert made.admin is None
    assert [key.name for key in KeyFile(tmp_path / "data").read()] == ["first", "first-2"]


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text("mine")

    with pytest.raises(StoreError, match="again"):
        first_run.make(tmp_path / "lockgate.yaml", Found({}))

    assert (tmp_path / "lockgate.yaml").read_text() == "mine"
    assert all(key.revoked for key in KeyFile(tmp_path / "data").read())
