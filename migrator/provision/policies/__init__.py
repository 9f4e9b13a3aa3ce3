"""Write the house rules as an Airflow cluster policy: the checks of the assessment, enforced in the target."""
