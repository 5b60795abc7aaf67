"""The pages' own words, in English and Portuguese."""

from __future__ import annotations

from shelftalker.records import Language

__all__ = ["TEXTS", "text_for"]


def text_for(key: str, language: Language = "en", **values: object) -> str:
    """Return the text named `key`, with `{names}` in it filled from `values`."""
    text = TEXTS[key][language]
    return text.format(**values) if values else text


TEXTS: dict[str, dict[Language, str]] = {
    # every page
    "made": {"en": "Made by Shelftalker {version}, {time}", "pt": "Feito pelo Shelftalker {version}, {time}"},
    "made_with": {"en": "with", "pt": "com"},
    "contents": {"en": "On this page", "pt": "Nesta página"},
    "step": {"en": "step", "pt": "passo"},
    "loss": {"en": "loss", "pt": "perda"},
    "epoch": {"en": "epoch", "pt": "época"},
    "loss_train": {"en": "training, by step", "pt": "treino, por passo"},
    "loss_smooth": {"en": "training, smoothed", "pt": "treino, suavizado"},
    "loss_epoch": {"en": "training, mean by epoch", "pt": "treino, média por época"},
    "loss_validation": {"en": "validation", "pt": "validação"},
    "learning_rate": {"en": "learning rate", "pt": "taxa de aprendizado"},
    "loss_title": {"en": "Loss during training", "pt": "Perda durante o treino"},
    "loss_caption": {
        "en": "Lower is nearer to the training answers; it does not say whether an answer is true.",
        "pt": "Quanto menor, mais perto das respostas de treino; não diz se uma resposta é verdadeira.",
    },
    # compare
    "compare_title": {"en": "Before and after: {run}", "pt": "Antes e depois: {run}"},
    "compare_lead": {
        "en": "{n} questions, {drawn_from}: what the base model and the tuned model write, beside the record.",
        "pt": "{n} perguntas, {drawn_from}: o que o modelo base e o modelo ajustado escrevem, ao lado do registro.",
    },
    "from_file": {"en": "from a file", "pt": "de um arquivo"},
    "from_validation": {"en": "drawn from the validation set", "pt": "tiradas do conjunto de validação"},
    "from_test": {"en": "drawn from the test set", "pt": "tiradas do conjunto de teste"},
    "from_train": {
        "en": "drawn from the training set, since the catalogue has no other",
        "pt": "tiradas do conjunto de treino, já que o catálogo não tem outro",
    },
    "compare_note": {
        "en": "Every column is what the model itself wrote, given the same prompt. Asked through ask or serve, an "
        "answer with a marked span is repaired, or replaced by the record's own sentences.",
        "pt": "Cada coluna é o que o próprio modelo escreveu, com o mesmo prompt. Pelo ask ou pelo serve, uma resposta "
        "com trecho marcado é corrigida, ou trocada por frases do próprio registro.",
    },
    "mean_rouge_l": {"en": "mean ROUGE-L", "pt": "ROUGE-L médio"},
    "question": {"en": "Question", "pt": "Pergunta"},
    "no_record": {
        "en": "The catalogue has no single record for this question.",
        "pt": "O catálogo não tem um único registro para esta pergunta.",
    },
    "open-book": {"en": "open-book", "pt": "com consulta"},
    "closed-book": {"en": "closed-book", "pt": "sem consulta"},
    "mode": {"en": "Mode", "pt": "Modo"},
    "run": {"en": "Run", "pt": "Treino"},
    "catalogue": {"en": "Catalogue", "pt": "Catálogo"},
    "base_model": {"en": "Base model", "pt": "Modelo base"},
    "answered_by": {"en": "Answered by", "pt": "Quem responde"},
    "records": {"en": "records", "pt": "registros"},
    # answers
    "base": {"en": "Base model", "pt": "Modelo base"},
    "tuned": {"en": "Tuned", "pt": "Ajustado"},
    "base_at": {"en": "Base model, temperature {temperature}", "pt": "Modelo base, temperatura {temperature}"},
    "tuned_at": {"en": "Tuned, temperature {temperature}", "pt": "Ajustado, temperatura {temperature}"},
    "original": {"en": "Original content", "pt": "Conteúdo original"},
    "rouge_l": {"en": "ROUGE-L", "pt": "ROUGE-L"},
    "source": {"en": "Source", "pt": "Fonte"},
    "sources": {"en": "Sources", "pt": "Fontes"},
    "line": {"en": "line", "pt": "linha"},
    "nearest": {"en": "Nearest titles", "pt": "Títulos mais próximos"},
    "empty_answer": {"en": "(no text)", "pt": "(sem texto)"},
    "refused": {"en": "refused", "pt": "recusada"},
    "ambiguous": {"en": "ambiguous", "pt": "ambígua"},
    "grounded": {"en": "grounded", "pt": "com base na fonte"},
    "unsupported_one": {"en": "1 unsupported claim", "pt": "1 afirmação sem base"},
    "unsupported_many": {"en": "{n} unsupported claims", "pt": "{n} afirmações sem base"},
    "unsupported_legend": {
        "en": "marked so: a number, unit, name or quotation that stands in no source",
        "pt": "marcado assim: número, unidade, nome ou citação que não está em nenhuma fonte",
    },
    "quote_legend": {
        "en": "marked so: words of the record that the answer repeats",
        "pt": "marcado assim: palavras do registro que a resposta repete",
    },
    "show_rest": {"en": "Show the rest", "pt": "Mostrar o resto"},
    "example_mark": {"en": "text", "pt": "texto"},
    "written_model": {"en": "written by the model", "pt": "escrita pelo modelo"},
    "written_model-repaired": {"en": "repaired", "pt": "corrigida"},
    "written_record": {"en": "the record's own sentences", "pt": "frases do próprio registro"},
    "written_finder": {"en": "no model needed", "pt": "sem uso do modelo"},
    # evaluate
    "evaluate_title": {"en": "Evaluation: {run}", "pt": "Avaliação: {run}"},
    "evaluate_lead": {
        "en": "{n} questions in {sets} sets, each asked of {systems} systems; every figure with its 95 % interval.",
        "pt": "{n} perguntas em {sets} conjuntos, cada uma feita a {systems} sistemas; cada número com seu intervalo "
        "de 95 %.",
    },
    "no_model": {"en": "No model: the record quoted", "pt": "Sem modelo: o registro citado"},
    "base_closed": {"en": "Base, closed-book", "pt": "Base, sem consulta"},
    "base_open": {"en": "Base, open-book", "pt": "Base, com consulta"},
    "tuned_closed": {"en": "Tuned, closed-book", "pt": "Ajustado, sem consulta"},
    "tuned_open": {"en": "Tuned, open-book", "pt": "Ajustado, com consulta"},
    "report_tuned": {"en": "Report, default temperature", "pt": "Relatório, temperatura padrão"},
    "report_tuned_temperature_0": {"en": "Report, temperature 0", "pt": "Relatório, temperatura 0"},
    "set": {"en": "Set", "pt": "Conjunto"},
    "set_free": {"en": "free questions", "pt": "perguntas livres"},
    "set_shoppers": {"en": "shoppers' questions", "pt": "perguntas de compradores"},
    "set_stated": {"en": "stated facts", "pt": "fatos declarados"},
    "set_seen": {"en": "seen", "pt": "vistos"},
    "set_reworded": {"en": "reworded", "pt": "reformulados"},
    "set_unseen": {"en": "unseen", "pt": "não vistos"},
    "set_attribute": {"en": "attribute", "pt": "atributo"},
    "set_absent": {"en": "absent", "pt": "ausentes"},
    "set_ambiguous": {"en": "ambiguous", "pt": "ambíguos"},
    "set_own": {"en": "own questions", "pt": "perguntas próprias"},
    "asks_free": {
        "en": "questions that people worded freely",
        "pt": "perguntas que pessoas fizeram com suas palavras",
    },
    "asks_shoppers": {
        "en": "shoppers' questions about the product of a page",
        "pt": "perguntas de compradores sobre o produto de uma página",
    },
    "asks_stated": {
        "en": "what the record states, what it is silent on, and what only looks like a fact",
        "pt": "o que o registro declara, o que ele não diz e o que só parece um fato",
    },
    "asks_seen": {
        "en": "products trained on, in question forms trained on",
        "pt": "produtos do treino, em formas de pergunta do treino",
    },
    "asks_reworded": {
        "en": "products trained on, in question forms held out",
        "pt": "produtos do treino, em formas de pergunta que ficaram de fora",
    },
    "asks_unseen": {
        "en": "products that no training example names",
        "pt": "produtos que nenhum exemplo de treino cita",
    },
    "asks_attribute": {
        "en": "one known fact of a product that no training example names",
        "pt": "um fato conhecido de um produto que nenhum exemplo de treino cita",
    },
    "asks_absent": {
        "en": "products that the catalogue lacks, near misses included",
        "pt": "produtos que o catálogo não tem, inclusive quase iguais",
    },
    "asks_ambiguous": {
        "en": "titles that several records bear",
        "pt": "títulos que vários registros têm",
    },
    "asks_own": {"en": "the questions of your file", "pt": "as perguntas do seu arquivo"},
    "metric": {"en": "Metric", "pt": "Métrica"},
    "to": {"en": "to", "pt": "a"},
    "main_heading": {"en": "How right the answers are", "pt": "Quão certas são as respostas"},
    "main_caption": {
        "en": "The main metric of each set, from 0 to 1; the best of a row is marked.",
        "pt": "A métrica principal de cada conjunto, de 0 a 1; a melhor de cada linha está marcada.",
    },
    "main_plot": {
        "en": "ROUGE-L where a description is asked for, else the share of right answers. Lines are 95 % intervals.",
        "pt": "ROUGE-L onde se pede uma descrição; nos demais, a parcela de respostas certas. As linhas são "
        "intervalos de 95 %.",
    },
    "unsupported_plot": {
        "en": "Share of answers with a number, name or quotation that stands in no source. Lower is better.",
        "pt": "Parcela de respostas com número, nome ou citação que não está em nenhuma fonte. Menos é melhor.",
    },
    "people_heading": {"en": "People's questions", "pt": "Perguntas de pessoas"},
    "people_note": {
        "en": "The share of right answers by rule, which is kinder than a reader; raw_right is of the model's own "
        "words, before the check.",
        "pt": "A parcela de respostas certas por regra, mais branda que um leitor; raw_right é das palavras do próprio "
        "modelo, antes da verificação.",
    },
    "kind": {"en": "Kind, language", "pt": "Tipo, idioma"},
    "bars_heading": {"en": "The bars", "pt": "As metas"},
    "bar": {"en": "Figure", "pt": "Número"},
    "asked_for": {"en": "Asked for", "pt": "Exigido"},
    "measured": {"en": "Measured", "pt": "Medido"},
    "verdict": {"en": "Verdict", "pt": "Resultado"},
    "reached": {"en": "reached", "pt": "atingida"},
    "not_reached": {"en": "not reached", "pt": "não atingida"},
    "not_measured": {"en": "not measured", "pt": "não medida"},
    "reliability_heading": {"en": "Where it can be relied on", "pt": "Onde se pode confiar"},
    "by_length": {"en": "By length of the description", "pt": "Pelo tamanho da descrição"},
    "by_ambiguity": {"en": "By how much the title tells", "pt": "Pelo quanto o título distingue"},
    "characters": {"en": "characters", "pt": "caracteres"},
    "right": {"en": "how right", "pt": "acerto"},
    "title_unique": {"en": "title of its own", "pt": "título único"},
    "title_near": {"en": "one word from another", "pt": "a uma palavra de outro"},
    "title_shared": {"en": "borne by several", "pt": "de vários registros"},
    "report_heading": {"en": "The original report's answers", "pt": "As respostas do relatório original"},
    "report_caption": {
        "en": "The three examples that the original report printed, by the same metrics.",
        "pt": "Os três exemplos que o relatório original mostrou, pelas mesmas métricas.",
    },
    "all_figures": {"en": "Every figure", "pt": "Todos os números"},
    "all_figures_note": {
        "en": "Below each figure its 95 % interval, by bootstrap over products, and the number of answers. Figures "
        "that begin with raw_ are of what the model wrote before the check put it right.",
        "pt": "Abaixo de cada número, o intervalo de 95 %, por bootstrap sobre os produtos, e a quantidade de "
        "respostas. Os que começam com raw_ são do que o modelo escreveu antes da verificação.",
    },
    "worst": {"en": "The worst answers", "pt": "As piores respostas"},
    "best": {"en": "The best answers", "pt": "As melhores respostas"},
    "extremes_lead": {
        "en": "Of {system}, by the main metric of the question's set; equal ones by what stands in no source.",
        "pt": "De {system}, pela métrica principal do conjunto; empates, pelo que não está em nenhuma fonte.",
    },
    "notes": {"en": "Notes", "pt": "Observações"},
    "answer": {"en": "Answer", "pt": "Resposta"},
    "right_answer": {"en": "Right answer", "pt": "Resposta certa"},
    "right_refusal": {
        "en": "The catalogue has no such product: a refusal.",
        "pt": "O catálogo não tem esse produto: uma recusa.",
    },
    "right_ambiguous": {
        "en": "Several records bear this title: {uids}.",
        "pt": "Vários registros têm este título: {uids}.",
    },
    "right_value": {"en": "{attribute}: {value}", "pt": "{attribute}: {value}"},
    "machine": {"en": "Machine", "pt": "Máquina"},
    "cores": {"en": "cores", "pt": "núcleos"},
    "seed": {"en": "Seed", "pt": "Semente"},
}
