"""Follow-up of the register: who answers for an entry, what was asked, what was answered, reviewed and published."""
