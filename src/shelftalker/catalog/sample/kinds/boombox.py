"""Boomboxes and portable CD players."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, SHELLS

__all__ = ["BOOMBOX"]

_EN = Wording(
    openers=(
        "The {name} is {a} for the beach, the workshop and the kitchen.",
        "Turn up the {name} and the {crowd} will turn up too.",
        "{brand} has been asked for years to bring back a boombox; here is the {model}.",
        "With {power} of sound, the {name} fills a yard without shouting.",
        "The {name} plays for {battery_life} before it wants the socket again.",
        "Old discs, new batteries: the {name} treats your collection with respect.",
        "{a} in {colour}, the {name} is made to be carried and to be heard.",
    ),
    statements=(
        "The speakers deliver {power}.",
        "Together the two speakers give {power}.",
        "On batteries it plays for {battery_life}.",
        "The mains adapter takes {voltage}.",
        "With its handle folded, it measures {dimensions}.",
        "The case is made of {material}.",
        "The case is {material} in {colour}.",
        "It ships with {box_contents}.",
        "Carrying it is no labour at {weight}.",
    ),
    colouring=(
        "The disc drive reads bought and home-made CDs alike.",
        "A skip guard keeps the music going over {terrain}.",
        "The radio finds {station} and remembers {few} of your favourites.",
        "The knobs turn with a click, so that you can use them in the dark.",
        "A rubber lip keeps sand and splashes out.",
        "Headphones go into a socket at the front.",
        "The display is lit softly and switches off at night.",
        "It can wake you with a disc or with the radio.",
        "The bass can be lowered when the neighbours are at home.",
        "The handle is wide enough for a gloved hand.",
        "A phone or a player connects through the line input.",
    ),
    features=(
        "skip guard",
        "line input",
        "headphone socket",
        "sleep timer",
        "bass control",
        "folding handle",
        "lit display",
    ),
    pools={
        "crowd": ("neighbours", "dancers", "whole street", "grandchildren"),
        "terrain": ("cobbles", "gravel", "a bumpy road", "the ramp of a ferry"),
        "station": ("weak stations", "local stations", "the shipping forecast", "distant stations"),
    },
)

_PT = Wording(
    openers=(
        "O {name} é {um_long} para a praia, a oficina e a cozinha.",
        "Aumente o volume do {name} e {crowd} vai aparecer.",
        "Há anos pedem à {brand} um som portátil de verdade; aqui está o {model}.",
        "Com {power} de som, o {name} enche o quintal sem gritar.",
        "O {name} toca por {battery_life} antes de voltar à tomada.",
        "Discos antigos, pilhas novas: o {name} trata bem a sua coleção.",
        "Na cor {colour}, o {name} foi feito para ser carregado e para ser ouvido.",
    ),
    statements=(
        "Os alto-falantes entregam {power}.",
        "Os dois alto-falantes somam {power}.",
        "Com a bateria, toca por {battery_life}.",
        "O adaptador funciona em {voltage}.",
        "Com a alça dobrada, mede {dimensions}.",
        "A caixa é de {material}.",
        "A caixa é de {material}, na cor {colour}.",
        "É entregue com {box_contents}.",
        "Com {weight}, carregá-lo não cansa.",
    ),
    colouring=(
        "O leitor aceita CDs comprados e gravados em casa.",
        "Um amortecedor mantém a música tocando mesmo {terrain}.",
        "O rádio encontra {station} e guarda {few_f} das suas preferidas.",
        "Os botões giram com um clique, e dá para usá-los no escuro.",
        "Uma borda de borracha barra a areia e os respingos.",
        "Os fones se ligam na frente.",
        "O visor tem luz suave e se apaga à noite.",
        "Pode despertar com disco ou com rádio.",
        "Os graves podem ser reduzidos quando os vizinhos estão em casa.",
        "A alça é larga o bastante para uma mão com luva.",
        "Um celular ou outro tocador se conecta pela entrada de linha.",
    ),
    features=(
        "proteção contra saltos", "entrada de linha", "saída para fones", "desligamento programado",
        "controle de graves", "alça dobrável", "visor iluminado",
    ),
    pools={
        "crowd": ("a vizinhança", "a turma da dança", "a rua inteira", "a família"),
        "terrain": ("no calçamento", "em estrada de terra", "na rampa da balsa", "na caçamba da caminhonete"),
        "station": ("estações fracas", "estações locais", "estações distantes", "até as rádios do interior"),
    },
)  # fmt: skip

BOOMBOX = Kind(
    name="boombox",
    naming="model",
    nouns=(
        Noun("boombox", "boombox", "som portátil", "aparelho"),
        Noun("CD boombox", "boombox", "som portátil com CD", "aparelho"),
        Noun("portable CD radio", "radio", "rádio portátil com CD", "rádio"),
    ),
    facts={
        "power": values.power(4, 120, 2),
        "battery_life": values.battery_life(5, 30),
        "voltage": values.voltage(110, 120, 127, 220, 230),
        "weight": values.weight(1300, 6800),
        "dimensions": values.dimensions((28, 52), (18, 28), (14, 26)),
        "material": values.choice("material", SHELLS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(29, 260),
        "warranty": values.warranty(6, 12, 18, 24, 36),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            2,
            4,
            (
                ("a mains adapter", "um adaptador de tomada"),
                ("a remote control", "um controle remoto"),
                ("a shoulder strap", "uma alça de ombro"),
                ("a line cable", "um cabo de linha"),
                ("a printed manual", "um manual impresso"),
                ("a cleaning disc", "um disco de limpeza"),
            ),
        ),
    },
    size=None,
    apparatus=True,
    en=_EN,
    pt=_PT,
)
