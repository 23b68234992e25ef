"""Features of the application that describe the person: home, region, contact, and what is sensitive.

Sensitive features are kept for description and monitoring. They are never inputs of a model, and neither is what is
computed from them (income per head, time in job over age).
"""

import narwhals as nw

from scoring.data.features import levels
from scoring.data.features.application import FREE, INCOME, LOWERS, RAISES, coded, own
from scoring.data.features.declaration import Direction, Feature, Unit
from scoring.data.features.ratios import one_if, one_if_yes, ratio, years_ago
from scoring.data.tables.application_columns import HOUSING_MEASURES
from scoring.i18n import Words

_NOT_USED_FR = "le score ne s'en sert pas"
_NOT_USED_EN = "the score does not use it"


def _yes_no(name: str, expression: nw.Expr, direction: Direction, label: Words, explanation: Words) -> Feature:
    return own(name, expression, "situation", "yes_no", 0, direction, label, explanation)


def _told(name: str, column: str, fr: str, en: str, means_fr: str, means_en: str) -> Feature:
    """Declare years since an event dated in days."""
    return own(
        name, years_ago(nw.col(column)), "situation", "years", 2, LOWERS, Words(fr, en), Words(means_fr, means_en)
    )  # fmt: skip


def _differs(name: str, column: str, direction: Direction, first: Words, second: Words, where: Words) -> Feature:
    """Declare whether two of the client's places differ."""
    return _yes_no(
        name, nw.col(column), direction,
        Words(
            f"{where.fr} différente ({first.fr}, {second.fr})",
            f"Different {where.en} ({first.en}, {second.en})",
        ),
        Words(
            f"Si les deux adresses ({first.fr}, {second.fr}) sont dans deux endroits différents.",
            f"Whether the two addresses ({first.en}, {second.en}) are in two different places.",
        ),
    )  # fmt: skip


_REGISTERED = Words("domicile officiel", "registered home")
_LIVED = Words("adresse de contact", "contact address")
_WORK = Words("travail", "work")
_REGION, _CITY = Words("Région", "region"), Words("Ville", "city")
_MISMATCHES = (
    "REG_REGION_NOT_LIVE_REGION", "REG_REGION_NOT_WORK_REGION", "LIVE_REGION_NOT_WORK_REGION",
    "REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY", "LIVE_CITY_NOT_WORK_CITY",
)  # fmt: skip

HOME = (
    coded(
        "education", "NAME_EDUCATION_TYPE", "situation", levels.EDUCATIONS,
        Words("Niveau d'études", "Education"),
        Words("Le plus haut niveau d'études atteint.", "The highest level of education reached."),
    ),
    coded(
        "housing", "NAME_HOUSING_TYPE", "situation", levels.HOUSINGS,
        Words("Logement", "Housing"),
        Words("Comment vous êtes logé.", "How you are housed."),
    ),
    _yes_no(
        "owns_home", one_if_yes("FLAG_OWN_REALTY"), FREE,
        Words("Propriétaire d'un logement", "Owner of a home"),
        Words("Si vous possédez une maison ou un appartement.", "Whether you own a house or a flat."),
    ),
    _yes_no(
        "owns_car", one_if_yes("FLAG_OWN_CAR"), LOWERS,
        Words("Propriétaire d'une voiture", "Owner of a car"),
        Words("Si vous possédez une voiture.", "Whether you own a car."),
    ),
    own(
        "car_age", nw.col("OWN_CAR_AGE"), "situation", "years", 0, RAISES,
        Words("Âge de la voiture", "Age of the car"),
        Words("L'âge de votre voiture, si vous en avez une.", "The age of your car, if you have one."),
        nothing=Words("pas de voiture, ou âge inconnu", "no car, or its age is not known"),
    ),
    own(
        "building_facts_known",
        nw.sum_horizontal(*(one_if(~nw.col(f"{measure}_AVG").is_null()) for measure in HOUSING_MEASURES)),
        "situation", "count", 0, LOWERS,
        Words("Nombre de renseignements sur l'immeuble", "Number of facts known about the building"),
        Words(
            f"Combien des {len(HOUSING_MEASURES)} renseignements prévus sur votre immeuble nous avons.",
            f"How many of the {len(HOUSING_MEASURES)} facts foreseen about your building we have.",
        ),
    ),
    coded(
        "building_walls", "WALLSMATERIAL_MODE", "situation", levels.WALLS,
        Words("Murs de l'immeuble", "Walls of the building"),
        Words("De quoi sont faits les murs de votre immeuble.", "What the walls of your building are made of."),
    ),
    coded(
        "building_type", "HOUSETYPE_MODE", "situation", levels.HOUSE_TYPES,
        Words("Type d'immeuble", "Type of building"),
        Words("Le type d'immeuble où vous habitez.", "The type of building in which you live."),
    ),
)  # fmt: skip

