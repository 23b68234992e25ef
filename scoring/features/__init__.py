"""Features: what the models see of a client, each declared once with its dictionary entry in French and English.

>>> DICTIONARY["years_employed"].label.say("fr")
"Durée dans l'emploi"
"""

from scoring.features.build import available, build, build_in_parts, left_out
from scoring.features.declaration import UNITS, Direction, Feature
from scoring.features.dictionary import DICTIONARY
from scoring.features.groups import GROUPS
from scoring.features.parts import Parts
from scoring.features.plan import Plan
from scoring.features.words import say
from scoring.language import Words

__all__ = [
    "DICTIONARY",
    "GROUPS",
    "UNITS",
    "Direction",
    "Feature",
    "Parts",
    "Plan",
    "Words",
    "available",
    "build",
    "build_in_parts",
    "left_out",
    "say",
]
