"""What the desk shows: pure functions over the state and, where the present matters, a time given to them."""
