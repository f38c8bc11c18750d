"""The catalogues of translations under `locale/`: read from the sources, compared, compiled. For development alone."""
