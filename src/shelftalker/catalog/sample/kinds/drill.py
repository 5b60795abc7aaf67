"""Cordless drills."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, SHELLS

__all__ = ["DRILL"]

_EN = Wording(
    openers=(
        "The {name} is {a} for {user} and for everyone who helps them.",
        "Shelves, hinges, bird boxes: the {name} is through before you have found the pencil.",
        "{brand} gave the {model} a short body and a long breath.",
        "Run the {name} at {voltage} and see how little it minds {wall}.",
        "{power} in one hand: the {name} is small and does not act like it.",
        "The {name} works {battery_life} on one charge, then it is your turn to rest.",
        "In {colour}, the {name} is easy to find under the sawdust.",
    ),
    statements=(
        "The battery supplies {voltage}.",
        "It is a {voltage} tool.",
        "The motor delivers {power}.",
        "A full battery lasts {battery_life} of steady work.",
        "From chuck to grip it is {length} long.",
        "With the battery in place it weighs {weight}.",
        "The housing is {material}.",
        "Housing of {material}, in {colour}.",
        "Ready in the carton: {box_contents}.",
        "The motor gives {power} at {voltage}.",
    ),
    colouring=(
        "The chuck opens and closes with one hand.",
        "It turns both ways and has {few} gears.",
        "A small lamp shows where the screw goes.",
        "The grip is shaped for hands of every size.",
        "It stops by itself when the screw is home.",
        "{wall2} is no match for it.",
        "The charger says with a lamp when it is done.",
        "Bits hold on a magnet above the battery.",
        "A belt hook keeps both hands free on the ladder.",
        "The motor has no brushes to wear out.",
        "It is quiet enough for {occasion}.",
    ),
    features=("one-hand chuck", "work lamp", "belt hook", "brushless motor", "magnetic bit holder", "reverse gear"),
    pools={
        "user": ("carpenters", "tenants", "set builders", "people who build bookshelves"),
        "wall": ("oak", "brick", "old plaster", "plywood"),
        "wall2": ("Plasterboard", "Pine", "Chipboard", "Soft brick"),
        "occasion": ("a Sunday", "the attic at night", "a house with a sleeping child"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} para {user} e para quem os ajuda.",
        "Prateleiras, dobradiças, casinhas de passarinho: a {name} termina antes de você achar o lápis.",
        "A {brand} deu à {model} um corpo curto e um fôlego longo.",
        "Use a {name} em {voltage} e veja como ela não se importa com {wall}.",
        "{power} em uma só mão: a {name} é pequena e não parece.",
        "A {name} trabalha {battery_life} com uma carga; depois, quem descansa é você.",
        "Na cor {colour}, a {name} é fácil de achar no meio da serragem.",
    ),
    statements=(
        "A bateria fornece {voltage}.",
        "É uma ferramenta de {voltage}.",
        "O motor entrega {power}.",
        "A bateria cheia aguenta {battery_life} de trabalho contínuo.",
        "Do mandril ao punho são {length} de comprimento.",
        "Com a bateria, pesa {weight}.",
        "A carcaça é de {material}.",
        "A carcaça é de {material}, na cor {colour}.",
        "Junto {vem} {box_contents}.",
        "O motor entrega {power} em {voltage}.",
    ),
    colouring=(
        "O mandril abre e fecha com uma mão só.",
        "Gira para os dois lados e tem {few_f} marchas.",
        "Uma luz mostra onde entra o parafuso.",
        "O punho serve para mãos de todos os tamanhos.",
        "Para sozinha quando o parafuso chega ao fim.",
        "{wall2} não é problema.",
        "O carregador avisa com uma luz quando termina.",
        "As pontas ficam presas em um ímã acima da bateria.",
        "Um gancho de cinto deixa as duas mãos livres na escada.",
        "O motor não tem escovas que se gastem.",
        "É silenciosa o bastante para {occasion}.",
    ),
    features=(
        "mandril de uma mão", "luz de trabalho", "gancho de cinto",
        "motor sem escovas", "ímã para pontas", "reversão",
    ),
    pools={
        "user": ("marceneiros", "inquilinos", "cenógrafos", "montadores de estantes"),
        "wall": ("o carvalho", "o tijolo", "o reboco antigo", "o compensado"),
        "wall2": ("O gesso", "O pinho", "O aglomerado", "O tijolo macio"),
        "occasion": ("um domingo", "o sótão à noite", "uma casa com criança dormindo"),
    },
)  # fmt: skip

DRILL = Kind(
    name="drill",
    naming="model",
    nouns=(
        Noun("cordless drill", "drill", "furadeira sem fio", "furadeira", feminine=True),
        Noun("hammer drill", "drill", "furadeira de impacto", "furadeira", feminine=True),
        Noun("drill driver", "drill", "parafusadeira e furadeira", "furadeira", feminine=True),
    ),
    facts={
        "voltage": values.voltage(8, 10, 12, 14, 18, 20, 24, 36),
        "power": values.power(180, 900, 10),
        "battery_life": values.battery_life(2, 9),
        "weight": values.weight(800, 2600),
        "length": values.length_like("length", 15, 29),
        "material": values.choice("material", SHELLS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(39, 330),
        "warranty": values.warranty(12, 24, 36, 60),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            2,
            4,
            (
                ("a charger", "um carregador"),
                ("a second battery", "uma segunda bateria"),
                ("a set of bits", "um jogo de pontas"),
                ("a carrying case", "uma maleta"),
                ("a depth stop", "um limitador de profundidade"),
                ("a side handle", "uma empunhadura lateral"),
            ),
        ),
    },
    size="voltage",
    apparatus=True,
    en=_EN,
    pt=_PT,
)
