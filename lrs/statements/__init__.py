"""What a statement is, what it says, and how it is kept and found."""
