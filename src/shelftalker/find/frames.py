"""The words that questions are made of around a product's name, English and Portuguese, without accents.

A word here only means "may stand outside of the name". Titles made of the same words are still found: of all the
stretches of a question that the catalogue knows, the longest wins.
"""

from __future__ import annotations

__all__ = [
    "ADJECTIVES",
    "AFTER",
    "ATTRIBUTES",
    "BEFORE",
    "BEFORE_VERBS",
    "CLAUSE_OPENERS",
    "LINKING",
    "NAMELESS",
    "OPENERS",
    "PREPOSITIONS",
    "TAIL_OPENERS",
    "YES_NO",
]


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


YES_NO = _words(
    "is are was were does do did can could will would should has have had must may sera seria tem teria pode",
    "poderia posso vem veio serve vale da",
)
"""A question that starts so asks whether; what follows the name may be any word."""

_ASKING = _words(
    "what whats which who whom whose where when why how hows que qual quais quem quando onde como porque quanto",
    "quanta quantos quantas cade",
)

_TELLING = _words(
    "tell describe explain show give find list compare recommend search need want know looking look say get help",
    "information info details detail description describing summary summarize summarise overview interested buy",
    "buying bought purchase order ordering thinking considering wondering curious word fale falar conte contar",
    "diga dizer descreva descrever explique explicar mostre mostrar liste listar compara comparar procure procuro",
    "procurar busque busco buscar quero queria gostaria preciso precisava saber conhecer entender informacao",
    "informacoes detalhe detalhes descricao resumo resuma faca comprar comprei pensando algo palavra",
)

CLAUSE_OPENERS = (
    YES_NO | _ASKING | _TELLING | _words("it its they please por favor ele ela eles elas eh foi e isso there ha")
)
"""First word of a clause that follows the name: "X - how heavy is it?"."""

OPENERS = CLAUSE_OPENERS | _words("hi hello hey ola oi in of for from em de entre between among about sobre i im eu")
"""A question's first word."""

TAIL_OPENERS = _words(
    "weigh weighs weighing cost costs costing made make makes come comes coming came have has having had contain",
    "contains include includes including included hold holds fit fits work works last lasts need needs require",
    "requires run runs use uses using support supports measure measures mention mentions mentioned say says look looks",
    "feel feels smell smells taste differ compare compares is was are were be does do did can could will would should",
    "written published released available suitable good safe worth guaranteed",
    "pesa pesam pesando custa custam tem possui possuem vem vinha acompanha acompanham inclui incluem contem cabe",
    "cabem funciona funcionam dura duram precisa precisam serve servem mede medem menciona fala diz eh foi era sao",
    "esta estao feito feita feitos feitas escrito escrita publicado publicada lancado lancada fabricado fabricada",
    "indicado indicada disponivel vale ajuda suporta usa gasta consome sai fica muda",
)
"""The first word after a name, where the rest of the question may be any words."""

PREPOSITIONS = _words("about before after for from in on with by as to para por com no na em de do da e and or ou")
"""May follow a name as well as stand in one."""

LINKING = _words(
    "of is are was were does do did can could will would should has have the a an on about for with in to from by",
    "product item article book wrote made between than de da dos das e eh o os as um uma tem sobre para com no na",
    "em ao foi sao esta pelo pela produto artigo livro escreveu pesa custa mede entre que",
)
"""The last word before a name, where the question holds words that are not listed here."""

_GENERIC = _words(
    "product item article thing model record title named called name amazon shop store catalog catalogue listing",
    "page website site online book produto artigo coisa modelo registro titulo chamado chamada nome loja catalogo",
    "anuncio pagina livro",
)

_PRONOUNS = _words(
    "this that these those my your his her their our me you i we us they them it its he she some any one ones",
    "there here something anything everything nothing este esta estes estas esse essa esses essas isso isto",
    "aquele aquela meu minha seu sua ele ela eles elas dele dela deles delas te se eu voce voces lhe algum alguma",
    "aqui ai la",
)