REGION_AND_CONTACT = (
    own(
        "region_rating", nw.col("REGION_RATING_CLIENT"), "situation", "count", 0, RAISES,
        Words("Classe de la région (1 à 3)", "Rating of the region (1 to 3)"),
        Words(
            "Notre classement de la région où vous habitez ; 1 est le meilleur.",
            "Our rating of the region where you live; 1 is the best.",
        ),
    ),
    own(
        "region_rating_with_city", nw.col("REGION_RATING_CLIENT_W_CITY"), "situation", "count", 0, RAISES,
        Words("Classe de la région et de la ville (1 à 3)", "Rating of the region and city (1 to 3)"),
        Words(
            "Notre classement de l'endroit où vous habitez, ville comprise ; 1 est le meilleur.",
            "Our rating of the place where you live, city included; 1 is the best.",
        ),
    ),
    own(
        "region_population", nw.col("REGION_POPULATION_RELATIVE"), "situation", "share", 4, FREE,
        Words("Poids de la région dans la population", "Weight of the region in the population"),
        Words(
            "Si la région où vous habitez est très peuplée ou non.",
            "Whether the region where you live has many inhabitants or few.",
        ),
    ),
    _told(
        "years_since_phone_change", "DAYS_LAST_PHONE_CHANGE",
        "Ancienneté du numéro de téléphone", "Time with the present phone number",
        "Depuis quand vous avez votre numéro de téléphone.", "How long you have had your phone number.",
    ),
    _yes_no(
        "phone_never_changed", nw.col("DAYS_LAST_PHONE_CHANGE_NEVER"), FREE,
        Words("Numéro de téléphone jamais changé", "Phone number never changed"),
        Words(
            "Si nous ne connaissons aucun changement de votre numéro de téléphone.",
            "Whether we know of no change of your phone number.",
        ),
    ),
    _told(
        "years_since_registration", "DAYS_REGISTRATION",
        "Ancienneté de l'inscription officielle", "Time since the last change of registration",
        "Depuis quand votre inscription officielle n'a pas changé.",
        "How long your official registration has not changed.",
    ),
    _told(
        "years_since_identity_document", "DAYS_ID_PUBLISH",
        "Ancienneté de la pièce d'identité", "Age of the identity document",
        "Depuis quand vous avez la pièce d'identité présentée.",
        "How long you have had the identity document shown.",
    ),
    _yes_no(
        "work_phone_given", nw.col("FLAG_WORK_PHONE"), FREE,
        Words("Téléphone du travail indiqué", "Work phone given"),
        Words("Si la demande donne un téléphone au travail.", "Whether the application gives a phone at work."),
    ),
    _yes_no(
        "home_phone_given", nw.col("FLAG_PHONE"), LOWERS,
        Words("Téléphone du domicile indiqué", "Home phone given"),
        Words("Si la demande donne un téléphone au domicile.", "Whether the application gives a phone at home."),
    ),
    _yes_no(
        "email_given", nw.col("FLAG_EMAIL"), FREE,
        Words("Adresse électronique indiquée", "Email address given"),
        Words(
            "Si la demande donne une adresse électronique.", "Whether the application gives an email address."
        ),
    ),
    _differs("lives_in_other_region", "REG_REGION_NOT_LIVE_REGION", FREE, _REGISTERED, _LIVED, _REGION),
    _differs("works_in_other_region", "REG_REGION_NOT_WORK_REGION", FREE, _REGISTERED, _WORK, _REGION),
    _differs("lives_in_other_city", "REG_CITY_NOT_LIVE_CITY", RAISES, _REGISTERED, _LIVED, _CITY),
    _differs("works_in_other_city", "REG_CITY_NOT_WORK_CITY", RAISES, _REGISTERED, _WORK, _CITY),
    _differs("lives_away_from_work", "LIVE_CITY_NOT_WORK_CITY", RAISES, _LIVED, _WORK, _CITY),
    own(
        "addresses_differing", nw.sum_horizontal(*(nw.col(name) for name in _MISMATCHES)),
        "situation", "count", 0, RAISES,
        Words("Nombre d'écarts entre adresses", "Number of differences between addresses"),
        Words(
            "Combien de fois domicile, contact et travail sont dans des endroits différents.",
            "How many times home, contact and work lie in different places.",
        ),
    ),
)  # fmt: skip


