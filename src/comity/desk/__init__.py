"""What a person can do, one module a noun."""
