"""Running shoes."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, UPPERS

__all__ = ["RUNNING_SHOES"]

_EN = Wording(
    openers=(
        "The {name} shoes are for runners who like {ground}.",
        "Lace up the {name} and leave the watch at home.",
        "{brand} asked {runner} to wear out the {model}; it took a while.",
        "At {weight} a shoe, the {name} is easy to forget on the foot.",
        "An upper of {material} and a sole that bites: meet the {name}.",
        "The {name} in {colour} is the pair that you will see at every start line.",
        "First shoes or tenth pair, the {name} forgives and protects.",
    ),
    statements=(
        "Each shoe weighs {weight}.",
        "The upper is made of {material}.",
        "The uppers are {material}, with no seams to rub.",
        "They come in {colour}.",
        "The soles are guaranteed for {warranty}.",
        "In the box you also get {box_contents}.",
        "A pair costs {price}.",
    ),
    colouring=(
        "The tongue is stitched on both sides and does not wander.",
        "The sole grips on {ground2}.",
        "There is room for the toes to spread.",
        "Water drains through {few} small holes.",
        "The laces stay tied, even when they are wet.",
        "A loop at the heel helps you to pull them on.",
        "The lining dries overnight.",
        "Reflecting threads in the heel show you to drivers after dark.",
        "They want no breaking in; run on the first day.",
        "The insole can be taken out and washed.",
        "{runner2} wears them through the winter.",
    ),
    features=(
        "seamless lining",
        "removable insole",
        "reflecting threads",
        "heel loop",
        "roomy toes",
        "quick-drying lining",
    ),
    pools={
        "ground": ("asphalt", "forest paths", "towpaths", "long Sunday rounds"),
        "ground2": ("wet leaves", "gravel", "cobbles", "packed snow"),
        "runner": ("a postwoman", "a school team", "a mountain rescuer", "a newspaper boy"),
        "runner2": ("Our bookkeeper", "The village doctor", "Half of the fire brigade", "A baker we know"),
        "praise": (
            "My knees say thank you.",
            "No blisters, not even on the first day.",
            "They fit like the old ones.",
            "I ran in the rain and was glad.",
            "Light and quiet.",
            "Bought a second pair for the office.",
        ),
    },
)

_PT = Wording(
    openers=(
        "O tênis {name} é para quem gosta de correr {ground}.",
        "Amarre o {name} e deixe o relógio em casa.",
        "A {brand} pediu a {runner} que gastasse o {model}; demorou.",
        "Com {weight} por pé, o {name} quase não se sente.",
        "Cabedal de {material} e sola que agarra: conheça o {name}.",
        "O {name} na cor {colour} está em toda linha de largada.",
        "Primeiro par ou décimo, o {name} perdoa e protege.",
    ),
    statements=(
        "Cada pé pesa {weight}.",
        "O cabedal é de {material}.",
        "O cabedal, de {material}, não tem costuras que machuquem.",
        "Vem na cor {colour}.",
        "As solas têm garantia de {warranty}.",
        "Na caixa {vem} também {box_contents}.",
        "O par custa {price}.",
    ),
    colouring=(
        "A língua é costurada dos dois lados e não sai do lugar.",
        "A sola não escorrega {ground2}.",
        "Há espaço para os dedos se abrirem.",
        "A água sai por {few} furinhos.",
        "Os cadarços não se soltam nem molhados.",
        "Uma alça no calcanhar ajuda a calçar.",
        "O forro seca de um dia para o outro.",
        "Fios refletivos no calcanhar avisam os motoristas à noite.",
        "Não precisa amaciar: dá para correr no primeiro dia.",
        "A palmilha pode ser retirada e lavada.",
        "{runner2} corre com ele o inverno inteiro.",
    ),
    features=("forro sem costura", "palmilha removível", "fios refletivos", "alça no calcanhar", "bico espaçoso"),
    pools={
        "ground": ("no asfalto", "na trilha", "na beira do rio", "sem pressa aos domingos"),
        "ground2": ("em folhas molhadas", "no cascalho", "no calçamento", "na areia batida"),
        "runner": ("uma carteira", "um time escolar", "um bombeiro", "um entregador de jornais"),
        "runner2": ("O nosso contador", "A médica da vila", "Metade dos bombeiros", "Um padeiro que conhecemos"),
        "praise": (
            "Meus joelhos agradecem.", "Nenhuma bolha, nem no primeiro dia.", "Serve como o antigo.",
            "Corri na chuva e gostei.", "Leve e silencioso.", "Comprei um segundo par para o trabalho.",
        ),
    },
)  # fmt: skip

RUNNING_SHOES = Kind(
    name="running_shoes",
    naming="model",
    nouns=(
        Noun("running shoes", "shoes", "tênis de corrida", "tênis", plural=True),
        Noun("trail running shoes", "shoes", "tênis de trilha", "tênis", plural=True),
    ),
    facts={
        "weight": values.weight(160, 390),
        "material": values.choice("material", UPPERS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(39, 230),
        "warranty": values.warranty(3, 6, 12, 18, 24),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            2,
            (
                ("a shoe bag", "uma sacola para tênis"),
                ("a pair of spare laces", "um par de cadarços extra"),
                ("a second insole", "uma segunda palmilha"),
                ("a cleaning brush", "uma escova de limpeza"),
            ),
        ),
    },
    size=None,
    apparatus=False,
    en=_EN,
    pt=_PT,
)
