"""Discussions: threads of a course or a lesson, replies to them, and votes for both."""

from content.discussions.thread import Discussion as Discussion
from content.discussions.thread import DiscussionChanges as DiscussionChanges
from content.discussions.thread import DiscussionDraft as DiscussionDraft
from content.discussions.thread import DiscussionFilter as DiscussionFilter
from content.discussions.thread import Post as Post
from content.discussions.thread import Reply as Reply
