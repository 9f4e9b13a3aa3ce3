"""The state machine, its journal, its steps and the ledger."""
