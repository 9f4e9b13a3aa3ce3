"""The intervals of the real Airflows, as data: what they are taken from, how, and what reads them."""
