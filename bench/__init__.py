"""What measures speed, beside the targets and beside the limit."""
