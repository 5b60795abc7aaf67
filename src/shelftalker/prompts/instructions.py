"""Sentences that speak to the model instead of about the product."""

from __future__ import annotations

import re

__all__ = ["is_instruction"]

_PATTERNS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|directions?|guidelines?|"
    r"(?:previous|prior|earlier|above) (?:text|messages?|orders?))\b",
    r"\bsystem (?:prompt|message)\b",
    r"\byou (?:are|must) now\b|\bfrom now on,? (?:you|answer|reply|respond|say)\b|\bpretend (?:to be|that you)\b",
    r"\b(?:answer|reply|respond)\b(?: to \w+(?: \w+){0,3})? (?:only|just|exactly|always|instead)\b",
    r"\b(?:as an? )?(?:ai|language) (?:assistant|model)\b.{0,40}\b(?:must|should|will|say|tell|answer)\b",
    r"\b(?:notes?|messages?|instructions?|orders?|attention|hint)\b,? (?:to|for) (?:the |any |all |every )?"
    r"(?:assistants?|ai|(?:language )?models?|chat ?bots?|bots?|llms?)\b",
    r"\b(?:tell|assure|inform) (?:every|all|each|any|the) (?:customers?|users?|buyers?|clients?|readers?) that\b",
    r"\bwhatever (?:is|you are|they) ask(?:ed)?\b",
    r"\b(?:reveal|print|output|repeat) (?:your|the) (?:instructions?|prompt|system)\b",
    r"\b(?:ignore|desconsidere|esqueça|descarte)\b.{0,40}\b(?:instruç(?:ão|ões)|regras?|comandos?|orientaç(?:ão|ões)|"
    r"mensage(?:m|ns) anterior(?:es)?)\b",
    r"\b(?:responda|diga|escreva)\b (?:apenas|somente|só|sempre|exatamente)\b",
    r"\b(?:notas?|mensage(?:m|ns)|instruç(?:ão|ões)|recado|aviso) (?:para|ao|à|aos) (?:os? |a |qualquer )?"
    r"(?:assistentes?|ia|modelos?(?: de linguagem)?|robôs?|chatbots?)\b",
    r"\b(?:diga|informe|garanta) (?:a|aos?|às?|para) (?:todos? |cada |qualquer |os? |as? )*"
    r"(?:clientes?|usuári[oa]s?|compradore?s?) que\b",
    r"\b(?:a partir de agora|de agora em diante),? (?:você|responda|diga)\b|\bfinja (?:ser|que)\b",
    r"\b(?:prompt|mensagem) do sistema\b",
    r"<\|[^|<>]{1,40}\|>",
)
_INSTRUCTION = re.compile("|".join(_PATTERNS), re.IGNORECASE)


def is_instruction(text: str) -> bool:
    """Tell whether a text holds words that give a model orders, in English or Portuguese.

    It knows the usual wordings, not every one: what a model writes is checked against the record all the same.
    """
    return bool(_INSTRUCTION.search(text))
