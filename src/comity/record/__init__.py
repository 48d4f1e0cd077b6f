"""Signed notes, Merkle logs, heads, receipts, audit: opaque bytes, no politics."""
