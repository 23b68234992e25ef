"""The officers' pages, one file each."""
