"""Run by vetiver's own Python: serve a pickled model. Arguments: the pickle, example rows, the port."""

import json
import pickle
import sys
from pathlib import Path

import pandas as pd
import uvicorn
from vetiver import VetiverAPI, VetiverModel  # type: ignore[import-not-found]

model = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301  # our own
given = json.loads(Path(sys.argv[2]).read_text())
example = pd.DataFrame(given["rows"]).astype(given["kinds"])
# Without its check of the example's types, which takes no missing value; it is the faster for it.
app = VetiverAPI(VetiverModel(model, "ebm", prototype_data=example), check_prototype=False)
uvicorn.run(app.app, host="127.0.0.1", port=int(sys.argv[3]), log_level="warning")
