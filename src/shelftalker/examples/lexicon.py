"""Closed lists of words that name a material or a colour, in both languages: what makes a pattern sure."""

from __future__ import annotations

__all__ = ["COLOURS", "MATERIALS", "word_pattern"]

MATERIALS = (
    "aluminium aluminum steel iron brass bronze copper titanium silver gold zinc pewter tin metal alloy chrome "
    "plastic polypropylene polyethylene polycarbonate acrylic abs pvc hdpe nylon polyester silicone rubber latex "
    "vinyl fleece neoprene spandex elastane cotton wool linen silk cashmere felt canvas denim leather suede hide "
    "velvet satin jute hemp bamboo wood oak hickory eucalyptus chestnut pine walnut beech maple birch teak mahogany "
    "cedar cherry ash plywood mdf cork rattan wicker glass crystal ceramic porcelain stoneware earthenware clay "
    "terracotta marble granite stone slate concrete paper cardboard foam down feather wax carbon fibreglass "
    "fiberglass graphite resin microfibre microfiber mesh tweed borosilicate lycra corduroy flannel melamine enamel "
    "soapstone bone horn "
    "alumínio aço ferro latão cobre titânio prata ouro estanho metal liga plástico polipropileno polietileno "
    "policarbonato acrílico náilon poliéster borracha látex vinil elastano algodão lã linho seda feltro lona couro "
    "camurça veludo cetim juta cânhamo bambu madeira carvalho pinho pinus nogueira faia bordo cedro eucalipto mogno "
    "compensado cortiça vime vidro cristal cerâmica porcelana argila barro terracota mármore granito pedra ardósia "
    "concreto papel papelão espuma pluma cera carbono resina microfibra malha jeans inox"
).split()

COLOURS = (
    "black white red blue green yellow orange purple violet pink brown grey gray beige ivory cream navy turquoise teal "
    "aqua cyan magenta maroon burgundy crimson scarlet gold golden silver bronze copper charcoal olive lime khaki tan "
    "coral lavender lilac indigo mustard amber rose graphite cobalt sand mint emerald "
    "preto preta branco branca vermelho vermelha azul verde amarelo amarela laranja roxo roxa violeta rosa marrom "
    "cinza bege marfim creme marinho turquesa dourado dourada prateado prateada vinho bordô grafite oliva cáqui coral "
    "lavanda lilás mostarda âmbar areia esmeralda cobre terracota natural"
).split()


def word_pattern(words: tuple[str, ...] | list[str]) -> str:
    """Return a pattern that matches any of the words, longest first."""
    return "|".join(sorted(words, key=len, reverse=True))
