"""Novels."""

from __future__ import annotations

from shelftalker.catalog.sample import values
from shelftalker.catalog.sample.kind import Kind, Noun, Wording
from shelftalker.catalog.sample.naming import author

__all__ = ["NOVEL"]

_EN = Wording(
    openers=(
        "When {hero} comes back to {town}, nobody will say what became of {lost}.",
        "{name} is the story of {hero}, {job}, and of a promise made too early.",
        "In {town}, {job} finds {object} and cannot put it back.",
        "{author} tells how {hero} lost a house and won a country.",
        "A novel by {author} about {lost}, a long winter and {object}.",
        "Every family has a room that nobody enters; in {name} it is opened.",
        "Who sent the letter? {hero}, {job}, has one night to find out.",
        "Two sisters, one ferry and {object}: {name} begins quietly and does not end so.",
    ),
    statements=(
        "{author} wrote it over many winters.",
        "By {author}.",
        "Written by {author}, it is told in {few} voices.",
        "It was first published in {year}.",
        "This printing is from {year}.",
        "The book runs to {pages}.",
        "Within {pages} the whole valley comes to life.",
        "It has {pages}, and not one too many.",
        "You are looking at the {edition}.",
        "This is the {edition}, with the author's corrections.",
        "The text follows the {edition}.",
        "Format: {dimensions}.",
        "It is {pages} long and appeared in {year}.",
        "It came out in {year}.",
        "By {author}, published in {year}.",
        "The {edition} has {pages}.",
    ),
    colouring=(
        "{hero2} knows more than {pronoun} says.",
        "The trail leads from {place} to the sea and back again.",
        "What starts as a favour ends before a judge.",
        "There is {object} on the first page, and it matters on the last.",
        "Readers of family sagas will feel at home; readers of thrillers will not sleep.",
        "The chapters are short and the sentences shorter.",
        "Nothing is what {hero2} was told it was.",
        "Somebody in {town} has been keeping a diary for the wrong person.",
        "The dialogue is funny until it is not.",
        "A map of {town} is printed inside the cover.",
        "It is a book about forgiveness, and about who deserves it.",
        "The ending was argued over at our shop for weeks.",
        "By the time the snow melts, {hero2} has to choose.",
        "The town, the river and the weather are characters too.",
        "Nobody who has met the {animal} in this book forgets it.",
        "Book clubs will find questions for a whole evening.",
        "Meanwhile the {animal} waits at the gate, as it has every morning since the funeral.",
        "The author lives in {place} with {few} cats and no telephone.",
    ),
    features=("a map inside the cover", "questions for book clubs", "large type", "a ribbon marker", "an afterword"),
    pools={
        "hero": (
            "Ada Merrin", "Jonas Feld", "Ilse Crane", "Tobias Rook",
            "Marit Dahlen", "Owen Sarrow", "Livia Brandt",
        ),
        "hero2": ("the ferryman", "her brother", "the widow", "the new doctor", "the schoolmaster", "his aunt"),
        "pronoun": ("the village", "the law", "the letter", "any witness"),
        "job": (
            "a clockmaker", "a retired judge", "a young midwife", "a map seller", "a lighthouse keeper",
            "a court painter", "a failed pianist", "a bee-keeper", "a night porter",
        ),
        "object": (
            "a locked violin case", "a key without a door", "an unposted letter", "a photograph cut in half",
            "a child's red shoe", "a book of false names", "a broken compass", "a map of a town that is not there",
        ),
        "lost": ("the orchard", "her twin", "the mayor's son", "the last train", "the money", "the old ferry"),
        "animal": ("dog", "heron", "fox", "donkey", "one-eyed cat", "raven"),
        "verdict": ("a masterpiece of patience", "impossible to put down", "the best novel of the season", "pure joy"),
        "verdict2": ("a delight", "hard to forget", "wiser than its years", "funny and sad in equal parts"),
        "praise": (
            "I read it in one night.", "I cried on the bus.", "The ending surprised me.", "I have lent it to everyone.",
            "Slow at first, then unstoppable.", "The best thing I have read this season.",
            "I want to live in this book.",
        ),
    },
)  # fmt: skip

