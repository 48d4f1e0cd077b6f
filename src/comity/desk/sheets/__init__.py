"""Sheets: what the desk lays before a person, from the office's views, the acts' bodies and the receipts."""
