"""The folder of one migration: its configuration, its files, its key, and the environments that it names."""
