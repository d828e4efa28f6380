"""Printed pages: PDF by typst, which runs in a process of its own, from data that is never spliced into markup."""
