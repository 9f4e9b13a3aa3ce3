"""Write a guide for a company's DAG authors from their own inventory, and tickets for their tracker."""
