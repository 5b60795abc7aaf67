"""Electric kettles."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, HARD_MATERIALS

__all__ = ["KETTLE"]

_EN = Wording(
    openers=(
        "The {name} is an electric kettle for people who drink a lot of tea.",
        "Meet the {name}: an electric kettle that gets on with its work.",
        "{brand} made the {model} for small kitchens and large families alike.",
        "An electric kettle of {material}, the {name} is as plain as it is quick.",
        "With the {model}, {brand} brings {capacity} of hot water to the table.",
        "Tea at six, coffee at seven: the {name} is ready for both.",
        "A {colour} kettle cheers up any kitchen, and the {name} is no exception.",
    ),
    statements=(
        "It boils up to {capacity} of water at a time.",
        "Filled to the mark, it holds {capacity}.",
        "The element is rated at {power} and wastes little of it.",
        "A {power} element sits under the plate, where limescale cannot reach it.",
        "The body is made of {material}.",
        "Plug it into {voltage} and press the lever.",
        "Base included, it takes up {dimensions}.",
        "Along with the kettle you get {box_contents}.",
        "The body is made of {material} and comes in {colour}.",
    ),
    colouring=(
        "It switches itself off as soon as the water boils.",
        "The lid opens wide enough for a hand and a sponge.",
        "The handle stays cool, even when the pot is full.",
        "The spout pours without dripping on the {surface}.",
        "A soft bell rings {few} times when the water is ready.",
        "The water level can be read from both sides, so left-handed cooks are welcome.",
        "It keeps quiet enough for a conversation.",
        "The cord winds up under the base and leaves the counter tidy.",
        "Use it for {drink}, for {drink2}, or simply to fill a hot-water bottle.",
        "Without water in it the kettle refuses to start.",
    ),
    features=(
        "automatic switch-off",
        "cool handle",
        "wide lid",
        "drip-free spout",
        "boil-dry protection",
        "cord storage",
    ),
    pools={
        "surface": ("table", "worktop", "tablecloth", "tray"),
        "drink": ("green tea", "black tea", "filter coffee", "porridge"),
        "drink2": ("instant soup", "cocoa", "couscous", "noodles"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é uma chaleira elétrica para quem toma muito chá.",
        "Conheça a {name}: uma chaleira elétrica que faz o seu trabalho sem alarde.",
        "A {brand} criou a {model} tanto para cozinhas pequenas como para famílias grandes.",
        "Chaleira elétrica de {material}, a {name} é tão simples quanto rápida.",
        "Com a {model}, a {brand} leva {capacity} de água quente à mesa.",
        "Chá às seis, café às sete: a {name} está pronta para os dois.",
        "Uma chaleira na cor {colour} alegra qualquer cozinha, e a {name} não foge à regra.",
    ),
    statements=(
        "Ferve até {capacity} de água de cada vez.",
        "Cheia até a marca, comporta {capacity}.",
        "A resistência tem {power} e desperdiça pouco.",
        "Uma resistência de {power} fica sob a chapa, onde o calcário não chega.",
        "O corpo é de {material}.",
        "Basta ligar em {voltage} e baixar a alavanca.",
        "Com a base, ocupa {dimensions}.",
        "Junto com a chaleira {vem} {box_contents}.",
        "O corpo é de {material}, na cor {colour}.",
    ),
    colouring=(
        "Desliga-se sozinha assim que a água ferve.",
        "A tampa abre o bastante para passar a mão com a esponja.",
        "A alça não esquenta, nem com a chaleira cheia.",
        "O bico serve sem pingar {surface}.",
        "Um sininho toca {few_f} vezes quando a água está pronta.",
        "O nível da água pode ser visto dos dois lados, o que agrada também aos canhotos.",
        "É silenciosa a ponto de não atrapalhar a conversa.",
        "O fio se enrola sob a base e deixa a bancada em ordem.",
        "Serve para {drink}, para {drink2} ou simplesmente para encher a bolsa de água quente.",
        "Sem água, a chaleira se recusa a ligar.",
    ),
    features=(
        "desligamento automático", "alça que não esquenta", "tampa larga", "bico antipingo",
        "proteção contra funcionamento a seco", "porta-fio",
    ),
    pools={
        "surface": ("na mesa", "na bancada", "na toalha", "na bandeja"),
        "drink": ("chá-verde", "chá-mate", "café coado", "mingau"),
        "drink2": ("sopa instantânea", "chocolate quente", "cuscuz", "macarrão"),
    },
)  # fmt: skip

KETTLE = Kind(
    name="kettle",
    naming="model",
    nouns=(Noun("electric kettle", "kettle", "chaleira elétrica", "chaleira", feminine=True),),
    facts={
        "capacity": values.capacity(0.8, 1.0, 1.2, 1.5, 1.7, 1.8, 2.0, 2.2, 2.5),
        "power": values.power(800, 3000, 50),
        "voltage": values.voltage(110, 120, 127, 220, 230, 240),
        "weight": values.weight(650, 1900),
        "dimensions": values.dimensions((14, 26), (12, 22), (18, 31)),
        "material": values.choice("material", HARD_MATERIALS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(18, 140),
        "warranty": values.warranty(6, 12, 18, 24, 36, 60),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            2,
            3,
            (
                ("a power base", "uma base elétrica"),
                ("a limescale filter", "um filtro de calcário"),
                ("a recipe booklet", "um livreto de receitas"),
                ("a measuring spoon", "uma colher medidora"),
                ("a tea strainer", "um coador de chá"),
                ("a cleaning brush", "uma escova de limpeza"),
            ),
        ),
    },
    size="capacity",
    apparatus=True,
    en=_EN,
    pt=_PT,
)
