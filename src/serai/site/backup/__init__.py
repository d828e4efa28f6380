"""Backup and restore of a node's store: one file, no keys, and never a half of anything."""
