"""Names of tools in namespaces: upstreams that know no namespaces know them by one name, and so do policies."""

BETWEEN = "__"


def joined(namespace: str, name: str) -> str:
    if not namespace:
        return name
    return namespace + (name if namespace.endswith(BETWEEN) else BETWEEN + name)
