"""Write an environment for DAG authors that equals the target: the same packages, names and rules, no secrets."""
