"""What one part of a configuration says of another, and what its owner makes of a setting. A file for each section."""
