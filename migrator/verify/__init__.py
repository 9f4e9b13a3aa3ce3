"""Whether the target holds what the source holds: DAGs, resources and configuration, compared one by one."""
