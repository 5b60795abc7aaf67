"""Questions that name no product: greetings, questions about the shop, a price alone, orders to the model."""

from __future__ import annotations

import re

from shelftalker.metrics.sentences import sentences
from shelftalker.prompts import is_instruction

__all__ = ["names_nothing", "without_orders"]

_SHOP = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|bye|help|test)\b[\w ,]{0,12}\W*$"
    r"|\b(?:when|where|how|what time) (?:are|do|can|will) you\b(?! (?:use|clean|wash|charge)\b)"
    r"|\b(?:when|where) (?:do|can|will) (?:we|i)\b(?! (?:use|clean|wash|charge|open|buy|get|find|order)\b)"
    r"|\bdo you (?:ship|deliver|accept|take|offer|open|close|speak|give|charge|gift)\b"
    r"|\b(?:opening|business|store|shop) hours\b|\bwho are you\b|\bwhat can you do\b"
    r"|\byour (?:shop|store|address|phone|hours|return|refund|policy|website|team|name|owner)\b"
    r"|\bmy (?:order|refund|invoice|account|password|delivery|package)\b"
    r"|\b(?:which|what)(?: one)? of (?:your|the|these|all) .*\b(?:cheapest|best|\w+est|(?:most|least) \w+)\b"
    r"|\byour (?:cheapest|best|most popular|newest)\b"
    r"|^\W*(?:oi|olá|bom dia|boa (?:tarde|noite)|obrigad[oa]|tchau|ajuda|teste)\b[\w ,]{0,12}\W*$"
    r"|\bvocês?\b.{0,12}\b(?:entrega|aceita|abre|fecha|envia|fica|parcela|troca|atende|faz|dá|dão)m?\b"
    r"|\bhorário de\b|\bquem é você\b|\bformas? de pagamento\b"
    r"|\b(?:meu|minha) (?:pedido|compra|conta|senha|nota|entrega|encomenda)\b"
    r"|\bqual d(?:os|as) .*\b(?:mais|menos) \w+",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(?:r|us)\$|\$|€|£|\b(?:usd|eur|brl|reais|dollars?|euros?|dólares)\b", re.IGNORECASE)


def names_nothing(question: str, name: str) -> bool:
    """Tell whether a question whose product was not found names none at all.

    Args:
        question: the question.
        name: what the finder took for the product's name.
    """
    if is_instruction(question) or _SHOP.search(question):
        return True
    left = _PRICE.sub(" ", name)
    return left != name and not re.search(r"[^\W\d_]", left)


def without_orders(question: str) -> str:
    """Return a question without the sentences that give a model orders; all of it where nothing else is there."""
    if not is_instruction(question):
        return question
    return " ".join(one.text for one in sentences(question) if not is_instruction(one.text)) or question
