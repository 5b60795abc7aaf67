"""Lamps."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COLOURS, COUNTRIES, HARD_MATERIALS

__all__ = ["LAMP"]

_EN = Wording(
    openers=(
        "The {name} is {a} that lights the page and not the ceiling.",
        "Read longer, squint less: the {name} throws its light where you want it.",
        "{brand} drew the {model} for {place2} and then found that it fits everywhere.",
        "Standing {height} tall, the {name} watches over your evenings.",
        "{a} of {material}, the {name} ages well.",
        "A {colour} lamp for a dark corner: the {name}.",
        "The {name} began as a lamp for {worker} who work at night.",
    ),
    statements=(
        "It draws {power} at full brightness.",
        "From base to shade it measures {height}.",
        "The base has a diameter of {diameter} and does not tip.",
        "The foot, {diameter} across, keeps it steady.",
        "The stem and the foot are made of {material}.",
        "It is wired for {voltage}.",
        "Complete, the lamp weighs {weight}.",
        "In the carton you will find {box_contents}.",
        "Shade and stem come in {colour}.",
    ),
    colouring=(
        "The light can be dimmed from {bright} to {dim}.",
        "The neck bends without springing back.",
        "A touch on the base switches it on.",
        "The shade stays cool, even after a long evening.",
        "It remembers how bright you left it.",
        "The cord is covered in cloth and runs out at the back.",
        "There is no flicker and no hum.",
        "The bulb can be changed, which is no longer a matter of course.",
        "Moths like it too, we are sorry to say.",
        "It looks as well beside {furniture} as on a desk.",
        "{Few} joints let you point it anywhere.",
    ),
    features=(
        "touch switch",
        "dimmer",
        "bending neck",
        "cloth-covered cord",
        "changeable bulb",
        "memory for brightness",
    ),
    pools={
        "place2": ("libraries", "a ship's cabin", "small hotels", "a drawing office"),
        "worker": ("engravers", "nurses", "watchmakers", "translators"),
        "bright": ("broad daylight", "office bright", "surgeon bright"),
        "dim": ("candlelight", "a glimmer", "the glow of a stove"),
        "furniture": ("an armchair", "a piano", "a bed", "a sewing machine"),
        "Few": ("Two", "Three", "Four"),
    },
)

_PT = Wording(
    openers=(
        "A {name} é {um_long} que ilumina a página, e não o teto.",
        "Leia mais e force menos a vista: a {name} joga a luz onde você quer.",
        "A {brand} desenhou a {model} para {place2} e descobriu que fica bem em qualquer lugar.",
        "Com {height} de altura, a {name} faz companhia às suas noites.",
        "Feita de {material}, a {name} envelhece bem.",
        "Na cor {colour}, para aquele canto escuro: a {name}.",
        "A {name} nasceu para {worker} que trabalham à noite.",
    ),
    statements=(
        "Consome {power} no brilho máximo.",
        "Da base à cúpula são {height}.",
        "A base tem {diameter} de diâmetro e não tomba.",
        "O pé, com {diameter} de diâmetro, dá firmeza.",
        "A haste e o pé são de {material}.",
        "A ligação é de {voltage}.",
        "Completa, a luminária pesa {weight}.",
        "Na embalagem {vem} {box_contents}.",
        "Cúpula e haste vêm na cor {colour}.",
    ),
    colouring=(
        "O brilho pode ir de {bright} até {dim}.",
        "A haste se dobra e fica onde foi posta.",
        "Um toque na base basta para acender.",
        "A cúpula não esquenta, nem depois de uma noite longa.",
        "Ela se lembra do brilho em que foi deixada.",
        "O fio é revestido de tecido e sai por trás.",
        "Não pisca nem zumbe.",
        "A lâmpada pode ser trocada, o que já não é tão comum.",
        "As mariposas também gostam dela, sentimos dizer.",
        "Fica tão bem ao lado {furniture} quanto na escrivaninha.",
        "{Few} articulações permitem apontá-la para qualquer lado.",
    ),
    features=(
        "interruptor por toque", "regulagem de brilho", "haste flexível", "fio revestido de tecido",
        "lâmpada substituível", "memória de brilho",
    ),
    pools={
        "place2": ("bibliotecas", "a cabine de um navio", "pequenos hotéis", "um escritório de desenho"),
        "worker": ("gravadores", "enfermeiros", "relojoeiros", "tradutores"),
        "bright": ("pleno dia", "uma luz de escritório", "uma luz de consultório"),
        "dim": ("luz de vela", "um fio de luz", "uma luz de fogão a lenha"),
        "furniture": ("da poltrona", "do piano", "da cama", "da máquina de costura"),
        "Few": ("Duas", "Três", "Quatro"),
    },
)  # fmt: skip

LAMP = Kind(
    name="lamp",
    naming="model",
    nouns=(
        Noun("desk lamp", "lamp", "luminária de mesa", "luminária", feminine=True),
        Noun("reading lamp", "lamp", "luminária de leitura", "luminária", feminine=True),
        Noun("bedside lamp", "lamp", "luminária de cabeceira", "luminária", feminine=True),
    ),
    facts={
        "height": values.length_like("height", 24, 78),
        "power": values.power(3, 60, 1),
        "voltage": values.voltage(12, 24, 110, 120, 127, 220, 230),
        "weight": values.weight(600, 3900),
        "diameter": values.length_like("diameter", 12, 30),
        "material": values.choice("material", HARD_MATERIALS),
        "colour": values.choice("colour", COLOURS),
        "price": values.price(19, 240),
        "warranty": values.warranty(12, 24, 36, 60),
        "origin": values.choice("origin", COUNTRIES),
        "box_contents": values.items(
            1,
            3,
            (
                ("a spare bulb", "uma lâmpada de reserva"),
                ("a power adapter", "um adaptador de tomada"),
                ("a table clamp", "um grampo de mesa"),
                ("a dust cloth", "um pano de limpeza"),
                ("an extension cord", "uma extensão"),
            ),
        ),
    },
    size="height",
    apparatus=True,
    en=_EN,
    pt=_PT,
)
