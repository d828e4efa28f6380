"""What was agreed: declarations, entries, bodies, instruments, events, indicators, and where each clause stands."""
