"""Which kind of actor a typed name probably is, for the field that it is typed in."""

from __future__ import annotations

import re

from kb.record.vocabulary import ActorKind

# The kinds that make sense in a field, the most frequent first. Other fields offer all kinds.
FIELD_KINDS: dict[str, tuple[ActorKind, ...]] = {
    "publisher": (
        ActorKind.PUBLICATION,
        ActorKind.ORGANISATION,
        ActorKind.GOVERNMENT,
        ActorKind.PERSON,
    ),
    "asked_by": (ActorKind.PUBLICATION, ActorKind.PERSON, ActorKind.ORGANISATION),
    "attributed_by": (ActorKind.PUBLICATION, ActorKind.PERSON, ActorKind.ORGANISATION),
    "person": (ActorKind.PERSON,),
    "organisation": (
        ActorKind.ORGANISATION,
        ActorKind.GOVERNMENT,
        ActorKind.PUBLICATION,
        ActorKind.PROJECT,
    ),
    "part_of": (ActorKind.ORGANISATION, ActorKind.GOVERNMENT, ActorKind.PROJECT),
    "on_behalf_of": (
        ActorKind.ORGANISATION,
        ActorKind.GOVERNMENT,
        ActorKind.GROUP,
        ActorKind.PUBLICATION,
        ActorKind.PERSON,
    ),
    "speaker": (
        ActorKind.PERSON,
        ActorKind.ORGANISATION,
        ActorKind.GOVERNMENT,
        ActorKind.GROUP,
        ActorKind.PUBLICATION,
    ),
}
ALL_KINDS = (
    ActorKind.ORGANISATION,
    ActorKind.PERSON,
    ActorKind.GROUP,
    ActorKind.GOVERNMENT,
    ActorKind.PUBLICATION,
    ActorKind.PRODUCT,
    ActorKind.PROJECT,
)
# Words of a name that show its kind. The first pattern that matches decides.
_SIGNS: tuple[tuple[ActorKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            ActorKind.GOVERNMENT,
            r"\b(?:ministry|department|commission|council|court|parliament|senate|congress|police|"
            r"government|agency|authority|administration|embassy)\b"
            r"|(?:[部局署厅法院]|委员会|政府|警方)$",
        ),
        (
            ActorKind.PUBLICATION,
            r"\b(?:times|post|herald|gazette|journal|tribune|magazine|news|daily|weekly|press|"
            r"review|radio|television|tv|blog|newsletter)\b|(?:报|新闻|周刊|日报|电视台|杂志|网)$",
        ),
        (
            ActorKind.GROUP,
            r"\b(?:group of|workers|employees|residents|protesters|users|customers|students)\b"
            r"|(?:员工|工人|居民|学生|用户)们?$",
        ),
        (
            ActorKind.ORGANISATION,
            r"\b(?:inc|ltd|llc|corp|corporation|company|co|gmbh|plc|ag|university|institute|"
            r"association|foundation|union|bank|group|labs?|works|partners|party|college|school|"
            r"society|committee|holdings|industries|technologies)\b\.?"
            r"|(?:公司|集团|大学|学院|银行|协会|基金会|研究院|研究所|实验室)$",
        ),
    )
)
_FULL_NAME = re.compile(
    r"(?:[A-ZÀ-Þ][\w’'-]*\.?)(?: (?:[A-ZÀ-Þ][\w’'-]*\.?|de|del|van|von|der|den|la|le|bin|al))*"
    r" [A-ZÀ-Þ][\w’'-]+(?:,? (?:Jr|Sr|I{2,3})\.?)?"
)
_CHINESE_NAME = re.compile("[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+")


def likely_kinds(name: str, field: str) -> list[ActorKind]:
    """The kinds that an actor of this name may have in a field, the most likely one first.

    A word such as “Ministry” or 公司 decides, if the field offers its kind; otherwise a name of two
    to four capitalised words, or of two or three Chinese characters, is a person's in a field that
    may name people, and a single other word is not. Otherwise it is the most frequent kind of the
    field.
    """
    kinds = list(FIELD_KINDS.get(field, ALL_KINDS))
    signs = [kind for kind, pattern in _SIGNS if pattern.search(name)]
    likely = next((kind for kind in signs if kind in kinds), None)
    if likely is None and not signs and kinds[0] != ActorKind.PUBLICATION:
        is_full_name = len(name.split()) <= 4 and _FULL_NAME.fullmatch(name)
        if ActorKind.PERSON in kinds:
            if is_full_name or _CHINESE_NAME.fullmatch(name):
                likely = ActorKind.PERSON
            elif field == "speaker" and len(name.split()) == 1:
                likely = ActorKind.ORGANISATION
    if likely is None:
        return kinds
    return [likely, *(kind for kind in kinds if kind != likely)]
