"""Ways to run the ``airflow`` command line inside an environment, one a file."""