_SMALL = _PRONOUNS | _words(
    "a an the of to in on at for from with without by about into and or not more most much many very also so just",
    "really exactly actually anyway if be been being am im ive id did does do got has have had was were will",
    "would can could may might must please thanks thank hi hello hey ok okay dear sir madam out up no yes than",
    "then doesn isn t s d m ll ve re sort kind type o os as um uma uns umas de da dos das em na nos nas num numa",
    "por pelo pela para pra pro com sem sobre e ou nao sim mais menos muito muita tambem bem ja agora favor",
    "obrigado obrigada ola oi dia boa tarde noite pode poderia podia consegue tem ter ha eh foi sao era ser estar",
    "esta estao ao aos pois entao mesmo afinal exatamente todo toda tudo que",
)

ATTRIBUTES = _words(
    "weight price cost material materials maker manufacturer brand fabric colour color colours colors size sizes",
    "dimension dimensions measurement measurements height width length depth thickness diameter capacity volume",
    "power wattage watts voltage volts battery life warranty guarantee year years months hours number page pages",
    "count author authors writer publisher publication release edition isbn language languages box package",
    "packaging contents content age ages recommended origin country feature features specification specifications",
    "specs facts main points characteristics quality difference differences subject topic ingredients flavor",
    "flavour genre rating reviews plot story category centimetres centimeters inches litres liters kilos grams",
    "peso preco precos valor custo materiais marca fabricante tecido cor cores tamanho tamanhos dimensao",
    "dimensoes medida medidas altura largura comprimento profundidade espessura diametro capacidade litros",
    "potencia voltagem tensao bateria pilhas autonomia duracao carga garantia prazo tempo ano anos meses horas",
    "numero paginas autor autora autores editora publicacao lancamento edicao idioma caixa embalagem conteudo",
    "idade faixa etaria recomendada indicada origem pais caracteristica caracteristicas qualidade diferenca",
    "diferencas assunto ingredientes sabor genero categoria pontos principais fatos itens acessorios enredo",
    "historia",
)
"""What may be asked of a product."""

ADJECTIVES = _words(
    "heavy heavier big bigger large larger small smaller tall taller high higher wide wider long longer deep",
    "thick light lighter old expensive cheap cheaper powerful fast hot strong loud difficult pesado pesada",
    "pesados leve grande pequeno pequena maior menor alto alta largo larga comprido comprida longo fundo grosso",
    "caro cara barato barata potente novo antigo",
)
"""Before a name only after "how", "is", "more" and the like: "how heavy is X", but not "the heavy X"."""

BEFORE_VERBS = _words(
    "charging using",
    "items included sai fica recebo itens",
    "wrote made published mention mentions mentioned said says record weighs fits features come use does anything",
    "escreveu pesa custa mede cabe cabem dura menciona fala feito feita fabricado publicado lancado acompanha vem",
    "usa usado foi autor sabe quantas quantos registro trata",
)

_AFTER_ONLY = _words(
    "charging use",
    "list",
    "on amazon good bad best better nice useful safe waterproof washable dishwasher microwave machine wireless",
    "portable rechargeable adjustable foldable new used paperback hardcover works working stock guaranteed",
    "included suitable kids kid child children adult adults beginners gift exactly across apart sets differ",
    "different whom what compare compares quanto quantos quantas impermeavel lavavel resistente agua fio portatil",
    "capa dura usado disponivel estoque criancas crianca adulto adultos presente seguro adequado diferentes",
    "diferente muda",
)

BEFORE = OPENERS | LINKING | _GENERIC | _SMALL | ATTRIBUTES | BEFORE_VERBS
"""Words that may stand before a name."""

AFTER = CLAUSE_OPENERS | TAIL_OPENERS | PREPOSITIONS | _GENERIC | _SMALL | ATTRIBUTES | ADJECTIVES | _AFTER_ONLY
"""Words that may stand after a name."""

NAMELESS = _PRONOUNS | _GENERIC | ATTRIBUTES | _words("the a an of o os as um uma de do da dos das e and")
"""Words that never name a product by themselves in a question, unless marked by a capital or quotes."""
