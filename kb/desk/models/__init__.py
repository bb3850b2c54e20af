"""The desk's tables, split by subject.

A module imports only from modules to its left: base → actors, incidents → sources → events →
statements → citations → claims. The public names are re-exported here.
"""

from kb.desk.models.actors import Actor, ActorName, Affiliation
from kb.desk.models.base import Publishable, PublishableQuerySet, Reference, Snapshot
from kb.desk.models.citations import Citation
from kb.desk.models.claims import Proposition, Stance
from kb.desk.models.events import Event, Participation
from kb.desk.models.imports import ImportBatch, ImportedRow, Upload
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.log import AuditEntry, Transfer
from kb.desk.models.reviews import Approval, Comment, ReviewRequest
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement

__all__ = [
    "Actor",
    "ActorName",
    "Affiliation",
    "Approval",
    "AuditEntry",
    "Citation",
    "Comment",
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
