"""`{env: NAME}`: an environment variable."""

from lockgate.core.secret_source import NoSecret, SecretSource, Surroundings, Variable


def _open(name: str, around: Surroundings) -> str:
    text = around.environ.get(name)
    if text is None:
        raise NoSecret(f"the environment variable {name}, which is not set", "it to be set")
    if not text.strip():
        raise NoSecret(
            f"the environment variable {name}, which is empty", "a secret in it; an empty one protects nothing"
        )
    return text


plugin = SecretSource(name="env", setting=Variable, example="{env: NAME}", open=_open)
