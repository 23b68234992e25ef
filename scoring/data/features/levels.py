"""Words for the codes of every category: the codes of the raw tables never reach a page."""

from collections.abc import Mapping
from types import MappingProxyType

from scoring.i18n import Words

Levels = Mapping[str, Words]


def _levels(*lines: str) -> Levels:
    """Read lines of ``code | français | English``."""
    split = (line.split(" | ") for line in lines)
    return MappingProxyType({code: Words(fr, en) for code, fr, en in split})


CONTRACT_TYPES = _levels(
    "Cash loans | crédit à mensualités | loan in monthly payments",
    "Revolving loans | crédit renouvelable | revolving credit",
)
GENDERS = _levels("F | femme | woman", "M | homme | man", "XNA | non précisé | not stated")
INCOME_TYPES = _levels(
    "Working | salarié du privé | private employee",
    "Commercial associate | associé ou commercial | commercial associate",
    "Pensioner | retraité | pensioner",
    "State servant | agent de l'État | state employee",
    "Unemployed | sans emploi | unemployed",
    "Student | étudiant | student",
    "Businessman | chef d'entreprise | business owner",
    "Maternity leave | congé parental | parental leave",
)
EDUCATIONS = _levels(
    "Lower secondary | collège | lower secondary school",
    "Secondary / secondary special | lycée ou formation professionnelle | secondary or vocational school",
    "Incomplete higher | études supérieures inachevées | unfinished higher education",
    "Higher education | études supérieures | higher education",
    "Academic degree | grade universitaire | academic degree",
)
FAMILIES = _levels(
    "Single / not married | célibataire | single",
    "Married | marié | married",
    "Civil marriage | union civile | civil union",
    "Widow | veuf ou veuve | widowed",
    "Separated | séparé | separated",
    "Unknown | non précisé | not stated",
)
HOUSINGS = _levels(
    "House / apartment | maison ou appartement à soi | own house or flat",
    "Rented apartment | appartement en location | rented flat",
    "With parents | chez les parents | with parents",
    "Municipal apartment | logement municipal | municipal flat",
    "Office apartment | logement de fonction | company flat",
    "Co-op apartment | logement en coopérative | cooperative flat",
)
OCCUPATIONS = _levels(
    "Laborers | ouvrier | labourer",
    "Core staff | employé | core staff",
    "Accountants | comptable | accountant",
    "Managers | cadre | manager",
    "Drivers | conducteur | driver",
    "Sales staff | vendeur | sales staff",
    "Cleaning staff | agent d'entretien | cleaning staff",
    "Cooking staff | cuisinier | cooking staff",
    "Private service staff | services aux particuliers | private service staff",
    "Medicine staff | personnel médical | medical staff",
    "Security staff | agent de sécurité | security staff",
    "High skill tech staff | technicien qualifié | highly skilled technician",
    "Waiters/barmen staff | serveur ou barman | waiter or bartender",
    "Low-skill Laborers | ouvrier non qualifié | unskilled labourer",
    "Realty agents | agent immobilier | estate agent",
    "Secretaries | secrétaire | secretary",
    "IT staff | informaticien | IT staff",
    "HR staff | ressources humaines | human resources",
)
WALLS = _levels(
    "Stone, brick | pierre ou brique | stone or brick",
    "Block | blocs | blocks",
    "Panel | panneaux préfabriqués | prefabricated panels",
    "Mixed | matériaux mixtes | mixed materials",
    "Wooden | bois | wood",
    "Others | autres matériaux | other materials",
    "Monolithic | béton coulé | cast concrete",
)
HOUSE_TYPES = _levels(
    "block of flats | immeuble collectif | block of flats",
    "terraced house | maison mitoyenne | terraced house",
    "specific housing | autre habitation | other housing",
)


def _numbered(code: str, count: int, fr: str, en: str) -> tuple[str, ...]:
    """Lines for codes that differ by a number only, of which no meaning is published."""
    return tuple(f"{code}{i} | {fr} (type {i}) | {en} (type {i})" for i in range(1, count + 1))


ORGANIZATIONS = _levels(
    "Advertising | publicité | advertising",
    "Agriculture | agriculture | agriculture",
    "Bank | banque | bank",
    *_numbered("Business Entity Type ", 3, "entreprise", "business"),
    "Cleaning | nettoyage | cleaning",
    "Construction | construction | construction",
    "Culture | culture | culture",
    "Electricity | électricité | electricity",
    "Emergency | secours | emergency services",
    "Government | administration | government",
    "Hotel | hôtellerie | hotel",
    "Housing | logement | housing",
    *_numbered("Industry: type ", 13, "industrie", "industry"),
    "Insurance | assurance | insurance",
    "Kindergarten | école maternelle | kindergarten",
    "Legal Services | services juridiques | legal services",
    "Medicine | santé | health care",
    "Military | armée | military",
    "Mobile | téléphonie mobile | mobile telephony",
    "Other | autre | other",
    "Police | police | police",
    "Postal | poste | postal services",
    "Realtor | immobilier | real estate",
    "Religion | religion | religion",
    "Restaurant | restauration | restaurant",
    "School | école | school",
    "Security | sécurité | security",
    "Security Ministries | ministères de sécurité | security ministries",
    "Self-employed | indépendant | self-employed",
    "Services | services | services",
    "Telecom | télécommunications | telecommunications",
    *_numbered("Trade: type ", 7, "commerce", "trade"),
    *_numbered("Transport: type ", 4, "transport", "transport"),
    "University | université | university",
    "XNA | non précisé | not stated",
)
