"""What every context shares: errors, clock, dates, languages, states, audit, search. No context is imported here."""
