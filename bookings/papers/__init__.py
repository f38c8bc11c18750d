"""What one takes along of a booking: its quote and its call sheet. Every face hands out the same."""
