"""The format as a JSON Schema that others can check a document against.

The rule: it is made from the declarations that the product itself reads with, so the two can't differ.
"""

from typing import Any

from scoring.model.additive_model.document import FORMAT, VERSION, AdditiveModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a model's file.

    What a schema can't say is checked when a file is read: increasing edges, as many scores as cells, the digest.
    """
    schema = AdditiveModel.model_json_schema(mode="serialization")
    schema["properties"]["digest"] = {
        "title": "Digest",
        "type": "string",
        "pattern": "^sha256:[0-9a-f]{64}$",
        "description": "SHA-256 of the document without this member, as JSON with sorted keys and no spaces.",
    }
    schema["required"] = [*schema["required"], "digest"]
    schema["title"] = "Additive model"
    return {"$schema": DIALECT, "$id": f"urn:{FORMAT}:{VERSION}", **schema}
