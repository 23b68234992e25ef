"""Features: what the models see of a client, each declared once with its dictionary entry in French and English.

>>> DICTIONARY["years_employed"].label.say("fr")
"Durée dans l'emploi"
"""

from scoring.data.features.build import DICTIONARY, available, build, build_in_parts, left_out
from scoring.data.features.declaration import GROUPS, UNITS, Direction, Feature
from scoring.data.features.parts import Parts
from scoring.data.features.plan import Plan
from scoring.data.features.words import say
from scoring.i18n import Words

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
