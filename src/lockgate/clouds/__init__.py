"""What the places of secrets and logs at cloud providers share: signatures, and short requests."""
