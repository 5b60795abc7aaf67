"""The parts that invented brands, places, people, titles and series are put together from."""

from __future__ import annotations

__all__ = [
    "ADJECTIVES",
    "BRAND_ENDS",
    "BRAND_STARTS",
    "COOKING",
    "FIRST_NAMES",
    "MADE_THINGS",
    "PLACE_ENDS",
    "PLACE_STARTS",
    "REAL_BRANDS",
    "SERIES",
    "SURNAME_ENDS",
    "SURNAME_STARTS",
    "THINGS",
    "TRADES",
]

BRAND_STARTS = (
    "Belv Brond Cord Dalv Drev Fenl Farr Galt Grens Halv Hest Jorv Kelb Kovr Larv Lumbr Marv Melf Nordr Nevr Orl Ostr "
    "Pelv Prin Quel Ravn Rostr Selv Stavr Talv Tovr Trenl Ulvr Valdr Vestr Wendr Winl Yarr Zandr Zelk Bryk Culm Dusk "
    "Ebr Falk Gorm Hulv Ilm Jask Krell"
).split()
BRAND_ENDS = (
    "abric adine amont andis arex avoy edine elby elmo enko entis eris esta evar idon igar imar irel isco ivane obar "
    "odine olt omir ondra onix oric ovan umbra undel urra uvio ystad aspen ekko inga olka unda acre elund iston ovay "
    "umont arro ettle isk ona ulo avik endo ixon"
).split()

# Names of real makers that the parts could spell, or nearly; none of them may come out.
REAL_BRANDS = frozenset(
    "belvedere bosch braun brother canon casio coleman cordona delta dell dyson falke fender fiskars garmin goodyear "
    "halvona hasbro kelvar kenwood krups lego lenovo makita marantz marvel mattel melitta merrell moulinex nike nokia "
    "osprey ostrava panasonic philips pioneer quechua ravensburger roland salomon samsung sennheiser sony stanley "
    "tefal toshiba vestas valdris zelmer zenith".split()
)

PLACE_STARTS = (
    "Ald Bram Carn Dun Elm Fenn Gart Har Inver Kest Lang Marl Nor Orv Pell Quar Ros Sel Tarn Ul Ver Wen Yel Zeph Ash "
    "Birk Cald Dray East Frost"
).split()
PLACE_ENDS = (
    "ale avik bury by combe den dale esk ford garth ham holm ick ine ley low mere mont more ness over pool rith ston "
    "thorpe ugh vale wick worth"
).split()

SURNAME_STARTS = (
    "Abern Bast Carv Dorn Ells Fairn Grov Hask Ivers Jarn Kels Lind Morv Nast Orm Pend Quist Rend Sorv Thur Ulst Vand "
    "Wyst Yarn Zoll Brev Crell Dunm Estr Fross"
).split()
SURNAME_ENDS = (
    "ac ael ander ard arsen ath eby edge ell elin enko erly ett evin ick ier ille ing ino isk ley man mont oe olt on "
    "oran ova quist ry son stad ton tz ulan us well wyn"
).split()

FIRST_NAMES = {
    "en": (
        "Ada Albert Alice Arthur Beatrice Bram Carla Clement Cora Daniel Dora Edgar Edith Elias Emil Esther Eve Felix "
        "Flora Frank Gilbert Grace Greta Harriet Hazel Henry Hugo Ida Irene Isaac Jasper Joan Julia Karl Laura Leo "
        "Lewis Lydia Mabel Martin Mina Nathan Nell Nora Oscar Otto Pearl Philip Rosa Rupert Ruth Silas Simon Sylvia "
        "Theo Una Vera Victor Walter Winifred"
    ).split(),
    "pt": (
        "Adelaide Afonso Alice Amélia Antônio Artur Augusto Bárbara Beatriz Bento Carlota Cecília Célia Clara Davi "
        "Dora Eduardo Elisa Ernesto Estela Fernanda Flora Francisco Gaspar Glória Helena Henrique Hugo Inês Irene "
        "Joana Joaquim José Júlia Laura Leonor Lídia Lúcia Luís Madalena Manuel Mariana Miguel Nara Olívia Otávio "
        "Paula Pedro Rafael Raquel Rita Rosa Rui Sílvia Simão Teodoro Tereza Valter Vera Vítor"
    ).split(),
}

SERIES = (
    "Aurora Pilot Meridian Solo Tempo Breeze Harbour Summit Nomad Orbit Prairie Quartz Riviera Sierra Terra Vela Comet "
    "Delta Ember Fjord Glade Haven Juniper Lagoon Marble Nimbus Opal Pebble Ridge Tundra"
).split()

