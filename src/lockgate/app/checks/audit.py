"""`audit`: sinks whose settings work, and not more of them required than there are."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong
from lockgate.app.settings import AuditSettings
from lockgate.core.address import upstream


def mistakes(audit: AuditSettings) -> Iterator[Wrong]:
    if audit.required > len(audit.sinks):
        yield Wrong(
            ("audit", "required"), f"the number {audit.required}", f"at most {len(audit.sinks)}, for so many sinks"
        )
    kinds = [sink.__struct_config__.tag for sink in audit.sinks]
    for number, sink in enumerate(audit.sinks):
        if kinds[number] == "file" and "file" in kinds[:number]:
            yield Wrong(
                ("audit", "sinks", number), "a second sink of kind file", "one: both would write the same files"
            )
        try:
            sink.check()
        except ValueError as error:
            yield Wrong(("audit", "sinks", number), "settings that the sink refuses", str(error))
    if audit.witness is not None and audit.witness.url is not None:
        try:
            upstream(audit.witness.url)
        except ValueError as error:
            yield Wrong(("audit", "witness", "url"), "an address", str(error))
