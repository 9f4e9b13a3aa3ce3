"""What an environment holds, collected and stored."""
