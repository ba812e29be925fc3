"""Random policies over few names, so that they often meet."""

from typing import Any

from hypothesis import strategies as st

from lockgate.core.access import Access, Denied, Hours
from lockgate.core.permission import BUILT_IN, Permission

NAMES = ("a", "ab", "b", "ba")
_names = st.lists(st.sampled_from((*NAMES, "a*", "*b", "*")), max_size=3).map(tuple)
_endpoints: Any = st.lists(st.sampled_from(("chat", "count_tokens", "list_models", "get_model")), max_size=3).map(tuple)
_nets = st.lists(st.sampled_from(("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32")), max_size=2).map(tuple)
_hours = st.builds(
    Hours,
    days=st.sampled_from((("mon",), ("mon", "tue"), ("sun", "mon", "tue"))),
    hours=st.sampled_from(("08:00-18:00", "09:00-17:00", "22:00-06:00", "00:00-24:00")),
    zone=st.sampled_from(("UTC", "Europe/Berlin")),
)
_times = st.lists(_hours, max_size=2).map(tuple)

denied = st.builds(
    Denied, models=_names, providers=_names, endpoints=_endpoints, tools=_names, regions=_names, ips=_nets
)
accesses = st.builds(
    Access,
    models=st.none() | _names,
    providers=st.none() | _names,
    endpoints=st.none() | _endpoints,
    tools=st.none() | _names,
    regions=st.none() | _names,
    ips=st.none() | _nets,
    times=st.none() | _times,
    deny=denied,
)
permissions = st.frozensets(st.sampled_from(sorted(BUILT_IN["admin"], key=lambda each: each.value)))
roles = st.sampled_from(sorted(BUILT_IN))
addresses = st.sampled_from(("10.1.2.3", "10.1.9.9", "10.9.9.9", "9.9.9.9", "2001:db8::1", ""))
moments = st.integers(1_700_000_000, 1_700_000_000 + 14 * 86_400)
ANY = Permission.KEYS_WRITE
