"""What clouds share."""
