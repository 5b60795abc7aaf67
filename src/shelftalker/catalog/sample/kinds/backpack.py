"""Backpacks."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, FABRICS

__all__ = ["BACKPACK"]

_EN = Wording(
    openers=(
        "The {name} is {a} that carries the day without complaint.",
        "Whether you walk to work or up a hill, the {name} goes along.",
        "{brand} cut the {model} from {material} and left out everything that breaks.",
        "Need {capacity} on your back? The {name} is made for that.",
        "Light on the shoulders and honest in the price, the {name} is {a} to keep.",
        "The {name} in {colour} is our bestseller among students.",
        "We asked walkers what they hate about backpacks, and {brand} built the {model}.",
    ),
    statements=(
        "There is {capacity} of room inside.",
        "The main compartment and the pockets together take {capacity}.",
        "Empty, it weighs {weight}.",
        "The fabric is {material}.",
        "It is sewn from {material} with double seams.",
        "Standing up, it measures {dimensions}.",
        "Seams and zips are guaranteed for {warranty}.",
        "You also get {box_contents}.",
        "It weighs {weight} empty and takes {capacity}.",
    ),
    colouring=(
        "The zips run smoothly and can be locked.",
        "A padded sleeve keeps a laptop away from {hazard}.",
        "The straps are wide and do not slip.",
        "Air flows behind the back, so that summer walks stay bearable.",
        "{Few} outer pockets hold {thing}, {thing2} and a map.",
        "The bottom is doubled, because that is where backpacks wear out.",
        "A loop at the top makes it easy to hang up.",
        "The chest strap has a whistle in its buckle.",
        "It can be pushed under an aeroplane seat.",
        "Light rain runs off, heavy rain takes its time.",
        "It stands up by itself when you put it down.",
    ),
    features=(
        "lockable zips",
        "padded straps",
        "laptop sleeve",
        "ventilated back",
        "chest strap with whistle",
        "key clip",
    ),
    pools={
        "hazard": ("the lunch box", "your keys", "bumps", "damp clothes"),
        "thing": ("an umbrella", "a water bottle", "a torch", "a sandwich"),
        "thing2": ("a phone", "a notebook", "a purse", "sunglasses"),
        "Few": ("Two", "Three", "Four", "Five"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} que carrega o dia inteiro sem reclamar.",
        "A caminho do trabalho ou morro acima, a {name} acompanha.",
        "A {brand} fez a {model} de {material} e deixou de fora tudo o que quebra.",
        "Precisa de {capacity} nas costas? A {name} foi feita para isso.",
        "Leve nos ombros e honesta no preço, a {name} é {um_long} para muitos anos.",
        "A {name} na cor {colour} é a mais vendida entre os estudantes.",
        "Perguntamos a quem caminha o que mais incomoda em uma mochila, e a {brand} fez a {model}.",
    ),
    statements=(
        "Por dentro há {capacity} de espaço.",
        "O compartimento principal e os bolsos somam {capacity}.",
        "Vazia, pesa {weight}.",
        "O tecido é {material}.",
        "É costurada em {material}, com costuras duplas.",
        "Em pé, mede {dimensions}.",
        "Costuras e zíperes têm garantia de {warranty}.",
        "Você recebe também {box_contents}.",
        "Pesa {weight} vazia e leva {capacity}.",
    ),
    colouring=(
        "Os zíperes correm bem e podem ser trancados.",
        "Um bolso acolchoado protege o notebook {hazard}.",
        "As alças são largas e não escorregam.",
        "O ar circula atrás das costas, o que torna suportáveis as caminhadas de verão.",
        "{Few} bolsos externos guardam {thing}, {thing2} e um mapa.",
        "O fundo é reforçado, porque é ali que as mochilas se gastam.",
        "Uma argola no topo permite pendurá-la em qualquer gancho.",
        "A fivela do peito traz um apito.",
        "Cabe embaixo do assento do avião.",
        "A chuva fraca escorre; a forte demora a passar.",
        "Fica em pé sozinha quando é posta no chão.",
    ),
    features=(
        "zíperes com trava", "alças acolchoadas", "bolso para notebook", "costas ventiladas",
        "fivela peitoral com apito", "prendedor de chaves",
    ),
    pools={
        "hazard": ("da marmita", "das chaves", "dos trancos", "da roupa úmida"),
        "thing": ("um guarda-chuva", "uma garrafa de água", "uma lanterna", "um sanduíche"),
        "thing2": ("o celular", "um caderno", "a carteira", "os óculos de sol"),
        "Few": ("Dois", "Três", "Quatro", "Cinco"),
    },
)  # fmt: skip

BACKPACK = Kind(
    name="backpack",
    naming="model",
    nouns=(
        Noun("backpack", "backpack", "mochila", "mochila", feminine=True),
        Noun("hiking backpack", "backpack", "mochila de trilha", "mochila", feminine=True),
        Noun("school backpack", "backpack", "mochila escolar", "mochila", feminine=True),
        Noun("travel backpack", "backpack", "mochila de viagem", "mochila", feminine=True),
    ),
    facts={
        "capacity": values.capacity(*range(12, 72, 2)),
        "weight": values.weight(380, 2100),
        "dimensions": values.dimensions((26, 36), (14, 26), (40, 68)),
        "material": values.choice("material", FABRICS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(25, 260),
        "warranty": values.warranty(12, 24, 36, 60, 120),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a rain cover", "uma capa de chuva"),
                ("a repair kit", "um kit de reparo"),
                ("a laundry bag", "um saco para roupa suja"),
                ("a drinking bottle", "uma garrafa"),
                ("a luggage tag", "uma etiqueta de bagagem"),
                ("a spare buckle", "uma fivela de reserva"),
            ),
        ),
    },
    size="capacity",
    apparatus=False,
    en=_EN,
    pt=_PT,
)