ADJECTIVES = {
    "en": (
        "Amber Ancient Bitter Borrowed Broken Burning Copper Crooked Distant Drowned Empty Endless False Forgotten "
        "Frozen Gentle Gilded Golden Hidden Hollow Idle Last Late Lonely Lost Midnight Narrow Nameless Orphan Painted "
        "Pale Patient Quiet Restless Rusted Salt Scarlet Second Secret Seventh Shallow Silent Silver Sleeping Stolen "
        "Sunken Tangled Thirsty Unsent Vanished Velvet Wandering Western Whispering Wild Winter Wooden"
    ).split(),
    "pt": (  # one form for both genders, so that it agrees with every noun
        "Azul Breve Distante Doce Enorme Errante Feliz Feroz Frágil Gentil Grande Humilde Imóvel Inútil Leve Livre "
        "Paciente Pobre Possível Prudente Quente Rebelde Selvagem Simples Solene Sutil Terrível "
        "Triste Veloz Verde Brilhante Constante Cruel Difícil Invisível Insone"
    ).split(),
}

THINGS = {
    "en": (
        "Almanac Anchor Archive Bell Bridge Candle Carousel Cartographer Cellar Chapel Choir Clock Compass Corridor "
        "Courtyard Dial Door Echo Feather Ferry Field Flood Garden Gate Glacier Harbour Harvest Hive House Island Key "
        "Kite Lantern Ledger Letter Library Lighthouse Loom Map Market Meadow Mill Mirror Moth Nest Oath Orchard "
        "Organ Parish Pavilion Pier Quarry Quilt Raven Riddle River Room Season Shore Station Storm Summer Tide Tower "
        "Train Tunnel Valley Vineyard Violin Watch Well Window Winter Wolf Yard"
    ).split(),
    "pt": (  # with its article: "o", "a"
        "o Almanaque;a Âncora;o Arquivo;o Sino;a Ponte;a Vela;o Carrossel;a Adega;a Capela;o Coral;o Relógio;"
        "a Bússola;o Corredor;o Pátio;a Porta;o Eco;a Pena;a Balsa;o Campo;a Enchente;o Jardim;o Portão;o Farol;"
        "a Colheita;a Colmeia;a Casa;a Ilha;a Chave;a Pipa;a Lanterna;a Carta;a Biblioteca;o Tear;o Mapa;a Feira;"
        "o Moinho;o Espelho;a Mariposa;o Ninho;o Juramento;o Pomar;o Órgão;o Pavilhão;o Cais;a Pedreira;a Colcha;"
        "o Corvo;o Enigma;o Rio;o Quarto;a Estação;a Praia;a Tempestade;o Verão;a Maré;a Torre;o Trem;o Túnel;o Vale;"
        "a Vinha;o Violino;o Poço;a Janela;o Inverno;o Lobo;o Quintal"
    ).split(";"),
}

TRADES = {
    "en": (
        "Archivist Baker Bellringer Binder Bookseller Botanist Carpenter Clockmaker Cooper Dyer Engraver Falconer "
        "Ferryman Gardener Glazier Herbalist Innkeeper Jeweller Keeper Lamplighter Locksmith Mapmaker Miller Notary "
        "Organist Painter Potter Printer Saddler Seamstress Shepherd Smuggler Surveyor Tailor Tinker Translator Weaver"
    ).split(),
    "pt": (
        "do Arquivista;da Padeira;do Sineiro;do Livreiro;da Botânica;do Carpinteiro;do Relojoeiro;da Tintureira;"
        "do Gravador;do Balseiro;da Jardineira;do Vidraceiro;da Herborista;do Estalajadeiro;da Joalheira;"
        "do Acendedor de Lampiões;do Chaveiro;da Cartógrafa;do Moleiro;do Tabelião;da Organista;do Pintor;da Oleira;"
        "do Impressor;do Seleiro;da Costureira;do Pastor;do Contrabandista;do Alfaiate;da Tradutora;da Tecelã"
    ).split(";"),
}

MADE_THINGS = {
    "en": "Lanterns Harbours Bridges Gardens Towers Caravans Kites Islands Orchards Rivers Ravens Markets Castles "
    "Ships Clocks Dragons Foxes Windmills Pirates Beekeepers Railways Lighthouses Gnomes Glaciers".split(),
    "pt": "Lanternas Portos Pontes Jardins Torres Caravanas Pipas Ilhas Pomares Rios Corvos Feiras Castelos Navios "
    "Relógios Dragões Raposas Moinhos Piratas Apicultores Ferrovias Faróis Gnomos Geleiras".split(),
}

COOKING = {
    "en": (
        "Bread Soups Stews Pies Preserves Pickles Suppers Breakfasts Picnics Dumplings Puddings Salads Grains Beans "
        "Roasts Cakes Biscuits Broths Noodles Pastries Sauces Feasts Lunches Leftovers"
    ).split(),
    "pt": (
        "Pães Sopas Ensopados Tortas Conservas Picles Jantares Cafés Piqueniques Bolinhos Pudins Saladas Grãos Feijões "
        "Assados Bolos Biscoitos Caldos Massas Doces Molhos Festas Almoços Sobras"
    ).split(),
}
