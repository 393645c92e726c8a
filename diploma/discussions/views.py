"""The pages of this feature; importing the parts gives the blueprint their routes, and the job runner its mails."""

from diploma.discussions import announcement_views, message_views, notices, post_views, thread_views
from diploma.discussions.pages import bp

__all__ = ["announcement_views", "bp", "message_views", "notices", "post_views", "thread_views"]
