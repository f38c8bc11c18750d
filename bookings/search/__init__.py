"""Windows that satisfy everything, and why not."""
