"""The logs in a copy of a bucket: which runs their names tell of, and how the last of them ended."""
