"""Who speaks in a statement: its actors with their parts, and its voice as readers get it."""

from __future__ import annotations

from kb.record.answers import AscribedTo, Voice
from kb.record.documents import Document
from kb.record.named_records import Names
from kb.record.vocabulary import Certainty, StatementForm, VoiceRole


def actors_of_statement(document: Document) -> list[tuple[str, str]]:
    """The actors of a statement as (public id, part), each once in each part.

    The words of reported speech are those of the outlet, so the outlet speaks; whom it ascribes
    them to has not spoken.
    """
    voice = document["voice"]
    if is_ascribed(document):
        parts = [(document["attributed_by"], VoiceRole.BY)]
        ascribed = [*voice["speakers"], *voice["principals"]]
        parts += [(actor, VoiceRole.ATTRIBUTED_TO) for actor in ascribed]
    else:
        parts = [(actor, VoiceRole.BY) for actor in voice["speakers"]]
        parts += [(actor, VoiceRole.FOR) for actor in voice["principals"]]
    parts += [(actor, VoiceRole.TO) for actor in voice["to"]]
    return list(dict.fromkeys((actor, part.value) for actor, part in parts if actor))


def is_ascribed(document: Document) -> bool:
    """Whether a statement is reported speech: ascribed to somebody in the words of an outlet."""
    return document["form"] == StatementForm.ATTRIBUTED


def voice_of(document: Document, names: Names) -> Voice:
    """The voice of a statement. That of reported speech is the outlet's."""
    voice = document["voice"]
    speakers, principals = names.actors(voice["speakers"]), names.actors(voice["principals"])
    label, role, identity = voice["label"], voice["role"], voice["identity"]
    ascribed: AscribedTo | None = None
    if is_ascribed(document):
        ascribed = {
            "speakers": speakers,
            "label": label,
            "role": role,
            "principals": principals,
            "identity": identity,
        }
        outlet = names.actor(document["attributed_by"])
        speakers, principals, label, role = [outlet] if outlet else [], [], "", ""
        identity = Certainty.CERTAIN.value
    return {
        "speaker": speakers[0] if speakers else None,
        "speakers": speakers,
        "label": label,
        "attribution": voice["attribution"],
        "role": role,
        "on_behalf_of": principals[0] if principals else None,
        "principals": principals,
        "to": names.actors(voice["to"]),
        "channel": voice["channel"],
        "identity": identity,
        "same_speaker": names.entry_link(voice["same_speaker"]),
        "same_speaker_certainty": voice["same_speaker_certainty"] if voice["same_speaker"] else "",
        "attributed_to": ascribed,
    }
