"""Toys."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, TOY_MATERIALS

__all__ = ["TOY"]

_EN = Wording(
    openers=(
        "{name} is {a} that keeps small hands busy and big ones curious.",
        "Rainy afternoon? {name} by {brand} comes out of the cupboard.",
        "{brand} makes {name} the way grandparents remember toys.",
        "Made of {material}, {name} survives stairs, gardens and {sibling}.",
        "{name} is {a} for children of {age}.",
        "A {colour} box, a lid, and an hour of peace: {name}.",
        "Build it, break it, build it better: that is {name}.",
    ),
    statements=(
        "All parts are {material}.",
        "The parts are cut from {material} and sanded smooth.",
        "The toy is suitable for children of {age}.",
        "Children of {age} can play with it alone.",
        "Put together, it measures {dimensions}.",
        "It weighs {weight}, so a child can carry it.",
        "The main colour is {colour}.",
        "You get {box_contents} with it.",
        "It is made of {material} and suits children of {age}.",
    ),
    colouring=(
        "The corners are round and the paint is safe to chew.",
        "There is no screen, no battery and no noise.",
        "Pieces from other sets of {brand} fit too.",
        "It teaches {skill} without saying so.",
        "Put away, it fits under a bed.",
        "{teacher} asked for {few} more after the first week.",
        "Every set hides a small {animal}.",
        "Children invent their own rules by the second day.",
        "Lost parts can be ordered one by one.",
        "It can be washed by hand.",
        "{sibling2} will want one too.",
    ),
    features=("round corners", "safe paint", "no batteries", "parts sold singly", "fits other sets", "washable parts"),
    pools={
        "sibling": ("little brothers", "the dog", "birthday parties", "cousins"),
        "sibling2": ("The neighbour's boy", "Her sister", "Grandfather", "The whole kindergarten"),
        "skill": ("counting", "patience", "balance", "taking turns"),
        "teacher": ("Our kindergarten", "A nursery in Wexcombe", "The children's ward", "The library"),
        "animal": ("hedgehog", "owl", "mouse", "whale"),
    },
)

_PT = Wording(
    openers=(
        "{name} é {um_long} que ocupa mãos pequenas e desperta as grandes.",
        "Tarde de chuva? {name}, da {brand}, sai do armário.",
        "A {brand} faz {name} como os avós se lembram dos brinquedos.",
        "Feito de {material}, {name} sobrevive a escadas, jardins e {sibling}.",
        "{name} é {um_long} para crianças {age}.",
        "Uma caixa na cor {colour}, uma tampa e uma hora de paz: {name}.",
        "Montar, desmontar, montar melhor: isso é {name}.",
    ),
    statements=(
        "Todas as peças são de {material}.",
        "As peças são cortadas em {material} e bem lixadas.",
        "O brinquedo é indicado para crianças {age}.",
        "Crianças {age} podem brincar sozinhas.",
        "Montado, mede {dimensions}.",
        "Pesa {weight}, e uma criança consegue carregar.",
        "A cor principal é {colour}.",
        "Com ele {vem} {box_contents}.",
        "É feito de {material} e serve para crianças {age}.",
    ),
    colouring=(
        "Os cantos são redondos, e a tinta pode ir à boca.",
        "Não tem tela, pilha nem barulho.",
        "Peças de outros conjuntos da {brand} também encaixam.",
        "Ensina {skill} sem dizer que ensina.",
        "Guardado, cabe embaixo da cama.",
        "{teacher} pediu mais {few} depois da primeira semana.",
        "Cada conjunto esconde {animal}.",
        "No segundo dia, as crianças já inventam as próprias regras.",
        "Peças perdidas podem ser pedidas uma a uma.",
        "Pode ser lavado à mão.",
        "{sibling2} também vai querer.",
    ),
    features=(
        "cantos redondos", "tinta atóxica", "sem pilhas",
        "peças avulsas", "peças laváveis", "combina com outros conjuntos",
    ),
    pools={
        "sibling": ("irmãos menores", "cachorros", "festas de aniversário", "primos"),
        "sibling2": ("O menino do vizinho", "A irmã dela", "O avô", "O jardim de infância inteiro"),
        "skill": ("a contar", "paciência", "equilíbrio", "a esperar a vez"),
        "teacher": ("A creche do bairro", "A escola da vila", "A ala infantil do hospital", "A biblioteca"),
        "animal": ("um ouricinho", "uma coruja", "um ratinho", "uma baleia"),
    },
)  # fmt: skip

TOY = Kind(
    name="toy",
    naming="game",
    nouns=(
        Noun("building set", "set", "conjunto de montar", "conjunto"),
        Noun("stacking toy", "toy", "brinquedo de empilhar", "brinquedo"),
        Noun("marble run", "marble run", "circuito de bolinhas", "circuito"),
        Noun("play set", "set", "conjunto de brincar", "conjunto"),
    ),
    facts={
        "age": values.age(1, 9),
        "material": values.choice("material", TOY_MATERIALS),
        "colour": values.choice("colour", COLOURS),
        "dimensions": values.dimensions((14, 60), (10, 45), (8, 40)),
        "weight": values.weight(220, 3600),
        "price": values.price(9, 110),
        "warranty": values.warranty(6, 12, 24),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a cotton bag", "um saco de algodão"),
                ("an idea booklet", "um livreto de ideias"),
                ("a play mat", "um tapete de brincar"),
                ("a sticker sheet", "uma cartela de adesivos"),
                ("a storage box", "uma caixa organizadora"),
            ),
        ),
    },
    size=None,
    apparatus=False,
    en=_EN,
    pt=_PT,
)
