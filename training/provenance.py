"""Where an artefact comes from: the code that made it, and whether its data are synthetic.

The rule: data are called synthetic only when a marker proves it file by file; anything else counts as real.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import scoring
import training
from scoring.errors import TrainingError
from scoring.files import file_aside

LIBRARIES = ("interpret", "optbinning", "scikit-learn", "lightgbm", "numpy", "polars", "duckdb", "narwhals", "pandas")


def library_version(name: str) -> str:
    """Name and version of an installed library, such as ``interpret 0.7.8`` (interpret's code is in interpret-core)."""
    return f"{name} {version('interpret-core' if name == 'interpret' else name)}"


def library_versions() -> dict[str, str]:
    """Version of each library that training computes with."""
    return {name: library_version(name).split()[1] for name in LIBRARIES}


MARKER = "synthetic.json"
SOURCES = (
    "scoring/data/cleaning",
    "scoring/data/features",
    "scoring/data/tables",
    "scoring/model/additive_model",
    "scoring/model/costs",
    "scoring/model/decision.py",
    "scoring/model/scale.py",
    "scoring/model/statistics.py",
    "training/config.py",
    "training/data/dataset.py",
    "training/data/matrix.py",
    "training/data/synthetic",
    "training/evaluation",
    "training/models",
    "training/parallel.py",
    "training/pipeline.py",
    "training/reporting/report.py",
    "training/search",
)
"""What the numbers of an artefact depend on: files, and folders with all that they hold."""


def code_fingerprint(*more: str) -> str:
    """SHA-256 of the sources between raw tables and artefact, and of `more`, wherever the package lies.

    Names are relative to the package, and line ends count as one character, so that a checkout on another system
    agrees.
    """
    roots = {"scoring": Path(scoring.__file__).parent, "training": Path(training.__file__).parent}
    digest = hashlib.sha256()
    for source in (*SOURCES, *more):
        package, _, below = source.partition("/")
        root = roots[package]
        at = root / below
        files = [at] if at.is_file() else [path for path in at.rglob("*") if path.suffix in (".py", ".json", ".toml")]
        for file in sorted(files, key=lambda path: path.relative_to(root).as_posix()):
            digest.update(f"{package}/{file.relative_to(root).as_posix()}\0".encode())
            digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"sha256:{digest.hexdigest()}"


def synthetic_origin(folder: Path, sources: Mapping[str, Path]) -> dict[str, int] | None:
    """How the tables were made, where every one that was read is one that the folder's marker names, unchanged.

    Parameters
    ----------
    folder : the folder of tables
    sources : the file of each table that was read

    Returns
    -------
    dict or None
        ``clients`` and ``seed`` of the synthetic portfolio; None for tables that are not proved synthetic.

    Raises
    ------
    TrainingError
        When the marker says synthetic and a table is not as it says: real rows would be shown as synthetic ones, or the
        other way round.
    """
    path = folder / MARKER
    if not path.is_file():
        return None
    try:
        marker = json.loads(path.read_text(encoding="utf-8"))
        files = marker["files"]
        if marker["synthetic"] is not True or not isinstance(files, dict):
            return None
        origin = {"clients": int(marker["clients"]), "seed": int(marker["seed"])}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TrainingError(
            f"{MARKER} must be a JSON object with synthetic, clients, seed and files; got {path}: {error!r}. "
            "Write the portfolio again, or remove the file."
        ) from error
    for table, source in sources.items():
        found = _sha256(source) if source.is_file() else "no single file"
        if str(files.get(source.name, "")).removeprefix("sha256:") != found:
            raise TrainingError(
                f"{MARKER} must describe the tables beside it; got another {table} in {source}. Write the synthetic "
                f"portfolio again, or remove {path} where the tables are real."
            )
    return origin


def is_synthetic(folder: Path, sources: Mapping[str, Path]) -> bool:
    """Whether the tables that were read are proved synthetic (see `synthetic_origin`)."""
    return synthetic_origin(folder, sources) is not None


def write_marker(folder: Path, *, clients: int, seed: int, policy: bool = False) -> None:
    """Mark the tables of a folder as synthetic, file by file: only for tables that were just made.

    A past granting policy is named where there was one.
    """
    files = {path.name: _sha256(path) for path in sorted(folder.glob("*.parquet"))}
    made = {"clients": clients, "seed": seed, **({"policy": True} if policy else {})}
    marker = {"synthetic": True, **made, "files": files}
    with file_aside(folder / MARKER) as aside:
        aside.write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
