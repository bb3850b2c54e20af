"""The desk's tables, split by subject.

A module imports only from modules to its left: base → actors, incidents → sources → events →
statements → claims → requests → citations, figures, links → source texts, source checks, reports.
The public names are re-exported here.
"""

from kb.desk.models.actors import Actor, ActorName, Affiliation
from kb.desk.models.base import Publishable, PublishableQuerySet, Reference, Snapshot
from kb.desk.models.citations import Citation
from kb.desk.models.claims import Proposition, Stance
from kb.desk.models.distinct_pairs import DistinctPair
from kb.desk.models.events import Event, Participation
from kb.desk.models.figures import Figure
from kb.desk.models.imports import ImportBatch, ImportedRow, ImportOrigin, UnfinishedStep, Upload
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.links import AccountOf, EntryLink
from kb.desk.models.log import AuditEntry, Transfer
from kb.desk.models.moments import KeyMoment
from kb.desk.models.reports import Report, ReportMessage, ReportStep
from kb.desk.models.requests import Request
from kb.desk.models.reviews import Approval, Comment, ReviewRequest
from kb.desk.models.rights import RightsChange
from kb.desk.models.source_checks import SourceCheck
from kb.desk.models.source_texts import DismissedProposal, PassageMark, SourceText
from kb.desk.models.sources import Source, SourceRelation
from kb.desk.models.statements import Statement
from kb.desk.models.suppressions import SuppressionRequest

__all__ = [
    "AccountOf",
    "Actor",
    "ActorName",
    "Affiliation",
    "Approval",
    "AuditEntry",
    "Citation",
    "Comment",
    "DismissedProposal",
    "DistinctPair",
    "EntryLink",
    "Event",
    "Figure",
    "ImportBatch",
    "ImportOrigin",
    "ImportedRow",
    "Incident",
    "KeyMoment",
    "Participation",
    "PassageMark",
    "Proposition",
    "Publishable",
    "PublishableQuerySet",
    "Reference",
    "Report",
    "ReportMessage",
    "ReportStep",
    "Request",
    "ReviewRequest",
    "RightsChange",
    "Snapshot",
    "Source",
    "SourceCheck",
    "SourceRelation",
    "SourceText",
    "Stance",
    "Statement",
    "SuppressionRequest",
    "Topic",
    "Transfer",
    "UnfinishedStep",
    "Upload",
]
