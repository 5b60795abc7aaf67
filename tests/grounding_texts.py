"""Made-up records for testing the grounding check, with true answers and negated ones written by hand.

Written before the check was tuned, and not changed to suit it since.
"""

# ruff: noqa: E501 - the texts are easier to read whole
from __future__ import annotations

from dataclasses import dataclass, field

from shelftalker.records import Record


@dataclass(frozen=True)
class Text:
    """A record, what it states, and what may and may not be said of it.

    Attributes:
        values: (attribute, value as the record words it).
        names: names in the content that a falsehood may swap for another record's.
        true: answers that paraphrase in part and say nothing the record doesn't.
        negated: false because of a negation, put in or left out.
    """

    uid: str
    title: str
    content: str
    language: str = "en"
    values: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    extra: tuple[str, ...] = field(default=())

    @property
    def record(self) -> Record:
        return Record(self.uid, self.title, self.content, "texts.jsonl", int(self.uid[1:]))


TEXTS = (
    Text(
        "T01",
        "Corvane Stovetop Kettle 1.7 L",
        "A whistling kettle for gas and induction hobs. It holds 1.7 liters and weighs 1.2 kg. The body is made of brushed "
        "stainless steel, and the handle stays cool. It is not suitable for microwave ovens. Designed in Aarhus by Lena "
        "Corvane. Price: $49.90. Comes with a 2-year warranty.",
        values=(
            ("capacity", "1.7 liters"),
            ("weight", "1.2 kg"),
            ("material", "brushed stainless steel"),
            ("price", "$49.90"),
            ("warranty", "2-year"),
        ),
        names=("Aarhus", "Lena Corvane"),
        true=(
            "The Corvane kettle takes 1.7 liters of water, and at 1.2 kg it is light enough to pour with one hand.",
            "This is a whistling kettle of brushed stainless steel that works on gas and induction hobs; its handle stays cool.",
            "Lena Corvane designed it in Aarhus. It costs $49.90 and has a warranty of two years.",
            "You cannot use it in microwave ovens.",
            "It weighs 1200 g and holds 1700 ml.",
        ),
        negated=(
            "It is suitable for microwave ovens.",
            "The handle does not stay cool.",
            "The body is not made of brushed stainless steel.",
            "It comes without a 2-year warranty.",
        ),
    ),
    Text(
        "T02",
        "Halden Trail 38 Backpack",
        "The Halden Trail 38 carries 38 liters on a frame of aluminium. Empty, it weighs 980 g. The fabric is recycled nylon "
        "and keeps light rain out. The hip belt can be removed. There is no laptop sleeve. Measures 32 x 22 x 58 cm. Made in "
        "Portugal.",
        values=(
            ("capacity", "38 liters"),
            ("weight", "980 g"),
            ("material", "recycled nylon"),
            ("dimensions", "32 x 22 x 58 cm"),
            ("origin", "Portugal"),
        ),
        names=("Portugal",),
        true=(
            "An empty Halden Trail 38 weighs just 980 g, although its frame is aluminium and it carries 38 liters.",
            "It is made in Portugal from recycled nylon, which keeps light rain out.",
            "The pack measures 32 x 22 x 58 cm and has no laptop sleeve.",
            "Its weight is 0.98 kg.",
        ),
        negated=(
            "The hip belt cannot be removed.",
            "There is a laptop sleeve.",
            "The fabric does not keep light rain out.",
            "The frame is not aluminium.",
        ),
    ),
    Text(
        "T03",
        "Lumo Arc Desk Lamp",
        "Lumo Arc is a desk lamp with a 9 W LED and three levels of brightness. The arm reaches 45 cm. It runs on 12 V from the "
        "adapter in the box. The lamp dims without flicker. The shade is available in navy blue. Expect 25,000 hours of light. "
        "A clamp is not included.",
        values=(("power", "9 W"), ("voltage", "12 V"), ("colour", "navy blue")),
        names=("Lumo Arc",),
        true=(
            "The desk lamp has a 9 watt LED, three levels of brightness and an arm that reaches 45 cm.",
            "It needs 12 V, which the adapter in the box gives, and should last for 25,000 hours.",
            "Its shade comes in navy blue. The clamp is not included.",
            "The arm of the Lumo Arc is 450 mm in reach, and its LED draws 9 W.",
        ),
        negated=(
            "A clamp is included.",
            "The lamp does not dim without flicker.",
            "The shade is not available in navy blue.",
            "The lamp never dims without flicker.",
        ),
    ),
    Text(
        "T04",
        "The Salt Archive: A Novel",
        "By Imogen Hartley. When archivist Petra Voss returns to the island of Skerra, she finds her father's letters hidden in a "
        "salt cellar. 'A quiet marvel' Northern Review. 'Hartley has never written better' Daniel Okafor, author of Low Water. "
        "First published in 2014, 312 pages.",
        values=(("author", "Imogen Hartley"), ("year", "2014"), ("pages", "312 pages")),
        names=("Imogen Hartley", "Petra Voss", "Skerra", "Daniel Okafor", "Northern Review", "Low Water"),
        true=(
            "Imogen Hartley's novel of 312 pages follows the archivist Petra Voss, who returns to the island of Skerra.",
            "Petra Voss finds letters of her father hidden in a salt cellar.",
            "Daniel Okafor, the author of Low Water, says that “Hartley has never written better”.",
            "The book was first published in 2014; Northern Review called it ‘A quiet marvel’.",
        ),
        negated=(
            "Petra Voss never returns to the island of Skerra.",
            "'Hartley has written better' Daniel Okafor, author of Low Water.",
            "It was not first published in 2014.",
            "She does not find her father's letters.",
        ),
    ),
    Text(
        "T05",
        "Brisk 750 Hand Blender",
        "The Brisk 750 hand blender has a 750 W motor and 12 speeds. The foot is stainless steel and dishwasher safe; the motor "
        "part must never be put under water. In the box: blender, whisk, 600 ml beaker and a recipe book by Tom Alder. Cord "
        "length 1.4 m. 24 months of warranty.",
        values=(("power", "750 W"), ("length", "1.4 m"), ("warranty", "24 months")),
        names=("Tom Alder",),
        true=(
            "With 750 W and 12 speeds the Brisk is a strong hand blender. Its foot can go in the dishwasher.",
            "The box holds the blender, a whisk, a 600 ml beaker and Tom Alder's recipe book.",
            "Never put the motor part under water.",
            "It has a cord of 1.4 m and a warranty of 2 years.",
        ),
        negated=(
            "The foot is not dishwasher safe.",
            "The motor part can be put under water.",
            "In the box there is no whisk.",
            "The foot isn't stainless steel.",
        ),
    ),
    Text(
        "T06",
        "Norrbo Oak Side Table",
        "A small side table of solid oak, oiled by hand in Norrbo's workshop near Umeå. It stands 52 cm tall and the top is 40 cm "
        "in diameter. It carries up to 25 kg. No tools are needed: the three legs screw in. The wood is not lacquered. It costs "
        "€129.",
        values=(("height", "52 cm"), ("diameter", "40 cm"), ("price", "€129"), ("material", "solid oak")),
        names=("Norrbo", "Umeå"),
        true=(
            "Norrbo oils the solid oak by hand in a workshop near Umeå.",
            "The side table is 52 cm tall, its top has a diameter of 40 cm, and it carries 25 kg at most.",
            "You need no tools, since its three legs screw in. Price: €129.",
            "It is 0.52 m tall and the wood has no lacquer.",
        ),
        negated=(
            "The wood is lacquered.",
            "Tools are needed.",
            "It does not carry up to 25 kg.",
            "The table was not oiled by hand.",
        ),
    ),
    Text(
        "T07",
        "Tidewell 6-Piece Towel Set",
        "Six towels of Turkish cotton: two bath towels of 70 x 140 cm, two hand towels and two washcloths. The weave has 600 g per "
        "square meter. They don't shrink and the colour does not fade. Wash at 60 °C. Colour: sand. Sold by Tidewell & Sons.",
        values=(("colour", "sand"),),
        names=("Tidewell & Sons", "Turkish"),
        true=(
            "The set has six towels: two bath towels, two hand towels and two washcloths, all of Turkish cotton.",
            "Bath towels measure 70 x 140 cm. The towels can be washed at 60 °C and they do not shrink.",
            "Tidewell & Sons sells it in the colour sand.",
            "The colour won't fade.",
        ),
        negated=(
            "They shrink and the colour does not fade.",
            "The colour fades.",
            "The two washcloths are not of Turkish cotton.",
            "Do not wash at 60 °C.",
        ),
    ),
    Text(
        "T08",
        "Pocket Guide to Alpine Ferns (2nd Edition)",
        "This second edition describes 84 ferns of the Alps, with 160 drawings by Marta Egli. Every entry gives height, habitat "
        "and season. The keys need no microscope. Text in English and German. Published in 2009 by Grat Verlag, 224 pages.",
        values=(("year", "2009"), ("pages", "224 pages"), ("edition", "second edition")),
        names=("Marta Egli", "Grat Verlag", "German"),
        true=(
            "Marta Egli made the 160 drawings; the 2nd edition describes 84 ferns of the Alps.",
            "It has 224 pages and came out with Grat Verlag in 2009.",
            "You can use its keys without a microscope, and the text is in English and German.",
        ),
        negated=(
            "The keys need a microscope.",
            "Not every entry gives height, habitat and season.",
            "The text is not in English and German.",
        ),
    ),
    Text(
        "T09",
        "Ventora Mini USB Fan",
        "A fan for the desk that runs on USB at 5 V. The 2,000 mAh battery lasts up to 8 hours on one charge. It is only 14 cm high "
        "and weighs 210 g. Three speeds, no noise above 32 dB. It doesn't rotate. Colours: white or mint green.",
        values=(("voltage", "5 V"), ("battery_life", "8 hours"), ("weight", "210 g")),
        names=("USB",),
        true=(
            "This desk fan is 14 cm high, weighs 210 g, and runs for up to eight hours on one charge of its 2000 mAh battery.",
            "It has three speeds, stays at or below 32 dB and runs on USB at 5 volts.",
            "The Ventora Mini does not rotate. You can have it in white or mint green.",
        ),
        negated=(
            "It rotates.",
            "It doesn't run on USB.",
            "The battery does not last up to 8 hours on one charge.",
        ),
    ),
    Text(
        "T10",
        "Quill & Ember Fountain Pen F",
        "A fountain pen with a fine steel nib made in Dresden. The barrel is black resin with a clip of brass. It takes standard "
        "cartridges, and a converter is included. Capped it is 138 mm long. It never dries out, says Inkwell Monthly. Gift box by "
        "Rosa Lindqvist.",
        values=(("length", "138 mm"), ("origin", "Dresden")),
        names=("Dresden", "Inkwell Monthly", "Rosa Lindqvist"),
        true=(
            "The fine steel nib of this fountain pen is made in Dresden; a converter is included.",
            "It is 13.8 cm long when capped. The barrel is black resin, the clip brass.",
            "Inkwell Monthly says that the pen never dries out. Rosa Lindqvist made the gift box.",
        ),
        negated=(
            "A converter is not included.",
            "It dries out, says Inkwell Monthly.",
            "It takes no standard cartridges.",
        ),
    ),
    Text(
        "T11",
        "Kestrel Kids Balance Bike",
        "For ages 2 to 5. The Kestrel has 12-inch wheels that need no air, a steel frame in cherry red and a seat that goes from 33 "
        "to 43 cm. Weight 3.6 kg. Maximum load 30 kg. It has no pedals. Tested by the Brandt Institute in Cologne.",
        values=(("age", "2 to 5"), ("weight", "3.6 kg"), ("colour", "cherry red")),
        names=("Brandt Institute", "Cologne", "Kestrel"),
        true=(
            "The Kestrel is a balance bike for children of 2 to 5. It has no pedals.",
            "Its 12-inch wheels need no air, and the seat goes from 33 cm to 43 cm.",
            "It weighs 3.6 kg, takes 30 kg at most, and was tested in Cologne by the Brandt Institute.",
        ),
        negated=(
            "It has pedals.",
            "The wheels need air.",
            "It was not tested by the Brandt Institute in Cologne.",
        ),
    ),
    Text(
        "T12",
        "Marlow Wireless Earbuds S2",
        "The S2 plays for 6 hours, and the case holds another 18 hours. Bluetooth 5.3 reaches 10 m. Each bud weighs 4.1 g. They are "
        "sweat resistant but not waterproof. Noise cancelling by Vireo Labs. Charging takes 50 minutes over USB-C. One year of "
        "warranty.",
        values=(("battery_life", "6 hours"),),
        names=("Vireo Labs", "Bluetooth", "Marlow"),
        true=(
            "Marlow's earbuds play for 6 hours; with the case you get another 18 hours.",
            "They reach 10 m with Bluetooth 5.3 and charge over USB-C in 50 minutes.",
            "The buds weigh 4.1 g each. They are not waterproof, only sweat resistant.",
            "Vireo Labs made the noise cancelling.",
        ),
        negated=(
            "They are sweat resistant and waterproof.",
            "They are not sweat resistant.",
            "Charging does not take 50 minutes over USB-C.",
        ),
    ),
    Text(
        "T13",
        "Chaleira Elétrica Aurora 1,5 L",
        "A Chaleira Aurora ferve 1,5 litro em 4 minutos. Tem potência de 1.850 W e funciona em 127 V. O corpo é feito de aço "
        "inoxidável, na cor grafite. Desliga sozinha e não deixa gosto na água. Pesa 0,9 kg. Garantia de 12 meses. Fabricada em "
        "Joinville.",
        language="pt",
        values=(
            ("power", "1.850 W"),
            ("voltage", "127 V"),
            ("material", "aço inoxidável"),
            ("weight", "0,9 kg"),
            ("warranty", "12 meses"),
        ),
        names=("Joinville", "Aurora"),
        true=(
            "A Aurora é uma chaleira de aço inoxidável que ferve 1,5 litro em quatro minutos.",
            "Com 1850 W, funciona em 127 V e pesa 900 g.",
            "É fabricada em Joinville e tem 12 meses de garantia, ou seja, 1 ano.",
            "Não deixa gosto na água e desliga sozinha.",
        ),
        negated=(
            "A chaleira não desliga sozinha.",
            "Deixa gosto na água.",
            "O corpo não é feito de aço inoxidável.",
            "Não funciona em 127 V.",
        ),
    ),
    Text(
        "T14",
        "Mochila Serra 28 L",
        "Mochila de trilha com 28 litros, feita de poliéster reciclado pela oficina de Dona Iracema, em Petrópolis. Vazia, pesa 740 g. "
        "As alças são acolchoadas. Não tem bolso para notebook. Mede 30 x 20 x 48 cm. Preço: R$ 289,90. Acompanha capa de chuva.",
        language="pt",
        values=(
            ("capacity", "28 litros"),
            ("weight", "740 g"),
            ("material", "poliéster reciclado"),
            ("price", "R$ 289,90"),
            ("dimensions", "30 x 20 x 48 cm"),
        ),
        names=("Dona Iracema", "Petrópolis"),
        true=(
            "A oficina de Dona Iracema, em Petrópolis, faz esta mochila de 28 litros.",
            "A mochila pesa 0,74 kg quando vazia e mede 30 x 20 x 48 cm.",
            "Custa R$ 289,90 e vem com capa de chuva, mas sem bolso para notebook.",
        ),
        negated=(
            "Tem bolso para notebook.",
            "As alças não são acolchoadas.",
            "Não acompanha capa de chuva.",
        ),
    ),
    Text(
        "T15",
        "O Relojoeiro de Olinda",
        "Romance de Vicente Amaral. Em 1937, o relojoeiro Inácio recebe um relógio que anda para trás. 'Nunca li nada igual', diz a "
        "crítica Helena Prado na revista Maré. Segunda edição, publicada em 2018, com 276 páginas e capa de Otto Brandão.",
        language="pt",
        values=(
            ("author", "Vicente Amaral"),
            ("year", "2018"),
            ("pages", "276 páginas"),
            ("edition", "Segunda edição"),
        ),
        names=("Vicente Amaral", "Inácio", "Helena Prado", "Otto Brandão", "Maré"),
        true=(
            "O romance de Vicente Amaral conta que o relojoeiro Inácio recebe, em 1937, um relógio que anda para trás.",
            "Helena Prado, crítica da revista Maré, diz: “Nunca li nada igual”.",
            "É a 2ª edição, de 2018. Tem 276 páginas, e a capa é de Otto Brandão.",
        ),
        negated=(
            "O relojoeiro Inácio não recebe um relógio.",
            "'Já li tudo igual', diz a crítica Helena Prado. O relógio não anda para trás.",
            "A segunda edição não foi publicada em 2018.",
        ),
    ),
    Text(
        "T16",
        "Luminária de Mesa Vaga-Lume",
        "Luminária com LED de 7 W e haste de 40 cm. A bateria de 1.200 mAh dura até 5 horas. Três níveis de luz, sem cintilação. A base "
        "é de madeira de cedro. O cabo USB está incluso, o adaptador não. Pesa 650 g. Projeto de Clara Nunes Vidal.",
        language="pt",
        values=(("power", "7 W"), ("battery_life", "5 horas"), ("weight", "650 g")),
        names=("Clara Nunes Vidal", "LED"),
        true=(
            "A luminária de 650 g tem LED de 7 watts e uma haste de 40 cm.",
            "Sua bateria de 1200 mAh dura até cinco horas. O adaptador não está incluso.",
            "Clara Nunes Vidal projetou a luminária; a base é de cedro.",
        ),
        negated=(
            "O cabo USB não está incluso.",
            "A base não é de madeira de cedro.",
            "Três níveis de luz, com cintilação.",
        ),
    ),
    Text(
        "T17",
        "Panela de Barro Capixaba 3 L",
        "Panela de barro moldada à mão pelas paneleiras de Goiabeiras. Comporta 3 litros e mede 26 cm de diâmetro. Vai ao fogo e ao "
        "forno, mas não à lava-louças. Não contém chumbo. Cor: preto. Sai por R$ 149.",
        language="pt",
        values=(("capacity", "3 litros"), ("diameter", "26 cm"), ("colour", "preto"), ("price", "R$ 149")),
        names=("Goiabeiras",),
        true=(
            "As paneleiras de Goiabeiras moldam à mão esta panela de barro, que comporta 3 litros.",
            "Tem 26 cm de diâmetro, é preta e sai por R$ 149.",
            "Pode ir ao fogo e ao forno, mas não à lava-louças. Não contém chumbo.",
        ),
        negated=(
            "Vai ao fogo, ao forno e à lava-louças. Contém chumbo.",
            "A panela contém chumbo.",
            "Não vai ao fogo nem ao forno.",
        ),
    ),
    Text(
        "T18",
        "Fjell Wool Sweater",
        "Knitted in Bergen from 100% merino wool, the Fjell sweater keeps you warm down to -10 °C. It does not itch. The cut is "
        "regular. Machine washable at 30 °C. The pattern goes back to Solveig Dahl, who drew it in 1952. Sizes S to XL.",
        values=(("origin", "Bergen"),),
        names=("Bergen", "Solveig Dahl", "Fjell"),
        true=(
            "It is knitted from 100% merino wool in Bergen, and it does not itch.",
            "The sweater, machine washable at 30 °C, comes in sizes S to XL.",
            "Solveig Dahl drew its pattern in 1952.",
        ),
        negated=(
            "It itches.",
            "It is not machine washable at 30 °C.",
            "The sweater doesn't keep you warm down to -10 °C.",
        ),
    ),
    Text(
        "T19",
        "Zephyr Robot Vacuum R4",
        "The Zephyr R4 cleans for 110 minutes on a charge of its 3,200 mAh battery. Suction of 2,700 Pa lifts hair from carpets. The "
        "bin takes 0.45 liters. It maps up to three floors and avoids cables. A mop is not included. It is 9.6 cm high, so it fits "
        "under most sofas. App by Orbit Home.",
        values=(("height", "9.6 cm"),),
        names=("Orbit Home", "Zephyr"),
        true=(
            "The R4 runs for 110 minutes on a charge and lifts hair from carpets.",
            "Its bin holds 450 ml, the battery has 3200 mAh, and it maps three floors at most.",
            "Being 9.6 cm high, it fits under most sofas. It has no mop included.",
        ),
        negated=(
            "A mop is included.",
            "It maps up to three floors but does not avoid cables.",
            "It doesn't fit under most sofas.",
        ),
    ),
    Text(
        "T20",
        "Calder Cast Iron Skillet 28 cm",
        "A skillet of cast iron, 28 cm in diameter and 2.9 kg heavy. It is seasoned with flax oil and ready to use. It works on every "
        "hob, induction included. Do not soak it. Cast at the Calder foundry in Leeds since 1921. Lifetime warranty.",
        values=(("diameter", "28 cm"), ("weight", "2.9 kg"), ("warranty", "Lifetime")),
        names=("Calder", "Leeds"),
        true=(
            "The cast iron skillet weighs 2.9 kg and has a diameter of 28 cm.",
            "It has been cast at the Calder foundry in Leeds since 1921, and has a lifetime warranty.",
            "Seasoned with flax oil, it is ready to use on every hob. It should not be soaked.",
        ),
        negated=(
            "It is seasoned with flax oil but not ready to use.",
            "It does not work on induction hobs.",
            "Soak it. It has no lifetime warranty.",
        ),
    ),
    Text(
        "T21",
        "Introductory Soil Physics (4th Edition)",
        "This text covers water flow, heat and gas in soils for students without calculus. The fourth edition adds 45 problems and a "
        "chapter by Yusuf Demir of Ankara University. Professor Carol Whitfield has taught soil physics for 30 years. Previous "
        "editions were used in more than 60 departments.",
        values=(("edition", "fourth edition"),),
        names=("Yusuf Demir", "Ankara University", "Carol Whitfield"),
        true=(
            "For students without calculus, the text covers water flow, heat and gas in soils.",
            "The 4th edition has 45 more problems and a chapter by Yusuf Demir, of Ankara University.",
            "Carol Whitfield, a professor, has taught soil physics for 30 years.",
        ),
        negated=(
            "The text is for students with calculus, and it does not cover gas in soils.",
            "Carol Whitfield has never taught soil physics.",
            "Previous editions were not used in more than 60 departments.",
        ),
    ),
    Text(
        "T22",
        "Songs from the Quay (Live)",
        "Recorded live at the Harbour Hall in Galway on 12 March 2003, this album brings Aoife Brennan together with the Kelp "
        "Quartet. 14 tracks, 63 minutes. The encore was never released before. Mixed by Sean Maddox. The booklet has no lyrics.",
        values=(("year", "2003"),),
        names=("Harbour Hall", "Galway", "Aoife Brennan", "Kelp Quartet", "Sean Maddox"),
        true=(
            "Aoife Brennan and the Kelp Quartet recorded the album live in Galway, at the Harbour Hall, on 12 March 2003.",
            "It has 14 tracks and runs for 63 minutes. Sean Maddox mixed it.",
            "There are no lyrics in the booklet.",
        ),
        negated=(
            "The encore was released before.",
            "The booklet has lyrics.",
            "It was not recorded live at the Harbour Hall in Galway.",
        ),
    ),
    Text(
        "T23",
        "Grohn Cordless Drill 18V",
        "The Grohn drill turns at up to 1,400 rpm with 50 Nm of torque. Two 18 V batteries of 2.0 Ah are included, and each charges in "
        "60 minutes. The chuck takes bits of 1/2 inch. It weighs 3.1 lb. The hammer function is missing on this model. Made in "
        "Slovenia for Grohn Tools.",
        values=(("voltage", "18 V"), ("weight", "3.1 lb"), ("origin", "Slovenia")),
        names=("Slovenia", "Grohn Tools"),
        true=(
            "Grohn's drill, made in Slovenia, weighs 3.1 pounds and turns at 1400 rpm at most.",
            "Its two 18 V batteries charge in 60 minutes, that is 1 hour, each.",
            "The chuck takes 1/2-inch bits, and the torque is 50 Nm.",
        ),
        negated=(
            "Two 18 V batteries are not included.",
            "The chuck does not take bits of 1/2 inch.",
            "The hammer function is not missing on this model.",
        ),
    ),
    Text(
        "T24",
        "Wren Ceramic Mug 350 ml",
        "Wren mugs are thrown in Stoke by Hannah Price. 350 ml, 10 cm tall. The glaze is matte white and free of lead. Microwave and "
        "dishwasher safe. No two are alike.",
        values=(("capacity", "350 ml"), ("height", "10 cm"), ("colour", "matte white")),
        names=("Stoke", "Hannah Price", "Wren"),
        true=(
            "Hannah Price throws the Wren mugs in Stoke; no two of them are alike.",
            "It holds 350 ml, stands 10 cm tall, and is safe in microwave and dishwasher.",
            "The glaze is matte white and free of lead.",
            "The capacity is 0.35 l: “350 ml, 10 cm tall.”",
        ),
        negated=(
            "It is not microwave and dishwasher safe.",
            "The glaze is not free of lead.",
            "Wren mugs are never thrown in Stoke.",
        ),
    ),
)
