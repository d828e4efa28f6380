"""Every write of follow-up, one file a subject."""
