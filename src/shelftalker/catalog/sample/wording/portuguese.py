"""Portuguese sentences that any kind may use, about its facts and about nothing that contradicts them."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["APPARATUS", "CLOSERS", "HEADINGS", "LABELS", "MAKER", "POOLS", "SHOP", "STATEMENTS", "VOICES"]

LABELS = MappingProxyType(
    {
        "weight": "Peso",
        "price": "Preço",
        "material": "Material",
        "colour": "Cor",
        "warranty": "Garantia",
        "capacity": "Capacidade",
        "dimensions": "Dimensões",
        "height": "Altura",
        "length": "Comprimento",
        "diameter": "Diâmetro",
        "power": "Potência",
        "voltage": "Tensão",
        "battery_life": "Duração da bateria",
        "pages": "Número de páginas",
        "author": "Autor",
        "year": "Ano de publicação",
        "edition": "Edição",
        "box_contents": "Na caixa",
        "age": "Idade recomendada",
        "origin": "País de origem",
    }
)

STATEMENTS = (
    "{Ele} pesa {weight}.",
    "{O_noun} pesa {weight}.",
    "O peso é de {weight}.",
    "Na balança, são {weight}.",
    "Fora da embalagem, {o_noun} pesa {weight}.",
    "{Ele} pesa {weight} e mede {dimensions}.",
    "{Ele} mede {dimensions}.",
    "As dimensões são {dimensions}.",
    "Suas medidas são {dimensions}.",
    "Com {dimensions}, cabe onde outros não cabem.",
    "{Ele} é feit{o} de {material}.",
    "Feit{o} de {material}, {o_noun} aguenta o uso diário.",
    "O material é {material}.",
    "Escolhemos {material} porque dura muito.",
    "{Ele} é feit{o} de {material} e vem na cor {colour}.",
    "A cor é {colour}.",
    "Vem na cor {colour}.",
    "Esta é a versão na cor {colour}.",
    "Na cor {colour}, fica bem em qualquer lugar.",
    "A garantia é de {warranty}.",
    "{Ele} tem garantia de {warranty}.",
    "A {brand} oferece garantia de {warranty}.",
    "Se algo falhar, a garantia do fabricante vale por {warranty}.",
    "Custa {price} e tem garantia de {warranty}.",
    "O preço é {price}.",
    "{Ele} custa {price}.",
    "Sai por {price}.",
    "Por {price}, é um preço justo pelo que oferece.",
    "Preço: {price}.",
    "A capacidade é de {capacity}.",
    "{Ele} tem capacidade para {capacity}.",
    "{Ele} tem capacidade de {capacity} e pesa {weight}.",
    "A altura é de {height}.",
    "{Ele} tem {height} de altura.",
    "Da base ao topo são {height}.",
    "O comprimento é de {length}.",
    "{Ele} tem {length} de comprimento.",
    "De ponta a ponta são {length}.",
    "O diâmetro é de {diameter}.",
    "{Ele} tem {diameter} de diâmetro.",
    "Com {diameter} de diâmetro, não é grande nem pequen{o} demais.",
    "A potência é de {power}.",
    "{Ele} tem potência de {power}.",
    "Consome no máximo {power}.",
    "Funciona em {voltage}.",
    "A tensão é de {voltage}.",
    "Funciona em {voltage} e tem potência de {power}.",
    "A bateria dura {battery_life}.",
    "A duração da bateria é de {battery_life}.",
    "Uma carga completa rende {battery_life} de uso.",
    "São {battery_life} de autonomia.",
    "Na caixa {vem} {box_contents}.",
    "Acompanha {box_contents}.",
    "{Ele} vem com {box_contents}.",
    "Itens inclusos: {box_contents}.",
    "{Ele} é indicad{o} para crianças {age}.",
    "Idade recomendada: {age}.",
    "Recomendamos {o_noun} para crianças {age}.",
    "{Ele} é fabricad{o} {em_origin}.",
    "País de origem: {origin}.",
    "Fabricad{o} {em_origin}, com controle peça por peça.",
    "Fabricad{o} {em_origin}, {ele} é feit{o} de {material}.",
)

SHOP = (
    "É um bom presente para {person} ou para você.",
    "Já vendemos para {person} e para {person2}, e os dois voltaram para comprar outr{o}.",
    "Nossa loja em {place} tem um exemplar em exposição: venha experimentar.",
    "A embalagem não leva plástico e pode ir direto para a reciclagem.",
    "Se não gostar, devolva: nós resolvemos.",
    "Pergunte a quem já comprou: a resposta será sempre a mesma.",
    "Há opções mais baratas e mais caras; poucas são tão fáceis de usar.",
    "Foi escolhid{o} como favorit{o} da nossa equipe {season}.",
    "Passou pelo teste de {person}, que não se contenta com pouco.",
)

APPARATUS = (
    "Para limpar, basta um pano úmido e um minuto do seu tempo.",
    "O fabricante mantém peças de reposição por muitos anos.",
    "As instruções vêm em letras grandes e são fáceis de entender.",
    "Nada balança e nada faz barulho.",
    "Ocupa pouco espaço e dá ainda menos trabalho.",
    "Guarde em lugar seco quando não estiver em uso.",
)

VOICES = (
    "{reviewer}, de {place}, escreve: '{praise}'",
    "{reviewer} nos contou: '{praise} {praise2}'",
    "{reviewer} comprou para {person}: '{praise}'",
    "Um leitor da revista {magazine} resumiu: '{verdict}'.",
    "Para a revista {magazine}, é {verdict2}.",
)

MAKER = (
    "A {brand} nasceu como uma oficina em {town}, onde {founder} consertava o que os outros jogavam fora.",
    "Até hoje a família de {founder} dirige a {brand}, em {town}.",
    "Na {brand}, prefere-se melhorar um produto a lançar dez.",
    "Todo produto da {brand} é conferido à mão antes de sair de {town}.",
    "{founder} dizia que trabalho bem feito é o que ninguém nota, e a {brand} ainda segue essa regra.",
    "A {brand} responde pessoalmente a cartas e telefonemas; não há gravação para escutar.",
    "Em {town} ainda se fala da enchente que quase fechou a {brand} e da ajuda dos vizinhos.",
    "A {brand} forma seus próprios aprendizes e não os deixa ir embora.",
)

CLOSERS = (
    "Peça hoje e veja com os próprios olhos.",
    "Uma escolha sensata para {person}.",
    "Depois de usar, fica difícil viver sem.",
    "Simples, honest{o} e feit{o} para ser usad{o}.",
    "Pront{o} para anos de uso.",
    "Quantidade limitada.",
    "Obrigado por comprar de uma loja pequena.",
    "Conheça também os outros produtos da {brand}.",
)

HEADINGS = ("Descrição do produto", "Do fabricante", "Características", "Detalhes", "Visão geral", "Sobre o produto")

POOLS = MappingProxyType(
    {
        "person": (
            "um amigo que já tem tudo", "uma estudante em seu primeiro apartamento", "uma avó que sabe o que quer",
            "um professor aposentado", "uma família jovem", "uma enfermeira ocupada", "um vizinho de pouca paciência",
            "um casal que acabou de se mudar", "um irmão difícil de agradar", "uma colega que viaja muito",
            "um tio que conserta tudo", "uma mãe de gêmeos",
        ),
        "person2": (
            "a irmã dele", "o clube de leitura do bairro", "a padaria ao lado", "a escola da vila",
            "o quartel dos bombeiros", "um clube de remo", "o coral da cidade", "o café da esquina",
        ),
        "place": (
            "Vila Ostreira", "Porto Melino", "São Orlo", "Campo Druim", "Serra do Quil", "Barra do Isteiro",
            "Ribeirão das Lontras", "Monte Sarro", "Lagoa Fendida", "Arraial do Vésper",
        ),
        "reviewer": (
            "Marta T.", "Ivo P.", "Célia R.", "Tomás L.", "Priscila N.", "Heitor D.", "Ana F.", "Rubens K.", "Graça S.",
            "Nuno A.", "Vanda B.", "Félix M.", "Odete H.", "Délia V.", "Marcos E.", "Inês V.",
        ),
        "praise": (
            "Não esperava gostar tanto.", "Faz o que promete.", "Chegou rápido e bem embalado.",
            "Meu marido já tomou para ele.", "Melhor que o anterior.", "Compraria de novo amanhã.",
            "É mais fácil de usar do que eu temia.", "As crianças adoraram.", "Dá para sentir que é firme.",
            "Devia ter comprado antes.", "Nenhuma queixa depois de um inverno inteiro.", "Até meu pai aprovou.",
            "É igualzinho à foto.", "Já recomendei a todo mundo no trabalho.",
        ),
        "praise2": (
            "Nota dez.", "Parabéns.", "Voltarei a comprar.", "Vale cada centavo.", "Obrigada!",
            "Vê-se que foi feito com carinho.", "Está tudo dito.", "O que mais se pode querer?",
        ),
        "magazine": (
            "Casa & Prateleira", "Correio de Vila Ostreira", "Armário Moderno", "Lanterna do Consumidor",
            "Vida Simples e Boa", "Bons Domingos", "Gazeta de Porto Melino", "Coisas Úteis", "Cozinha, Horta & Oficina",
        ),
        "verdict": (
            "um triunfo discreto", "a melhor surpresa da estação", "uma pequena maravilha", "difícil achar defeito",
            "bom senso em forma de produto", "um prazer desde o primeiro dia", "a prova de que o simples funciona",
        ),
        "verdict2": (
            "fácil de recomendar", "uma compra segura", "um prazer de usar", "uma ideia bem pensada",
            "uma boa surpresa", "tudo o que se espera no dia a dia", "o acerto do ano",
        ),
        "season": ("nesta primavera", "no outono passado", "nas festas de fim de ano", "neste verão"),
        "few": ("dois", "três", "quatro", "cinco"),
        "few_f": ("duas", "três", "quatro", "cinco"),
    }
)  # fmt: skip
