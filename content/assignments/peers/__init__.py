"""Peer review: those who handed work in look at each other's, by a rubric."""

from content.assignments.peers.aggregate import Aggregate as Aggregate
from content.assignments.peers.aggregate import aggregate as aggregate
from content.assignments.peers.allotting import allot as allot
from content.assignments.peers.allotting import allot_due as allot_due
from content.assignments.peers.review import PeerReview as PeerReview
from content.assignments.peers.review import PeerReviewFilter as PeerReviewFilter
from content.assignments.peers.reviewing import dismiss as dismiss
from content.assignments.peers.reviewing import draft as draft
from content.assignments.peers.reviewing import find as find
from content.assignments.peers.reviewing import flag as flag
from content.assignments.peers.reviewing import get as get
from content.assignments.peers.reviewing import of_submission as of_submission
from content.assignments.peers.reviewing import reviews_file as reviews_file
from content.assignments.peers.reviewing import submit as submit
