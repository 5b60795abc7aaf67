"""A small shop whose titles lie in wait for a finder: near twins, series, sizes, model numbers, two languages."""

import json
from pathlib import Path

from shelftalker.config import PrepareSettings
from shelftalker.find import Finder
from shelftalker.prepare import prepare

PRODUCTS = {
    "P01": ("Memorex Sport CD Boombox", "A portable stereo with a carrying handle, AM and FM radio."),
    "P02": ("Corvane Kettle 1.7 L", "Boils water for tea within three minutes; the body is brushed steel."),
    "P03": ("Corvane Kettle 0.8 L", "The smaller kettle for travelling, with a folding handle."),
    "P04": ("Corvane Toaster T-310", "Two slices at once, six degrees of browning."),
    "P05": ("Corvane Toaster T-320", "Four slices at once, six degrees of browning."),
    "P06": ("Olvera Blender V990 (850ml)", "Crushes ice; the jug is glass."),
    "P07": ("The Silent Lighthouse: A Novel of the Northern Coast", "A keeper finds letters in the lamp room."),
    "P08": ("The Silent Lighthouse Keeper's Cookbook", "Recipes of fish and seaweed."),
    "P09": ("Law & Order in Early Venice", "A history of courts and magistrates."),
    "P10": ("Café Olé! Espresso Cups, Set of 6", "Porcelain cups for small strong coffees."),
    "P11": ("Luminária de Mesa Articulada Órion", "Luz quente para leitura, com braço ajustável."),
    "P12": ("Garrafa Térmica Andorinha 500 ml", "Mantém bebidas quentes por doze horas."),
    "P13": ("Garrafa Térmica Andorinha 750 ml", "Mantém bebidas quentes por dezoito horas."),
    "P14": ("Atlas of Quiet Rivers, Vol. 2", "Maps and photographs of slow water."),
    "P15": ("Atlas of Quiet Rivers, Vol. 3", "More maps and photographs of slow water."),
    "P16": ("Field Notes", "A first notebook with ruled pages."),
    "P17": ("Field Notes", "A second notebook, with squared pages."),
    "P18": ("Is Paris Burning?", "The last days of an occupation."),
    "P19": ("About a Boy and a Bicycle", "Two friends and one saddle."),
    "P20": ("Mosquito Net for Double Bed - White", "Fine mesh against insects."),
    "P21": ("Harbin Cordless Drill 18V", "Two batteries and a case."),
    "P22": ("Harbin Cordless Drill 12V", "One battery and a bag."),
    "P23": ("1984", "A diary is kept where none may be."),
    "P24": ("🙂", "A sticker with a smiling face."),
}


def write_products(file: Path, products: dict[str, tuple[str, str]] = PRODUCTS) -> Path:
    """Write products as JSON Lines."""
    lines = [json.dumps({"uid": uid, "title": title, "content": text}) for uid, (title, text) in products.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def make_shop(folder: Path, products: dict[str, tuple[str, str]] = PRODUCTS, **settings) -> Path:
    """Prepare the products and return the catalogue's folder."""
    file = write_products(folder / "shop.jsonl", products)
    prepare([file], folder / "shop", PrepareSettings(**{"near_duplicates": False, "meaning": "off", **settings}))
    return folder / "shop"


def uids(finder: Finder, text: str) -> tuple[str, list[str]]:
    """What became of a text: the status, and the uids that came back, sorted where several are meant."""
    found = finder.find(text)
    came = [hit.record.uid for hit in found.hits]
    return found.status, sorted(came) if found.status == "several" else came
