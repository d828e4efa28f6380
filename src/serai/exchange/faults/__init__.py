"""The fault report: two real nodes under kills, cuts, damage and forgery, and a checker that shares no code with them."""
