"""Two real Airflows, a bucket and a Composer API on this machine."""
