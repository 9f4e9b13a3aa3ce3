"""How an environment is reached: ports as Protocols, one adapter a file."""
