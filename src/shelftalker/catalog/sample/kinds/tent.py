"""Tents."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, TENT_FABRICS

__all__ = ["TENT"]

_EN = Wording(
    openers=(
        "The {name} is {a} that goes up before the kettle boils.",
        "Wind from the {wind}, rain from everywhere: the {name} has seen worse.",
        "{brand} pitched the {model} on {spot} for a whole winter before selling the first one.",
        "Inside the {name} you can stand and stretch: {height} from the ground to the ridge.",
        "Sewn from {material}, the {name} is {a} for people who come back every year.",
        "You will find the {name} again at any festival: it is {colour}.",
        "{weight} on the back and a house for the night: that is the {name}.",
    ),
    statements=(
        "Under the ridge there is {height} of headroom.",
        "At its highest point it measures {height}.",
        "The floor is {length} long.",
        "Sleepers have {length} to stretch out in.",
        "The outer tent is made of {material}.",
        "Outer tent: {material}; colour: {colour}.",
        "Packed in its bag, it weighs {weight}.",
        "Poles and seams carry a warranty of {warranty}.",
        "The bag also holds {box_contents}.",
    ),
    colouring=(
        "One person can pitch it alone, even in {weather}.",
        "The floor is welded and stands up to {spot2}.",
        "{Few} guy lines glow in the dark.",
        "The porch keeps boots, {thing} and one dog dry.",
        "Two doors mean that nobody has to climb over anybody.",
        "The net keeps out midges and lets in the breeze.",
        "The poles snap together and cannot be mixed up.",
        "A pocket at the head end keeps {thing} within reach.",
        "It dries quickly and forgives being packed wet, once.",
        "The bag is cut wide, so that the tent goes back in.",
    ),
    features=("welded floor", "two doors", "midge net", "glowing guy lines", "wide pack bag", "covered porch"),
    pools={
        "wind": ("west", "north", "sea", "glacier"),
        "spot": ("a cliff", "a mountain pass", "a beach", "a moor"),
        "spot2": ("stony ground", "thistles", "wet meadows"),
        "weather": ("a gale", "drizzle", "the dark", "a hurry"),
        "thing": ("a lantern", "a book", "wet socks", "the stove", "a torch"),
        "Few": ("Four", "Six", "Eight"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} que se arma antes de a água ferver.",
        "Vento {wind}, chuva de todo lado: a {name} já viu coisa pior.",
        "A {brand} deixou a {model} armada {spot} um inverno inteiro antes de vender a primeira.",
        "Dentro da {name} dá para se esticar: são {height} do chão à cumeeira.",
        "Costurada em {material}, a {name} é {um_long} para quem volta todo ano.",
        "Em qualquer festival você reencontra a {name}: ela vem na cor {colour}.",
        "{weight} nas costas e casa para a noite: assim é a {name}.",
    ),
    statements=(
        "Sob a cumeeira há {height} de altura.",
        "No ponto mais alto, mede {height}.",
        "O piso tem {length} de comprimento.",
        "Quem dorme tem {length} de comprimento para se esticar.",
        "O teto é de {material}.",
        "Teto de {material}, na cor {colour}.",
        "Guardada na bolsa, pesa {weight}.",
        "Varetas e costuras têm garantia de {warranty}.",
        "Na bolsa {vem} também {box_contents}.",
    ),
    colouring=(
        "Uma pessoa arma sozinha, mesmo {weather}.",
        "O piso é soldado e aguenta {spot2}.",
        "{Few} cordas brilham no escuro.",
        "O avanço protege as botas, {thing} e um cachorro.",
        "Com duas portas, ninguém precisa pular ninguém.",
        "A tela segura os mosquitos e deixa passar a brisa.",
        "As varetas se encaixam sozinhas e não há como confundi-las.",
        "Um bolso na cabeceira deixa {thing} à mão.",
        "Seca depressa e perdoa ser guardada molhada, uma vez.",
        "A bolsa é folgada: a barraca volta para dentro dela.",
    ),
    features=(
        "piso soldado", "duas portas", "tela mosquiteira",
        "cordas fosforescentes", "bolsa folgada", "avanço coberto",
    ),
    pools={
        "wind": ("do oeste", "do sul", "do mar", "da serra"),
        "spot": ("em um penhasco", "na serra", "na praia", "no cerrado"),
        "spot2": ("chão pedregoso", "espinhos", "pasto molhado"),
        "weather": ("na ventania", "na garoa", "no escuro", "com pressa"),
        "thing": ("a lanterna", "o livro", "as meias molhadas", "o fogareiro"),
        "Few": ("Quatro", "Seis", "Oito"),
    },
)  # fmt: skip

TENT = Kind(
    name="tent",
    naming="model",
    nouns=(
        Noun("dome tent", "tent", "barraca iglu", "barraca", feminine=True),
        Noun("tunnel tent", "tent", "barraca túnel", "barraca", feminine=True),
        Noun("trekking tent", "tent", "barraca de trekking", "barraca", feminine=True),
        Noun("family tent", "tent", "barraca familiar", "barraca", feminine=True),
    ),
    facts={
        "height": values.length_like("height", 95, 215),
        "length": values.length_like("length", 205, 480),
        "weight": values.weight(1150, 12500),
        "material": values.choice("material", TENT_FABRICS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(59, 690),
        "warranty": values.warranty(12, 24, 36, 60),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a repair kit", "um kit de reparo"),
                ("a set of pegs", "um jogo de espeques"),
                ("a ground sheet", "uma lona de chão"),
                ("a spare pole", "uma vareta de reserva"),
                ("a rubber mallet", "um martelo de borracha"),
            ),
        ),
    },
    size="length",
    apparatus=False,
    en=_EN,
    pt=_PT,
)
