"""English sentences that any kind may use, about its facts and about nothing that contradicts them."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["APPARATUS", "CLOSERS", "HEADINGS", "LABELS", "MAKER", "POOLS", "SHOP", "STATEMENTS", "VOICES"]

LABELS = MappingProxyType(
    {
        "weight": "Weight",
        "price": "Price",
        "material": "Material",
        "colour": "Colour",
        "warranty": "Warranty",
        "capacity": "Capacity",
        "dimensions": "Dimensions",
        "height": "Height",
        "length": "Length",
        "diameter": "Diameter",
        "power": "Power",
        "voltage": "Voltage",
        "battery_life": "Battery life",
        "pages": "Print length",
        "author": "Author",
        "year": "Year of publication",
        "edition": "Edition",
        "box_contents": "In the box",
        "age": "Recommended age",
        "origin": "Made in",
    }
)

STATEMENTS = (
    "{It} weigh{s} {weight}.",
    "{The} weigh{s} {weight}.",
    "The weight is {weight}.",
    "On the scales {it} come{s} to {weight}.",
    "{It} weigh{s} {weight} and measure{s} {dimensions}.",
    "Expect a weight of {weight} once unpacked.",
    "Unpacked, {the} weigh{s} {weight}.",
    "{It} measure{s} {dimensions}.",
    "The dimensions are {dimensions}.",
    "{Its} outer dimensions are {dimensions}.",
    "Overall size: {dimensions}.",
    "At {dimensions}, {it} fit{s} where others do not.",
    "Made of {material}, {the} stand{s} up to daily use.",
    "{It} {is} made of {material}.",
    "We chose {material} for {this} because it lasts.",
    "The material is {material} and nothing else.",
    "{It} come{s} in {colour} and {is} made of {material}.",
    "The colour is {colour}.",
    "{It} come{s} in {colour}.",
    "This one is the {colour} version.",
    "Finished in {colour}, {it} look{s} good anywhere.",
    "The warranty is {warranty}.",
    "{It} {has} a warranty of {warranty}.",
    "{brand} backs {them} with a warranty of {warranty}.",
    "Should anything fail, the maker's warranty runs for {warranty}.",
    "{It} cost{s} {price} and {has} a warranty of {warranty}.",
    "The price is {price}.",
    "{It} sell{s} for {price}.",
    "You pay {price}.",
    "At {price}, {it} {is} fairly priced for what {it} do{es}.",
    "Price: {price}.",
    "The capacity is {capacity}.",
    "{It} hold{s} {capacity}.",
    "{It} {has} a capacity of {capacity} and weigh{s} {weight}.",
    "The height is {height}.",
    "{It} stand{s} {height} tall.",
    "From foot to top {it} measure{s} {height}.",
    "The length is {length}.",
    "{It} {is} {length} long.",
    "From end to end {it} measure{s} {length}.",
    "The diameter is {diameter}.",
    "{It} measure{s} {diameter} across.",
    "With a diameter of {diameter}, {it} {is} neither too big nor too small.",
    "The power is {power}.",
    "{Its} power rating is {power}.",
    "{It} draw{s} {power} at most.",
    "{It} run{s} on {voltage}.",
    "The voltage is {voltage}.",
    "{It} work{s} at {voltage} and draw{s} {power}.",
    "The battery lasts {battery_life}.",
    "Battery life is {battery_life}.",
    "A full charge is good for {battery_life} of use.",
    "Expect {battery_life} between charges.",
    "In the box you will find {box_contents}.",
    "{It} come{s} with {box_contents}.",
    "The box also holds {box_contents}.",
    "Included: {box_contents}.",
    "{It} {is} meant for children of {age}.",
    "Recommended age: {age}.",
    "We recommend {them} for children of {age}.",
    "Made in {origin}.",
    "{It} {is} made in {origin}.",
    "Like everything from {brand}, {it} {is} made in {origin}.",
    "Made in {origin} of {material}.",
)

SHOP = (
    "{It} make{s} a thoughtful gift for {person} or for yourself.",
    "We have sold {them} to {person} and to {person2}, and both came back for more.",
    "Our shop in {place} keeps {them} on display, so come and try it.",
    "Packed without plastic, and the carton can go straight into the recycling.",
    "If you are not happy with {them}, send {them} back and we will sort it out.",
    "Ask anyone who owns {them}, and you will hear the same story.",
    "There are cheaper ones and there are dearer ones; few are as easy to live with.",
    "Our staff picked {them} as a favourite {season}.",
    "{It} {has} been tested by {person}, who was not easy to please.",
)

APPARATUS = (
    "Cleaning takes a damp cloth and a minute of your time.",
    "Spare parts can be ordered from the maker for years to come.",
    "The instructions are printed in large type and make sense on the first reading.",
    "Nothing rattles and nothing wobbles.",
    "{It} ask{s} for little room and even less attention.",
    "Store {them} somewhere dry when {it} {is} not in use.",
)

VOICES = (
    "{reviewer} from {place} writes: '{praise}'",
    "{reviewer} told us: '{praise} {praise2}'",
    "{reviewer} bought {them} for {person}: '{praise}'",
    "A reader of {magazine} called {them} '{verdict}'.",
    "{magazine} found {them} {verdict2}.",
)

MAKER = (
    "{brand} began as a workshop in {town}, where {founder} repaired what others threw away.",
    "To this day the family of {founder} runs {brand} from {town}.",
    "The people at {brand} would rather improve one thing than launch ten.",
    "Every {brand} product is checked by hand before it leaves {town}.",
    "{founder} used to say that good work is the work nobody notices, and {brand} still goes by that rule.",
    "{brand} answers letters and telephone calls itself; there is no menu to listen to.",
    "In {town} they still talk about the flood that nearly closed {brand}, and about how the neighbours helped.",
    "{brand} trains its own apprentices and keeps them.",
)

CLOSERS = (
    "Order today and see for yourself.",
    "A sensible choice for {person}.",
    "You will wonder how you managed without {them}.",
    "Simple, honest and built to be used.",
    "Ready for years of use.",
    "Quantities are limited.",
    "Thank you for buying from a small shop.",
    "See our other {brand} products too.",
)

HEADINGS = ("Product Description", "From the Manufacturer", "Features", "Details", "Overview", "About this product")

POOLS = MappingProxyType(
    {
        "person": (
            "a friend who has everything", "a student in a first flat", "a grandmother who knows what she likes",
            "a retired teacher", "a young family", "a busy nurse", "a neighbour with little patience",
            "a couple who have just moved", "a brother who is hard to please", "a colleague who travels a lot",
            "an uncle who repairs everything", "a mother of twins",
        ),
        "person2": (
            "his sister", "her whole book club", "the bakery next door", "the village school", "their landlord",
            "the local fire station", "a rowing club", "the choir", "two of our own staff", "the café on the corner",
        ),
        "place": (
            "Ostrevale", "Port Mellin", "Harrowick", "Lower Fenby", "Castle Druin", "Saint Orlo", "Brackenhythe",
            "Tarnmouth", "Nether Quill", "Wexcombe", "Old Sarrow", "Glen Ister",
        ),
        "reviewer": (
            "Maude T.", "Ivor P.", "Celia R.", "Tomas L.", "Priya N.", "Hugh D.", "Ana F.", "Ruben K.", "Greta S.",
            "Nuno A.", "Wanda B.", "Felix M.", "Oona H.", "Delia V.", "Marcus E.", "Inga W.",
        ),
        "praise": (
            "I did not expect to be this pleased.", "Does what it says on the label.", "Quick delivery, well packed.",
            "My husband wants the same.", "Better than what I had before.", "I would buy the same again tomorrow.",
            "Everything was easier than I feared.", "The children approve.", "You can feel the quality.",
            "I should have ordered sooner.", "No complaints after a whole winter.", "Even my father approves.",
            "Looks just like in the picture.", "Everybody at work wants to know where I got mine.",
        ),
        "praise2": (
            "Five stars from me.", "Well done.", "I shall be back for more.", "Worth every penny.", "Thank you!",
            "You can tell that someone cared.", "That says it all.", "What more could one ask for?",
        ),
        "magazine": (
            "Hearth & Shelf", "The Harrowick Courier", "Modern Cupboard", "Buyers' Lantern", "The Weekly Ledger",
            "Good Sundays", "Plain Living", "The Tarnmouth Gazette", "Useful Things", "Kitchen, Garden & Shed",
        ),
        "verdict": (
            "a quiet triumph", "the best surprise of the season", "a little marvel", "hard to fault",
            "the one to beat", "a thing of good sense", "a pleasure from the first day", "proof that simple works",
        ),
        "verdict2": (
            "easy to recommend", "better made than the rivals", "a delight to use", "well thought out",
            "surprisingly good", "sturdy and handsome", "just right for everyday use", "free of the usual faults",
        ),
        "season": ("this spring", "last autumn", "over the holidays", "this summer", "two winters in a row"),
        "few": ("two", "three", "four", "five"),
    }
)  # fmt: skip
