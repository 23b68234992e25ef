"""Names and versions of the libraries that an artefact's numbers depend on."""

from importlib.metadata import version

LIBRARIES = ("interpret", "optbinning", "scikit-learn", "lightgbm", "numpy", "polars", "duckdb", "narwhals", "pandas")


def library_version(name: str) -> str:
    """Name and version of an installed library, such as ``interpret 0.7.8`` (interpret's code is in interpret-core)."""
    return f"{name} {version('interpret-core' if name == 'interpret' else name)}"


def library_versions() -> dict[str, str]:
    """Version of each library that training computes with."""
    return {name: library_version(name).split()[1] for name in LIBRARIES}
