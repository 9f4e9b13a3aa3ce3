"""A saved Composer snapshot: its database dump, its fernet key and its folders, as one inventory."""
