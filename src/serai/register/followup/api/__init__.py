"""Follow-up over HTTP/JSON: what is public to everybody, the daily work by token. The same actions as the pages.

The site gives the router its authentication when it mounts it; the operations that need none say so.
"""

from ninja import Router

from serai.register.followup.api import evidence, focal_points, public, requests, submissions, work
from serai.register.followup.api.door import kept_by_nobody

router = Router(tags=["follow-up"])
router.add_decorator(kept_by_nobody, mode="view")
for part in (public, work, requests, submissions, focal_points, evidence):
    router.add_router("", part.router)
