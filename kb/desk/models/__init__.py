"""The desk's tables, split by subject.

Modules import downwards only: base → actors → sources → stories → events → statements →
citations → claims. Everything public is re-exported here by name.
"""

from kb.desk.models.actors import Actor, ActorName, Affiliation
from kb.desk.models.base import Publishable, PublishableQuerySet, Reference, Snapshot
from kb.desk.models.citations import Citation
from kb.desk.models.claims import Proposition, Stance
from kb.desk.models.events import Event, Participation
from kb.desk.models.imports import ImportBatch, ImportedRow, Upload
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.log import Edition, Transfer
from kb.desk.models.reviews import Approval, Comment, ReviewRequest
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement

__all__ = [
    "Actor",
    "ActorName",
    "Affiliation",
    "Approval",
    "Citation",
    "Comment",
    "Edition",
    "Event",
    "ImportBatch",
    "ImportedRow",
    "Incident",
    "Participation",
    "Proposition",
    "Publishable",
    "PublishableQuerySet",
    "Reference",
    "ReviewRequest",
    "Snapshot",
    "Source",
    "Stance",
    "Statement",
    "Topic",
    "Transfer",
    "Upload",
]
