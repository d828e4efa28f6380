"""What follow-up costs and withstands: pages over many figures, many people deciding at once, guessing at a password."""
