"""What the seed documents ask for, where it is answered, and which test shows it."""
