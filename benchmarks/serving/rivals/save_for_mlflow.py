"""Run by MLflow's own Python: save a pickled model as MLflow serves it. Arguments: the pickle, the folder."""

import pickle
import sys
from pathlib import Path

import mlflow  # type: ignore[import-not-found]

mlflow.sklearn.save_model(
    pickle.loads(Path(sys.argv[1]).read_bytes()),  # noqa: S301  # our own
    sys.argv[2],
    serialization_format="cloudpickle",
    pyfunc_predict_fn="predict_proba",
)