_PT = Wording(
    openers=(
        "Quando {hero} volta a {town}, ninguém quer contar o que houve com {lost}.",
        "{name} é a história de {hero}, {job}, e de uma promessa feita cedo demais.",
        "Em {town}, {job} encontra {object} e já não consegue devolver.",
        "{author} conta como {hero} perdeu uma casa e ganhou um país.",
        "Um romance de {author} sobre {lost}, um longo inverno e {object}.",
        "Toda família tem um quarto em que ninguém entra; em {name}, ele se abre.",
        "Quem mandou a carta? {hero}, {job}, tem uma noite para descobrir.",
        "Duas irmãs, uma balsa e {object}: {name} começa em silêncio e não termina assim.",
    ),
    statements=(
        "{author} levou muitos invernos para escrevê-lo.",
        "De {author}.",
        "Escrito por {author}, é contado a {few_f} vozes.",
        "Foi publicado em {year}.",
        "Esta impressão é de {year}.",
        "O livro tem {pages}.",
        "Em {pages}, o vale inteiro ganha vida.",
        "São {pages}, e nenhuma sobra.",
        "Esta é a {edition}.",
        "O texto segue a {edition}.",
        "Trata-se da {edition}, com correções do texto.",
        "Formato: {dimensions}.",
        "Tem {pages} e saiu em {year}.",
        "Saiu em {year}.",
        "De {author}, publicado em {year}.",
        "A {edition} tem {pages}.",
    ),
    colouring=(
        "{hero2} sabe mais do que {pronoun}.",
        "A pista leva de {place} até o mar, e de volta.",
        "O que começa como um favor acaba diante de um juiz.",
        "Há {object} na primeira página, e isso importa na última.",
        "Quem gosta de sagas de família vai se sentir em casa; quem gosta de suspense não vai dormir.",
        "Os capítulos são curtos, e as frases, mais ainda.",
        "Nada é como contaram.",
        "Alguém em {town} escreve um diário para a pessoa errada.",
        "Os diálogos são engraçados até deixarem de ser.",
        "Um mapa de {town} vem impresso no verso da capa.",
        "É um livro sobre o perdão e sobre quem o merece.",
        "O final rendeu semanas de discussão na nossa loja.",
        "Quando a neve derrete, é preciso escolher.",
        "A cidade, o rio e o tempo também são personagens.",
        "Quem conhece {animal} deste livro não esquece mais.",
        "Os clubes de leitura terão assunto para uma noite inteira.",
        "Enquanto isso, {animal} espera no portão, como em todas as manhãs desde o enterro.",
        "Quem escreveu mora em {place}, com {few} gatos e sem telefone.",
    ),
    features=(
        "mapa no verso da capa", "perguntas para clubes de leitura", "letras grandes",
        "fita marcadora", "posfácio",
    ),
    pools={
        "hero": (
            "Ada Merim", "Jonas Feldo", "Ilse Crano", "Tobias Roque",
            "Marita Dalém", "Olavo Sarro", "Lívia Brando",
        ),
        "hero2": ("O balseiro", "O irmão dela", "A viúva", "O novo médico", "O professor da vila", "A tia dele"),
        "pronoun": ("diz à polícia", "a carta revela", "qualquer testemunha", "a vila imagina"),
        "job": (
            "relojoeiro de profissão", "alguém que já foi juiz", "parteira recém-formada", "alguém que vende mapas",
            "alguém que toma conta de um farol", "pianista sem sorte", "apicultor nas horas vagas",
        ),
        "object": (
            "um estojo de violino trancado", "uma chave sem porta", "uma carta que não foi enviada",
            "uma fotografia cortada ao meio", "um sapato vermelho de criança", "um livro de nomes falsos",
            "uma bússola quebrada", "o mapa de uma cidade que não existe",
        ),
        "lost": ("o pomar", "a irmã gêmea", "o filho do prefeito", "o último trem", "o dinheiro", "a velha balsa"),
        "animal": ("o cachorro", "a garça", "a raposa", "o burrico", "o gato caolho", "o corvo"),
        "verdict": (
            "uma obra-prima de paciência", "impossível de largar",
            "o melhor romance da estação", "pura alegria",
        ),
        "verdict2": ("um encanto", "um livro difícil de esquecer", "uma leitura divertida e triste em partes iguais"),
        "praise": (
            "Li em uma noite.", "Chorei no ônibus.", "O final me surpreendeu.", "Já emprestei para todo mundo.",
            "Começa devagar e depois não para mais.", "A melhor leitura da estação.", "Quero morar neste livro.",
        ),
    },
)  # fmt: skip

NOVEL = Kind(
    name="novel",
    naming="novel",
    nouns=(Noun("novel", "book", "romance", "livro"),),
    facts={
        "author": author(),
        "pages": values.pages(96, 860),
        "year": values.year(1961, 2024),
        "edition": values.edition(),
        "price": values.price(6, 38),
        "weight": values.weight(150, 980),
        "dimensions": values.dimensions((11, 17), (18, 25)),
    },
    size="edition",
    apparatus=False,
    en=_EN,
    pt=_PT,
)
