"""Headphones."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, SHELLS

__all__ = ["HEADPHONES"]

_EN = Wording(
    openers=(
        "The {name} headphones keep the {noise} out and the music in.",
        "Put on the {name} and the train falls silent.",
        "{brand} tuned the {model} with {musician}, and you can hear it.",
        "{battery_life} of music without a socket: that is the {name}.",
        "Soft on the ears and easy on the purse, the {name} headphones are made for long days.",
        "The {name} headphones in {colour} are as light as they look.",
        "For calls, for films, for {music}: the {name} headphones do not mind.",
    ),
    statements=(
        "The battery plays for {battery_life}.",
        "One charge lasts {battery_life}, even with the noise filter on.",
        "On the head you feel {weight} and soon forget them.",
        "The headband is made of {material}.",
        "The headband is {material}, the cushions are soft.",
        "They come in {colour} only.",
        "In the case you will find {box_contents}.",
        "The cable, for those who want one, is {length} long.",
        "Folded, they measure {dimensions}.",
    ),
    colouring=(
        "The cushions can be changed without tools.",
        "A microphone hides in the left cup and hears only you.",
        "They connect to {few} devices at once and remember them all.",
        "The hinges fold flat and do not creak.",
        "Voices stay clear and {music} keeps its warmth.",
        "They sit firmly enough for a run to the bus.",
        "The buttons can be told apart by touch.",
        "A tap lets the world in when {visitor} has something to say.",
        "Glasses fit under the cushions.",
        "The volume can be limited for young ears.",
    ),
    features=(
        "noise filter",
        "folding hinges",
        "built-in microphone",
        "changeable cushions",
        "volume limiter",
        "quick charging",
    ),
    pools={
        "noise": ("office", "traffic", "building site", "dishwasher"),
        "musician": ("a cellist", "a street drummer", "a choir conductor", "an organ builder"),
        "music": ("jazz", "chamber music", "radio plays", "a full orchestra"),
        "visitor": ("a conductor", "your boss", "a child", "the postman"),
    },
)

_PT = Wording(
    openers=(
        "O fone {name} deixa {noise} do lado de fora e a música do lado de dentro.",
        "Coloque o {name} e o trem fica em silêncio.",
        "A {brand} afinou o {model} com {musician}, e isso se ouve.",
        "{battery_life} de música longe da tomada: assim é o {name}.",
        "Macio nas orelhas e leve no bolso, o fone {name} foi feito para dias longos.",
        "O fone {name} na cor {colour} é tão leve quanto parece.",
        "Para chamadas, filmes ou {music}: o {name} serve para tudo.",
    ),
    statements=(
        "A bateria toca por {battery_life}.",
        "Uma carga dura {battery_life}, mesmo com o filtro de ruído ligado.",
        "Na cabeça são {weight}, que logo se esquecem.",
        "O arco é feito de {material}.",
        "O arco é de {material}, e as almofadas são macias.",
        "Só existe na cor {colour}.",
        "No estojo {vem} {box_contents}.",
        "O cabo, para quem quiser usar, tem {length} de comprimento.",
        "Dobrado, mede {dimensions}.",
    ),
    colouring=(
        "As almofadas podem ser trocadas sem ferramentas.",
        "Um microfone escondido no lado esquerdo ouve só você.",
        "Conecta-se a {few} aparelhos ao mesmo tempo e se lembra de todos.",
        "As dobradiças fecham bem e não rangem.",
        "As vozes ficam claras, e {music} não perde o calor.",
        "Fica firme o bastante para correr até o ônibus.",
        "Os botões se reconhecem pelo tato.",
        "Um toque deixa o mundo entrar quando {visitor} tem algo a dizer.",
        "Óculos cabem sob as almofadas.",
        "O volume pode ser limitado para ouvidos jovens.",
    ),
    features=(
        "filtro de ruído", "dobradiças planas", "microfone embutido", "almofadas trocáveis",
        "limitador de volume", "carga rápida",
    ),
    pools={
        "noise": ("o escritório", "o trânsito", "a obra ao lado", "a lava-louças"),
        "musician": ("uma violoncelista", "um baterista de rua", "a regente de um coral", "um luthier"),
        "music": ("o samba", "a música de câmara", "o choro", "uma orquestra inteira"),
        "visitor": ("o cobrador", "a chefe", "uma criança", "o carteiro"),
    },
)  # fmt: skip

HEADPHONES = Kind(
    name="headphones",
    naming="model",
    nouns=(
        Noun("headphones", "headphones", "fone de ouvido", "fone", plural=True),
        Noun("wireless headphones", "headphones", "fone de ouvido sem fio", "fone", plural=True),
        Noun("over-ear headphones", "headphones", "fone de ouvido supra-auricular", "fone", plural=True),
    ),
    facts={
        "battery_life": values.battery_life(8, 70),
        "weight": values.weight(110, 420),
        "material": values.choice("material", SHELLS),
        "colour": values.choice("colour", COLOURS),
        "length": values.length_like("length", 90, 290),
        "dimensions": values.dimensions((14, 20), (12, 19), (4, 9)),
        "price": values.price(24, 420),
        "warranty": values.warranty(6, 12, 18, 24, 36),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a charging cable", "um cabo de carga"),
                ("a travel pouch", "uma bolsa de viagem"),
                ("an aeroplane adapter", "um adaptador de avião"),
                ("an audio cable", "um cabo de áudio"),
                ("a quick guide", "um guia rápido"),
            ),
        ),
    },
    size=None,
    apparatus=False,
    en=_EN,
    pt=_PT,
)
