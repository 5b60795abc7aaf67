"""The kinds of product that a made-up catalogue holds, one module a kind."""

from shelftalker.catalog.sample.kind import Kind
from shelftalker.catalog.sample.kinds.backpack import BACKPACK
from shelftalker.catalog.sample.kinds.board_game import BOARD_GAME
from shelftalker.catalog.sample.kinds.boombox import BOOMBOX
from shelftalker.catalog.sample.kinds.cookbook import COOKBOOK
from shelftalker.catalog.sample.kinds.cookware import COOKWARE
from shelftalker.catalog.sample.kinds.drill import DRILL
from shelftalker.catalog.sample.kinds.garden_tool import GARDEN_TOOL
from shelftalker.catalog.sample.kinds.headphones import HEADPHONES
from shelftalker.catalog.sample.kinds.kettle import KETTLE
from shelftalker.catalog.sample.kinds.lamp import LAMP
from shelftalker.catalog.sample.kinds.novel import NOVEL
from shelftalker.catalog.sample.kinds.running_shoes import RUNNING_SHOES
from shelftalker.catalog.sample.kinds.tent import TENT
from shelftalker.catalog.sample.kinds.toy import TOY

__all__ = ["KINDS"]

KINDS: tuple[Kind, ...] = (
    BACKPACK,
    BOARD_GAME,
    BOOMBOX,
    COOKBOOK,
    COOKWARE,
    DRILL,
    GARDEN_TOOL,
    HEADPHONES,
    KETTLE,
    LAMP,
    NOVEL,
    RUNNING_SHOES,
    TENT,
    TOY,
)
