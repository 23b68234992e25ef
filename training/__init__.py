"""What makes the artefacts that the service reads."""
