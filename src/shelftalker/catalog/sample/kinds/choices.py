"""Materials, colours and countries, each in English and Portuguese.

No value stands whole inside another of its fact ("steel" beside "carbon steel"): an answer that gives the one would
seem to give the other too.
"""

from __future__ import annotations

__all__ = [
    "COLOURS",
    "COUNTRIES",
    "FABRICS",
    "HARD_MATERIALS",
    "PAN_MATERIALS",
    "SHELLS",
    "TENT_FABRICS",
    "TOOL_MATERIALS",
    "TOY_MATERIALS",
    "UPPERS",
]

# The Portuguese form follows "na cor", which is feminine; the masculine is accepted too.
COLOURS = (
    ("black", "preta", "preto"),
    ("white", "branca", "branco"),
    ("red", "vermelha", "vermelho"),
    ("yellow", "amarela", "amarelo"),
    ("silver", "prata", "prateado", "prateada"),
    ("green", "verde"),
    ("navy blue", "azul-marinho"),
    ("light blue", "azul-clara", "azul-claro"),
    ("grey", "cinza", "gray"),
    ("orange", "laranja"),
    ("purple", "roxa", "roxo"),
    ("brown", "marrom"),
    ("cream", "creme"),
    ("turquoise", "turquesa"),
)

COUNTRIES = (
    ("Portugal", "Portugal", "em"),
    ("Brazil", "Brasil", "no"),
    ("Italy", "Itália", "na"),
    ("Poland", "Polônia", "na"),
    ("Vietnam", "Vietnã", "no"),
    ("Mexico", "México", "no"),
    ("Germany", "Alemanha", "na"),
    ("Canada", "Canadá", "no"),
    ("Turkey", "Turquia", "na"),
    ("Japan", "Japão", "no"),
    ("India", "Índia", "na"),
    ("Denmark", "Dinamarca", "na"),
    ("Uruguay", "Uruguai", "no"),
    ("Slovenia", "Eslovênia", "na"),
)

HARD_MATERIALS = (
    ("stainless steel", "aço inoxidável", "aço inox"),
    ("borosilicate glass", "vidro borossilicato"),
    ("bamboo", "bambu"),
    ("ABS plastic", "plástico ABS"),
    ("brushed aluminium", "alumínio escovado", "brushed aluminum"),
    ("polycarbonate", "policarbonato"),
    ("ceramic", "cerâmica"),
    ("beech wood", "madeira de faia"),
    ("brass", "latão"),
)

FABRICS = (
    ("ballistic nylon", "náilon balístico"),
    ("waxed cotton", "algodão encerado"),
    ("recycled polyester", "poliéster reciclado"),
    ("canvas", "lona"),
    ("ripstop polyester", "poliéster ripstop"),
    ("hemp", "cânhamo"),
    ("leather", "couro"),
    ("wool felt", "feltro de lã"),
)

PAN_MATERIALS = (
    ("cast iron", "ferro fundido"),
    ("stainless steel", "aço inoxidável", "aço inox"),
    ("carbon steel", "aço carbono"),
    ("hard-anodised aluminium", "alumínio anodizado", "hard-anodized aluminum"),
    ("copper", "cobre"),
    ("enamelled steel", "aço esmaltado", "enameled steel"),
    ("soapstone", "pedra-sabão"),
)

TOY_MATERIALS = (
    ("beech wood", "madeira de faia"),
    ("pine", "pinho"),
    ("organic cotton", "algodão orgânico"),
    ("natural rubber", "borracha natural"),
    ("recycled plastic", "plástico reciclado"),
    ("wool felt", "feltro de lã"),
    ("thick cardboard", "papelão grosso"),
    ("maple wood", "madeira de bordo"),
)

SHELLS = (
    ("ABS plastic", "plástico ABS"),
    ("brushed aluminium", "alumínio escovado", "brushed aluminum"),
    ("recycled plastic", "plástico reciclado"),
    ("walnut wood", "madeira de nogueira"),
    ("polycarbonate", "policarbonato"),
    ("magnesium alloy", "liga de magnésio"),
    ("bamboo", "bambu"),
)

TOOL_MATERIALS = (
    ("ash wood and forged steel", "madeira de freixo e aço forjado"),
    ("carbon steel", "aço carbono"),
    ("stainless steel", "aço inoxidável", "aço inox"),
    ("oak and bronze", "carvalho e bronze"),
    ("fibreglass and steel", "fibra de vidro e aço", "fiberglass and steel"),
    ("chestnut wood and boron steel", "madeira de castanheiro e aço ao boro"),
    ("hickory and iron", "nogueira e ferro"),
)

UPPERS = (
    ("recycled polyester", "poliéster reciclado"),
    ("nylon mesh", "malha de náilon", "tela de náilon"),
    ("merino wool", "lã merino"),
    ("eucalyptus fibre", "fibra de eucalipto", "eucalyptus fiber"),
    ("knitted cotton", "algodão tricotado"),
    ("suede", "camurça"),
)

TENT_FABRICS = (
    ("ripstop nylon", "náilon ripstop"),
    ("waxed cotton", "algodão encerado"),
    ("coated polyester", "poliéster revestido"),
    ("canvas", "lona"),
    ("silicone-coated nylon", "náilon siliconado"),
    ("recycled polyester", "poliéster reciclado"),
)
