"""What answers questions that mean the same, for each model that is to have it; imports nothing where none is."""

from collections.abc import Mapping

from lockgate.app.load import Loaded
from lockgate.core.cache import Answers
from lockgate.core.duration import seconds
from lockgate.core.http import Transport
from lockgate.core.inquiry import bearer
from lockgate.core.similar import Similar


def similar(loaded: Loaded, answers: Answers, transport: Transport) -> Mapping[str, Similar]:
    """By the model's name. Models that ask the same server still learn apart whether it is away."""
    models = loaded.valid.models
    wanted = {name: each.cache.similar for name, each in models.items() if each.cache and each.cache.similar}
    if not wanted:
        return {}
    from lockgate.stores.answers.embeddings import Embeddings, Place  # noqa: PLC0415  numpy, only where it is wanted
    from lockgate.stores.answers.similar import SimilarAnswers  # noqa: PLC0415

    made: dict[str, Similar] = {}
    for name, settings in wanted.items():
        there = settings.embeddings
        key = None if there.api_key is None else loaded.secrets[there.api_key]
        place = Place(there.url, there.model, bearer(key), there.allow_private, seconds(there.deadline))
        made[name] = SimilarAnswers(answers, Embeddings(place, transport), settings.threshold)
    return made
