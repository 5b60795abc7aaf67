"""The report's own words, in English and Portuguese."""

from __future__ import annotations

from shelftalker.records import Language

__all__ = ["LANGUAGE_NAMES", "meaning", "text"]

LANGUAGE_NAMES: dict[str, tuple[str, str]] = {
    "en": ("English", "inglês"),
    "pt": ("Portuguese", "português"),
    "es": ("Spanish", "espanhol"),
    "fr": ("French", "francês"),
    "de": ("German", "alemão"),
    "it": ("Italian", "italiano"),
    "nl": ("Dutch", "holandês"),
    "zh": ("Chinese", "chinês"),
    "ja": ("Japanese", "japonês"),
    "ko": ("Korean", "coreano"),
    "ru": ("Russian or another in Cyrillic", "russo ou outra em cirílico"),
    "ar": ("Arabic", "árabe"),
    "he": ("Hebrew", "hebraico"),
    "el": ("Greek", "grego"),
    "hi": ("Hindi", "hindi"),
    "th": ("Thai", "tailandês"),
    "?": ("too short to tell", "curto demais para dizer"),
}

_TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Catalogue {name}", "Catálogo {name}"),
    "lead": ("{kept} records from {lines} lines", "{kept} registros de {lines} linhas"),
    "inputs": ("Files", "Arquivos"),
    "time": ("Time", "Tempo"),
    "seconds": ("{n} s", "{n} s"),
    "lines": ("Lines read", "Linhas lidas"),
    "kept": ("Records kept", "Registros mantidos"),
    "dropped": ("Left out", "Deixadas de fora"),
    "merged": ("Exact duplicates", "Duplicatas exatas"),
    "merged_note": ("merged, every uid kept", "unidas, todos os uids mantidos"),
    "ambiguous": ("Ambiguous titles", "Títulos ambíguos"),
    "ambiguous_note": ("{n} records share them", "{n} registros os compartilham"),
    "memorised": ("Could be learnt by heart", "Cabe de cor"),
    "memorised_note": ("at best, rank {rank}", "no máximo, posto {rank}"),
    "what_became": ("What became of the lines", "O que foi feito das linhas"),
    "reason": ("Reason", "Motivo"),
    "means": ("What it means", "O que significa"),
    "count": ("Lines", "Linhas"),
    "first": ("First", "Primeira"),
    "example": ("Example", "Exemplo"),
    "both_note": (
        "A line whose title and content are both empty counts under both reasons ({n} lines).",
        "Uma linha com título e conteúdo vazios conta nos dois motivos ({n} linhas).",
    ),
    "cleaning": ("Cleaning", "Limpeza"),
    "cleaning_note": (
        "Cleaning keeps every letter, digit and letter case; only markup, listed boilerplate and white space go.",
        "A limpeza mantém todas as letras, dígitos e maiúsculas; só saem marcação, frases padrão listadas e espaços.",
    ),
    "rule": ("Rule", "Regra"),
    "does": ("What it does", "O que faz"),
    "changed": ("Texts changed", "Textos alterados"),
    "before": ("Before", "Antes"),
    "after": ("After", "Depois"),
    "lengths": ("How long titles and descriptions are", "Tamanho dos títulos e descrições"),
    "title_chars": ("Titles, in characters", "Títulos, em caracteres"),
    "content_chars": ("Descriptions, in characters", "Descrições, em caracteres"),
    "content_tokens": ("Descriptions, in tokens", "Descrições, em tokens"),
    "tokens_note": (
        "Tokens of the embedded model, counted on a sample of {n} records.",
        "Tokens do modelo embutido, contados em uma amostra de {n} registros.",
    ),
    "tokens_estimate": (
        "Tokens estimated from characters on a sample of {n} records: the embedded model is not installed.",
        "Tokens estimados pelos caracteres em uma amostra de {n} registros: o modelo embutido não está instalado.",
    ),
    "records": ("records", "registros"),
    "median": ("median {n}", "mediana {n}"),
    "p95": ("95 %: {n}", "95 %: {n}"),
    "mean": ("Mean", "Média"),
    "longest": ("Longest", "Maior"),
    "identity": ("Duplicates and ambiguity", "Duplicatas e ambiguidade"),
    "identity_note": (
        "{exact} exact duplicates were merged, and {cleaned} more that differed only before cleaning. {near} "
        "records are nearly the same as another; with those that share a title they form {groups} groups, the "
        "largest of {largest}, and each group is on one side of the split.",
        "{exact} duplicatas exatas foram unidas, e mais {cleaned} que só diferiam antes da limpeza. {near} "
        "registros são quase iguais a outro; com os que têm o mesmo título formam {groups} grupos, o maior de "
        "{largest}, e cada grupo fica de um lado só da divisão.",
    ),
    "near_off": (
        "Near-duplicates were not looked for.",
        "Quase duplicatas não foram procuradas.",
    ),
    "most_ambiguous": ("Titles that most records bear", "Títulos com mais registros"),
    "title_word": ("Title", "Título"),
    "languages": ("Languages", "Idiomas"),
    "languages_note": (
        "Judged by common words on a sample of {n} descriptions.",
        "Julgados por palavras comuns em uma amostra de {n} descrições.",
    ),
    "language": ("Language", "Idioma"),
    "share": ("share", "parte"),
    "splits": ("Splits", "Divisão"),
    "splits_note": (
        "By product and the same on every machine: the title decides, and records that are alike stay together.",
        "Por produto e igual em toda máquina: o título decide, e registros parecidos ficam juntos.",
    ),
    "split": ("Side", "Lado"),
    "train": ("training", "treino"),
    "validation": ("validation", "validação"),
    "test": ("test", "teste"),
    "capacity": ("What a model could learn by heart", "O que um modelo poderia aprender de cor"),
    "capacity_all": (
        "An adapter of rank {rank} on the embedded model has {parameters} parameters. At 2 bits a parameter, the "
        "most that has been measured, it holds {holds}. What these descriptions say, without what repeats, is about"
        " {needs}, so an adapter could in principle hold all of them. It is still the open-book mode that quotes "
        "its source.",
        "Um adaptador de posto {rank} no modelo embutido tem {parameters} parâmetros. A 2 bits por parâmetro, o "
        "máximo já medido, ele guarda {holds}. O que estas descrições dizem, sem as repetições, ocupa cerca de "
        "{needs}; um adaptador poderia, em princípio, guardar tudo. Ainda assim é o modo com consulta que cita a "
        "fonte.",
    ),
    "capacity_part": (
        "An adapter of rank {rank} on the embedded model has {parameters} parameters. At 2 bits a parameter, the "
        "most that has been measured, it holds {holds}. What these descriptions say, without what repeats, is about"
        " {needs}. So at best {share} of the catalogue, some {records} products, can be learnt by heart, and "
        "closed-book answers about the others will be made up. Train on fewer products for that mode, or ask open-"
        "book: it reads the record.",
        "Um adaptador de posto {rank} no modelo embutido tem {parameters} parâmetros. A 2 bits por parâmetro, o "
        "máximo já medido, ele guarda {holds}. O que estas descrições dizem, sem as repetições, ocupa cerca de "
        "{needs}. Assim, no máximo {share} do catálogo, uns {records} produtos, pode ser aprendido de cor, e "
        "respostas sem consulta sobre os outros serão inventadas. Treine com menos produtos nesse modo, ou pergunte"
        " com consulta: ele lê o registro.",
    ),
    "updated": ("Last update", "Última atualização"),
    "updated_note": (
        "{added} added, {changed} changed, {removed} removed, {unchanged} unchanged, {merged} merged; "
        "{moved_to_held_out} moved to a held-out side",
        "{added} novos, {changed} alterados, {removed} removidos, {unchanged} sem mudança, {merged} unidos; "
        "{moved_to_held_out} passados para validação ou teste",
    ),
}

