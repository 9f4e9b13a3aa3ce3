"""The checks, one a file: ``gv_*`` governance, ``cp_*`` compatibility, ``es_*`` the estate as it runs."""
