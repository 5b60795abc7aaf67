"""Board games."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.kinds.choices import COUNTRIES

__all__ = ["BOARD_GAME"]

_EN = Wording(
    openers=(
        "In {name}, every player runs {business} and nobody plays fair.",
        "{name} is a board game about {theme}, and about knowing when to stop.",
        "Roll, bluff, trade: {name} by {brand} has something for everyone at the table.",
        "Winter is coming to the valley, and in {name} there is not enough {goods} for all.",
        "Published in {year}, {name} still comes out at our own Christmas parties.",
        "{name} is learnt in one evening and not mastered in ten.",
        "A game for children of {age} and for parents who hate to lose: {name}.",
    ),
    statements=(
        "It can be played by children of {age}.",
        "The rules suit players of {age}.",
        "{brand} first published it in {year}.",
        "The game came out in {year}.",
        "It was released in {year}.",
        "The box measures {dimensions}.",
        "The box is heavy with pieces: {weight}.",
        "Inside you will find {box_contents}.",
        "The game consists of {box_contents}.",
        "It costs {price}, less than an evening at the cinema for four.",
        "The box measures {dimensions} and weighs {weight}.",
    ),
    colouring=(
        "Whoever collects the most {goods} by the end of the fair wins.",
        "The board turns over and becomes another country.",
        "No two rounds are alike, because the tiles are drawn anew.",
        "You may trade with your neighbours, or rob them of their {goods}.",
        "The rules fit on {few} pages, with pictures.",
        "The {piece} is everybody's favourite piece.",
        "Quiet players win more often than they should.",
        "A round leaves time for supper and a second try.",
        "There is a version for one player who cannot sleep.",
        "The artwork hides a {piece} on every card; children find it first.",
        "Alliances break at the worst moment, which is the best part.",
        "Lost pieces are replaced by post.",
    ),
    features=(
        "a board with two sides",
        "rules with pictures",
        "replacement of lost pieces",
        "a solo version",
        "quick rounds",
    ),
    pools={
        "business": ("a ferry", "a market stall", "a lighthouse", "a small kingdom", "a travelling circus"),
        "theme": ("smugglers", "bee-keepers", "rival bakers", "map makers", "river pirates"),
        "goods": ("honey", "salt", "timber", "lamp oil", "grain"),
        "piece": ("fox", "tax collector", "ferryman", "dragon", "night watchman"),
        "verdict": ("the game of the season", "mean in the nicest way", "the best evening in years"),
        "verdict2": ("clever and quick", "hard to put away", "fun for three generations"),
        "praise": (
            "We played until midnight.",
            "My daughter beats me every time.",
            "The rules are clear for once.",
            "Even my brother-in-law smiled.",
            "Bought a second one for the holiday house.",
            "Quick to learn.",
        ),
    },
)

_PT = Wording(
    openers=(
        "Em {name}, cada jogador cuida {business}, e ninguém joga limpo.",
        "{name} é um jogo de tabuleiro sobre {theme} e sobre saber a hora de parar.",
        "Dados, blefes e trocas: {name}, da {brand}, agrada à mesa inteira.",
        "O inverno vem chegando ao vale e, em {name}, não há {goods} para todos.",
        "Publicado em {year}, {name} ainda anima as nossas festas de fim de ano.",
        "{name} se aprende em uma noite e não se domina em dez.",
        "Um jogo para crianças {age} e para pais que odeiam perder: {name}.",
    ),
    statements=(
        "Pode ser jogado por crianças {age}.",
        "As regras servem para jogadores {age}.",
        "A {brand} o publicou em {year}.",
        "O jogo saiu em {year}.",
        "Foi lançado em {year}.",
        "A caixa mede {dimensions}.",
        "A caixa vem cheia de peças: {weight}.",
        "Dentro dela há {box_contents}.",
        "O jogo é composto de {box_contents}.",
        "Custa {price}, menos que um cinema para quatro.",
        "A caixa mede {dimensions} e pesa {weight}.",
    ),
    colouring=(
        "Quem juntar mais {goods} até o fim da feira vence.",
        "O tabuleiro tem dois lados e vira outro país.",
        "Não há duas partidas iguais, porque as peças são sorteadas de novo.",
        "Você pode negociar com os vizinhos ou roubar o {goods} deles.",
        "As regras cabem em {few_f} páginas ilustradas.",
        "{Piece} é a peça preferida de todos.",
        "Os quietos ganham mais do que deviam.",
        "Uma partida deixa tempo para o jantar e a revanche.",
        "Há uma versão para um jogador só, em noites de insônia.",
        "As ilustrações escondem um bichinho em cada carta; as crianças acham primeiro.",
        "As alianças se rompem na pior hora, e essa é a melhor parte.",
        "Peças perdidas são repostas pelo correio.",
    ),
    features=(
        "tabuleiro de dois lados", "regras ilustradas", "reposição de peças",
        "versão para um jogador", "partidas rápidas",
    ),
    pools={
        "business": ("de uma balsa", "de uma barraca de feira", "de um farol", "de um pequeno reino", "de um circo"),
        "theme": ("contrabandistas", "apicultores", "padeiros rivais", "cartógrafos", "piratas de rio"),
        "goods": ("mel", "sal", "trigo", "azeite", "carvão"),
        "Piece": ("A raposa", "O cobrador de impostos", "O balseiro", "O dragão", "O vigia"),
        "verdict": ("o jogo da estação", "a melhor noite em anos", "maldade com bom humor"),
        "verdict2": ("um jogo esperto e rápido", "diversão para três gerações", "difícil de largar"),
        "praise": (
            "Jogamos até meia-noite.", "Minha filha ganha sempre.", "Até que enfim regras claras.",
            "Até meu cunhado sorriu.", "Comprei outro para a casa de praia.", "Aprende-se rápido.",
        ),
    },
)  # fmt: skip

BOARD_GAME = Kind(
    name="board_game",
    naming="game",
    nouns=(Noun("board game", "game", "jogo de tabuleiro", "jogo"),),
    facts={
        "age": values.age(5, 16),
        "year": values.year(1978, 2024),
        "box_contents": values.items(
            3,
            5,
            (
                ("a folding board", "um tabuleiro dobrável"),
                ("a deck of cards", "um baralho"),
                ("a bag of tokens", "um saco de fichas"),
                ("a set of dice", "um jogo de dados"),
                ("an hourglass", "uma ampulheta"),
                ("a score pad", "um bloco de pontos"),
                ("a rule book", "um livro de regras"),
            ),
        ),
        "price": values.price(14, 95),
        "weight": values.weight(420, 3300),
        "dimensions": values.dimensions((22, 40), (20, 32), (4, 12)),
        "origin": values.choice("origin", COUNTRIES),
    },
    size=None,
    apparatus=False,
    en=_EN,
    pt=_PT,
)