_MEANINGS: dict[str, str] = {
    "entities": "entidades HTML viram os caracteres que representam, de novo onde foram codificadas duas vezes",
    "entities_doubled": "destes, textos com entidades codificadas mais de uma vez",
    "tags": "marcas, comentários, scripts e estilos HTML saem; a que termina uma linha ou um bloco deixa um espaço",
    "mojibake": "UTF-8 que foi lido em outra codificação é consertado, onde isso é certo",
    "white_space": "espaços e caracteres de controle seguidos viram um espaço, nenhum nas pontas; os invisíveis saem",
    "boilerplate": "a linha da própria loja --This text refers to the ... edition. sai",
    "bad": "a linha não pode ser lida como registro",
    "blank": "a linha está vazia",
    "empty_title": "o título falta, é vazio ou só tem espaços",
    "empty_content": "o conteúdo falta, é vazio ou só tem espaços",
    "exact_duplicates": "uma linha anterior tem o mesmo título e conteúdo; o uid fica com aquele registro",
    "emptied_by_cleaning": "nada restou do título ou do conteúdo depois da limpeza",
    "content_is_title": "o conteúdo só repete o título",
    "test_rows": "título e conteúdo dizem que a linha é um teste",
    "duplicates_after_cleaning": "um registro anterior é igual depois da limpeza; o uid fica com aquele registro",
    "repeated_uids": "um registro anterior tem o mesmo uid com outro texto",
    "not_json": "ruim: não é JSON",
    "not_an_object": "ruim: é JSON, mas não um objeto",
    "wrong_type": "ruim: o uid, o título ou o conteúdo não é texto",
    "nul_byte": "ruim: contém um byte NUL",
    "broken_utf8": "ruim: não é UTF-8 válido",
    "too_long": "ruim: mais longa que o limite",
    "wrong_columns": "ruim: outro número de colunas que o do cabeçalho",
}
"""In Portuguese; the rules themselves say it in English."""


def meaning(name: str, english: str, language: Language) -> str:
    """Return what a rule or a reason means."""
    return english if language == "en" else _MEANINGS[name]


def text(key: str, language: Language, **values: object) -> str:
    """Return the text named `key`, with `{names}` in it filled from `values`."""
    return _TEXTS[key][0 if language == "en" else 1].format(**values)
