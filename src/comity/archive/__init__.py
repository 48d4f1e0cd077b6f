"""One port for what is kept; memory and SQLite; static tiles."""
