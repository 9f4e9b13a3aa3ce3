"""The one file that runs inside an environment, and nothing else."""
