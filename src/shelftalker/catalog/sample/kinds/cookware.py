"""Pans and pots."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, PAN_MATERIALS

__all__ = ["COOKWARE"]

_EN = Wording(
    openers=(
        "The {name} is {a} that stays on the stove because it is always needed.",
        "Sear, simmer, serve: the {name} does all three.",
        "{brand} casts the {model} for cooks who are tired of thin pans.",
        "{a} of {material}, the {name} takes heat slowly and gives it back evenly.",
        "With {capacity} of room, the {name} feeds {guests}.",
        "The {name}, {diameter} across, is the pan you reach for first.",
        "In {colour}, the {name} may go straight from the oven to the table.",
    ),
    statements=(
        "It takes {capacity} up to the rim.",
        "There is room for {capacity} of {dish}.",
        "Across the top it measures {diameter}.",
        "The body is {material} through and through.",
        "Lid included, it weighs {weight}.",
        "The walls are {height} high.",
        "Handles and lid come in {colour}.",
        "It is delivered with {box_contents}.",
        "It is {diameter} wide and holds {capacity}.",
    ),
    colouring=(
        "It works on gas, on electric plates and over a camp fire.",
        "The handle is riveted, not glued.",
        "{dish2} lets go of the bottom without a fight.",
        "The oven is no problem for any part of it.",
        "It gets better with every {meal}.",
        "The rim pours cleanly on either side.",
        "Warm water and a brush are all the cleaning it wants.",
        "The lid fits tightly and keeps the steam where it belongs.",
        "Cooks at {restaurant} use the same one.",
        "The thick bottom forgives a cook who answers the door.",
        "Hang it on a hook or stack it: {few} of them fit in a drawer.",
    ),
    features=("riveted handle", "tight lid", "pouring rim", "thick bottom", "oven-proof", "suitable for every stove"),
    pools={
        "guests": ("a family with guests", "a hungry crew", "both sides of the family", "a whole choir"),
        "dish": ("soup", "stew", "polenta", "chickpeas", "risotto"),
        "dish2": ("Fried fish", "An omelette", "Caramel", "Rice"),
        "meal": ("breakfast", "stew", "Sunday roast", "pancake"),
        "restaurant": ("the Blue Heron in Tarnmouth", "a canteen in Harrowick", "the inn at Wexcombe"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} que mora em cima do fogão, porque sempre faz falta.",
        "Selar, cozinhar, servir: a {name} faz os três.",
        "A {brand} fez a {model} para quem cansou de panela fina.",
        "De {material}, a {name} esquenta devagar e distribui bem o calor.",
        "Com espaço para {capacity}, a {name} alimenta {guests}.",
        "A {name}, com {diameter} de diâmetro, é a primeira que se pega no armário.",
        "Na cor {colour}, a {name} vai direto do forno para a mesa.",
    ),
    statements=(
        "Até a borda cabem {capacity}.",
        "Há espaço para {capacity} de {dish}.",
        "A boca mede {diameter} de diâmetro.",
        "O corpo é todo de {material}.",
        "Com a tampa, pesa {weight}.",
        "As paredes têm {height} de altura.",
        "Cabos e tampa vêm na cor {colour}.",
        "É entregue com {box_contents}.",
        "Tem {diameter} de diâmetro e comporta {capacity}.",
    ),
    colouring=(
        "Vai ao fogão a gás, à chapa elétrica e à fogueira.",
        "O cabo é rebitado, e não colado.",
        "{dish2} se solta do fundo sem briga.",
        "Todas as partes podem ir ao forno.",
        "Fica melhor a cada {meal}.",
        "A borda serve sem escorrer, dos dois lados.",
        "Água morna e uma escova bastam para a limpeza.",
        "A tampa veda bem e guarda o vapor.",
        "No {restaurant} usam uma igual.",
        "O fundo grosso perdoa quem vai atender a porta.",
        "Pode ser pendurada ou empilhada: {few_f} cabem em uma gaveta.",
    ),
    features=(
        "cabo rebitado", "tampa justa", "borda vertedora",
        "fundo grosso", "própria para o forno", "serve em todo fogão",
    ),
    pools={
        "guests": ("a família e as visitas", "uma turma faminta", "os dois lados da família", "um coral inteiro"),
        "dish": ("sopa", "ensopado", "polenta", "feijão", "risoto"),
        "dish2": ("O peixe frito", "A omelete", "O caramelo", "O arroz"),
        "meal": ("almoço", "ensopado", "domingo", "feijoada"),
        "restaurant": ("restaurante Garça Azul", "refeitório da escola", "bar da Vila Ostreira"),
    },
)  # fmt: skip

COOKWARE = Kind(
    name="cookware",
    naming="model",
    nouns=(
        Noun("frying pan", "pan", "frigideira", "frigideira", feminine=True),
        Noun("saucepan", "pan", "panela", "panela", feminine=True),
        Noun("casserole", "casserole", "caçarola", "caçarola", feminine=True),
        Noun("stew pot", "pot", "panela de ensopado", "panela", feminine=True),
    ),
    facts={
        "diameter": values.length_like("diameter", 16, 36),
        "capacity": values.capacity(0.9, 1.2, 1.5, 1.8, 2.0, 2.4, 2.8, 3.2, 3.6, 4.2, 5.0, 6.5, 8.0),
        "height": values.length_like("height", 5, 15),
        "weight": values.weight(700, 5200),
        "material": values.choice("material", PAN_MATERIALS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(15, 290),
        "warranty": values.warranty(12, 24, 36, 60, 120),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a glass lid", "uma tampa de vidro"),
                ("a handle cover", "uma capa para o cabo"),
                ("a wooden spatula", "uma espátula de madeira"),
                ("a steaming basket", "uma cesta para vapor"),
                ("a recipe card", "um cartão de receitas"),
            ),
        ),
    },
    size="diameter",
    apparatus=True,
    en=_EN,
    pt=_PT,
)
