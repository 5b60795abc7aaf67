"""Garden tools."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, TOOL_MATERIALS

__all__ = ["GARDEN_TOOL"]

_EN = Wording(
    openers=(
        "The {name} is {a} for {soil} soil and stubborn roots.",
        "Gardeners in {place} asked {brand} for {a} that lasts: the {model} is the answer.",
        "Give the {name} a corner of the shed, and it will earn it by {month}.",
        "Made of {material}, the {name} is {a} to leave to your children.",
        "At {length}, the {name} spares your back.",
        "The {name} with its {colour} handle is hard to lose in the grass.",
        "There is nothing new about the {model}, and that is why {brand} still makes it.",
    ),
    statements=(
        "From handle to tip it measures {length}.",
        "It is {length} long, which suits tall and short gardeners.",
        "It weighs {weight}, so that the tool does the work.",
        "It is forged and fitted of {material}.",
        "Handle and head are {material}.",
        "The handle is painted {colour}.",
        "Head and handle are guaranteed for {warranty}.",
        "It is sold with {box_contents}.",
    ),
    colouring=(
        "The edge is ground by hand and can be sharpened again.",
        "The grip sits well in a wet glove.",
        "It does not bend when it meets a {obstacle}.",
        "Beds of {crop} are done before breakfast.",
        "The head is fixed with {few} rivets.",
        "Wipe it, oil it once a year, and forget about rust.",
        "Left-handed gardeners can use it as it is.",
        "The handle can be replaced when its time has come.",
        "It hangs from a leather loop.",
        "Weeds such as {weed} come out with their roots.",
        "Our own gardener will not lend it to anyone.",
    ),
    features=("hand-ground edge", "non-slip grip", "hanging loop", "replaceable handle", "riveted head"),
    pools={
        "soil": ("heavy", "stony", "sandy", "frozen", "wet"),
        "month": ("May", "April", "the first frost", "harvest time"),
        "obstacle": ("stone", "root", "buried brick", "stump"),
        "crop": ("beans", "leeks", "tulips", "strawberries", "potatoes"),
        "weed": ("ground elder", "bindweed", "dandelions", "couch grass"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} para terra {soil} e raízes teimosas.",
        "Os jardineiros de {place} pediram à {brand} {um_long} que durasse: a {model} é a resposta.",
        "Reserve um canto do galpão para a {name}: até {month} ela se paga.",
        "Feita de {material}, a {name} é {um_long} para deixar aos filhos.",
        "Com {length}, a {name} poupa as costas.",
        "Com o cabo na cor {colour}, a {name} não se perde na grama.",
        "A {model} não tem nada de novo, e por isso a {brand} continua a fabricá-la.",
    ),
    statements=(
        "Do cabo à ponta são {length}.",
        "Tem {length} de comprimento, bom para altos e baixos.",
        "Pesa {weight}, e assim a ferramenta faz o serviço.",
        "É forjada e montada em {material}.",
        "Cabo e cabeça são de {material}.",
        "O cabo é pintado na cor {colour}.",
        "Cabeça e cabo têm garantia de {warranty}.",
        "É vendida com {box_contents}.",
    ),
    colouring=(
        "O fio é feito à mão e pode ser afiado de novo.",
        "A empunhadura não escorrega na luva molhada.",
        "Não entorta quando encontra {obstacle}.",
        "Os canteiros de {crop} ficam prontos antes do café.",
        "A cabeça é presa com {few} rebites.",
        "Passe um pano, um pouco de óleo uma vez por ano e esqueça a ferrugem.",
        "Canhotos podem usá-la sem adaptação.",
        "O cabo pode ser trocado quando chegar a hora.",
        "Pendura-se por uma tira de couro.",
        "Pragas como {weed} saem com a raiz.",
        "O nosso jardineiro não empresta a dele a ninguém.",
    ),
    features=(
        "fio feito à mão", "empunhadura antiderrapante", "tira para pendurar",
        "cabo substituível", "cabeça rebitada",
    ),
    pools={
        "soil": ("pesada", "pedregosa", "arenosa", "dura", "molhada"),
        "month": ("maio", "a colheita", "o fim das chuvas", "a primavera"),
        "obstacle": ("uma pedra", "uma raiz", "um tijolo enterrado", "um toco"),
        "crop": ("feijão", "alho-poró", "tulipas", "morangos", "batatas"),
        "weed": ("a tiririca", "a corda-de-viola", "o dente-de-leão", "o capim"),
    },
)  # fmt: skip

GARDEN_TOOL = Kind(
    name="garden_tool",
    naming="model",
    nouns=(
        Noun("garden spade", "spade", "pá de jardim", "pá", feminine=True),
        Noun("garden hoe", "hoe", "enxada de jardim", "enxada", feminine=True),
        Noun("garden fork", "fork", "forquilha de jardim", "forquilha", feminine=True),
        Noun("leaf rake", "rake", "vassoura de jardim", "vassoura", feminine=True),
    ),
    facts={
        "length": values.length_like("length", 70, 185),
        "weight": values.weight(450, 2900),
        "material": values.choice("material", TOOL_MATERIALS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(9, 120),
        "warranty": values.warranty(12, 24, 36, 60, 120),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a blade guard", "um protetor de lâmina"),
                ("a sharpening stone", "uma pedra de afiar"),
                ("a wall hook", "um gancho de parede"),
                ("a tin of oil", "uma lata de óleo"),
                ("a spare wedge", "uma cunha de reserva"),
            ),
        ),
    },
    size="length",
    apparatus=True,
    en=_EN,
    pt=_PT,
)
