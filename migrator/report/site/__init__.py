"""The whole migration as a small site: what is there, how far it is, in which waves it moves, and the ledger."""