def _private(name: str, expression: nw.Expr, unit: Unit, decimals: int, label: Words, what: Words) -> Feature:
    """Declare a sensitive number."""
    return own(
        name, expression, "situation", unit, decimals, FREE, label,
        Words(f"{what.fr} ; {_NOT_USED_FR}.", f"{what.en}; {_NOT_USED_EN}."),
        sensitive=True,
    )  # fmt: skip


def _circle(name: str, column: str, label: Words) -> Feature:
    return _private(
        name, nw.col(column), "count", 0, label,
        Words(
            "Ce que l'on observe dans l'entourage du client",
            "What is observed among the people around the client",
        ),
    )  # fmt: skip


SENSITIVE = (
    _private(
        "age_years", years_ago(nw.col("DAYS_BIRTH")), "years", 1,
        Words("Âge", "Age"), Words("Votre âge", "Your age"),
    ),
    coded(
        "gender", "CODE_GENDER", "situation", levels.GENDERS,
        Words("Sexe", "Sex"), Words(f"Votre sexe ; {_NOT_USED_FR}.", f"Your sex; {_NOT_USED_EN}."),
        sensitive=True,
    ),
    coded(
        "family_status", "NAME_FAMILY_STATUS", "situation", levels.FAMILIES,
        Words("Situation familiale", "Family status"),
        Words(f"Votre situation familiale ; {_NOT_USED_FR}.", f"Your family status; {_NOT_USED_EN}."),
        sensitive=True,
    ),
    _private(
        "children", nw.col("CNT_CHILDREN"), "count", 0,
        Words("Nombre d'enfants", "Number of children"), Words("Vos enfants à charge", "Your dependent children"),
    ),
    _private(
        "family_members", nw.col("CNT_FAM_MEMBERS"), "count", 0,
        Words("Personnes dans le foyer", "People in the household"),
        Words("Combien de personnes compte votre foyer", "How many people live in your household"),
    ),
    _private(
        "income_per_person", ratio(INCOME, nw.col("CNT_FAM_MEMBERS")), "amount", 0,
        Words("Revenu par personne du foyer", "Income per person in the household"),
        Words("Le revenu déclaré, divisé par les personnes du foyer", "The declared income, divided by the household"),
    ),
    _private(
        "employed_share_of_age", ratio(nw.col("DAYS_EMPLOYED"), nw.col("DAYS_BIRTH")), "share", 3,
        Words("Part de la vie dans l'emploi actuel", "Share of life spent in the present job"),
        Words("La durée dans l'emploi, divisée par l'âge", "The time in the job, divided by the age"),
    ),
    *(
        _circle(
            f"circle_{what}_{span}", f"{column}_{span}_CNT_SOCIAL_CIRCLE",
            Words(f"{fr} dans l'entourage ({span} jours)", f"{en} in the client's circle ({span} days)"),
        )
        for span in (30, 60)
        for what, column, fr, en in (
            ("observed", "OBS", "Retards possibles", "Possible delays"),
            ("late", "DEF", "Retards constatés", "Observed delays"),
        )
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (*HOME, *REGION_AND_CONTACT, *SENSITIVE)
"""In the order in which they are shown."""
