"""Who may sign in: accounts, what each was granted, sessions, one-time links, tokens, and guessing kept slow."""
