"""How people say it in Spanish: imperatives with and without "usted", infinitives, subjunctives, reflexives."""

from __future__ import annotations

from shared.consent.phrases.spanish_words import CLASES
from shared.consent.rules import Rule, Says, rule


def _es(name: str, says: Says, patterns: str, *, doubtful: bool = False, objects: str = "") -> list[Rule]:
    return rule(name, says, "es", CLASES, patterns, doubtful=doubtful, objects=objects)


ORDERS: list[Rule] = [
    *_es(
        "dejen de escribir",
        "order",
        """
        DEJAR YA* de YA* (estar|andar|seguir)? ESCRIBIR
    """,
        objects="escribir",
    ),
    *_es(
        "paren los mensajes",
        "order",
        """
        DEJAR|CANCELA YA* con? DETES* TEXTOS
        stop (a|con)? DETES* TEXTOS
        (cese|supresion|eliminacion|exclusion) (de) DETES* (TEXTOS|NUMERO)
        (excluido|excluida|eliminado|eliminada|borrado|borrada|retirado|retirada) (de) DETES* (LISTA|TEXTOS)
        DEJAR (me|nos) de (llegar|mandar|enviar|escribir)
        alto|basta|fin a|de|con DETES* TEXTOS
        cero|sin DETES* TEXTOS (por|favor|porfa|gracias|ya)+ >
        DEJAR de (recibir|recibirlos) DETES* TEXTOS
    """,
        objects="mensajes",
    ),
    *_es(
        "cancelar la suscripción",
        "order",
        """
        CANCELA YA* (mi|la|esta|nuestra|su|las|mis|toda)* (suscripcion|suscripciones|inscripcion|subscripcion) \
(a|al|de|por)? DETES* TEXTOS
        CANCELA (mi|la|esta|nuestra)* (suscripcion|suscripciones|inscripcion|subscripcion) (por|favor|gracias|\
ya|porfa|inmediatamente|porfavor|ahora)* >
    """,
    ),
    *_es(
        "darse de baja",
        "order",
        """
        BAJAR YA* (me|nos|este|mi|el)? NUMERO? de baja
        (solicito|pido|pedido|deseo|quiero|solicitar|pedir|tramiten|procesen|requiero|exijo|tramitar) (la|mi|\
una|nuestra) baja
        < (FAVOR)* de baja (FAVOR)* >
        (ponga|pongo|poner) baja
        baja (de|a) DETES* (TEXTOS|LISTA)
    """,
        objects="baja",
    ),
    *_es(
        "desuscribir",
        "order",
        """
        DESUSCRIBIR
    """,
        objects="lista",
    ),
    *_es(
        "quítenme",
        "order",
        """
        QUITEME
        me|nos (PUEDE|hacen|hace|harian)* (el|favor|de|y|me|por)* QUITE
        (salir|salirme|salirnos|borrarme) (de)
        fuera (de)
        NO QUIERO (mas|estar|aparecer|figurar|seguir|ya)+ (mas)? en
        (que|y|favor|porfavor) (me|nos) QUITE
    """,
        objects="lista",
    ),
    *_es(
        "borren mi número",
        "order",
        """
        QUITE|CANCELA (de)? (mi|este|el|ese|nuestro|mis|todos) (mis)? NUMERO
        (QUITE|QUITEME) (de)? (su|sus|la|esa|esta|tu|vuestra)* (lista|listas|base)
    """,
        objects="numero",
    ),
    *_es(
        "déjenme en paz",
        "order",
        """
        (dejeme|dejenme|dejame|dejadme|dejarme|dejenos|dejennos|dejar) (ya)? (en|tranquilo|tranquila|quieto|\
quieta|solo|sola|tranquilos|descansar|vivir) (paz)?
    """,
        objects="paz",
    ),
    *_es(
        "revoco el consentimiento",
        "order",
        """
        (revoco|retiro|revocar|retirar|revoque|cancelo|anulo) (mi|el|la|todo|cualquier)* (consentimiento|\
autorizacion|permiso)
        (derecho) de (oposicion|supresion)
        doy por (terminado|terminada|revocado|cancelado)
    """,
    ),
]

REFUSALS: list[Rule] = [
    *_es(
        "no me escriban",
        "refusal",
        """
        NO YA* (vuelva|vuelvan|vuelvas|volvais|sigan|siga|sigas|este|esten|estes|anden|ande|quiero|deben|\
deberian|tienen)* (a|por|que)? YA* ME YA* (vuelva|vuelvan|vuelvas|sigan|siga|sigas|sigais|este|\
esten|estes|anden|ande|vaya|vayan|vuelvan|sea|sean)* (a)? (ESCRIBA|ESCRIBIR)
        NO YA* (vuelva|vuelvan|vuelvas|volvais|sigan|siga|sigas|este|esten|estes|seguir)+ (a)? (ESCRIBIR)
        NO YA* (ESCRIBA) (mas|nada|por|favor|gracias|ya|nunca|DETES|TEXTOS|aqui)* >
        NO YA* (ESCRIBA|ESCRIBIR) DETES* TEXTOS
        NO YA* (ESCRIBA|ESCRIBIR) (mas)? (a) (este|mi|ese|mis|nuestro) NUMERO
        ya no (quiero|deseo)? que (me|nos)? (ESCRIBA)
        (que) (ya)? (no) (me|nos) (llegue|lleguen) (nada|mas|DETES* TEXTOS)
    """,
        objects="escriban",
    ),
    *_es(
        "no quiero mensajes",
        "refusal",
        """
        NO YA* (me)? QUIERO (mas|seguir|continuar|que|me|mi|permiso|consentimiento|autorizacion|nos|para|sigan|\
siga|de|por|el|ningun|su|a)* (recibir|recibiendo|recibirlos|tener|ver|manden|mande|envien|envie|\
llegue|lleguen|mandes|envies|recepcion)? DETES* TEXTOS
        NO YA* QUIERO (seguir|continuar|mas)* (recibir|recibiendo|recibirlos) (mas|nada|esto|eso|por|favor|de|\
ustedes|gracias|ninguna|cosa|informacion|info|DETES)* >
        NO YA* QUIERO (que)? (me|nos) (sigan|siga|vuelvan|anden|esten)? (ESCRIBA|ESCRIBIR|contacten|contacte)
        NO YA* QUIERO (ser)? (contactado|contactada|molestado|molestada)
        NO (mas|otro|un|ni) (mas)? (DETES)* TEXTOS
        ni un (solo)? (mensaje|texto) mas
        NO (ESCRIBA) ni (uno|una) mas
        NO QUIERO nada (de|con|por)? (ustedes|favor)? (gracias)? >
        NO (doy|di|tienen|tiene|he|dado|otorgo|les|le)+ (mi|su|el)? (permiso|consentimiento|autorizacion)
        NO (autorizo|consiento|autorice|autorizamos) (el|la|que|a|mas|por|favor|uso|envio|de|mi|mis|este|\
tratamiento|TEXTOS)* (NUMERO|TEXTOS|envio|ESCRIBA|uso|>)
        (prefiero|preferiria) (no|dejar) (de)? (recibir|seguir)
    """,
        objects="quiero",
    ),
]

SAYINGS: list[Rule] = [
    *_es(
        "les dije que paren",
        "saying",
        """
        (dije|pedi|digo|pido|pedido|dicho|escribi|mande|puse|repito|repetido|envie|pongo|mando|escribo|respondi|\
conteste) (ya)? (que)? (ya)? (no|paren|pare|dejen|deje|stop|alto|baja|basta)
    """,
    ),
]

QUESTIONS: list[Rule] = [
    *_es(
        "pregunta cómo parar",
        "question",
        """
        como (puedo|hago|le|se|para|me|yo|podria|debo|hacer|hacemos)* (cancelo|cancelar|paro|parar|detengo|\
detener|elimino|eliminar|quito|quitar|dejo|dejar|desactivo|desactivar|que|no|de|me|recibir)* (los|\
las|estos|estas|sus|de|me|lleguen|llegue|tantos|mas|tanto|tantas)* TEXTOS
        como (puedo|hago|le|se|para|me|yo|podria|debo|hacer|que|no)* (salgo|salir|salirme|desuscribo|\
desuscribir|desuscribirme|quito|borro|lleguen|sacan|quitan|mandar) (de)? (esto|esta|aqui|la|lista|\
tantos|mas|eso)
        como (puedo|hago|le|se|para|me|yo|podria|debo|hacer|que)* (doy|dar|darme|damos) de baja
    """,
        objects="baja",
    ),
    *_es(
        "pregunta por qué",
        "question",
        """
        (por|para|pa) (que|k|q) (me|nos|siguen|sigue|estan|esta|tanto|tantos)+ (ESCRIBA|ESCRIBIR|llegan|siguen|\
sigue|mandan|llega|TEXTOS)
        (quien|quienes) (les|le|te|os|cono|carajo|eres|son)* (dio|paso|dieron|autorizo|eres) (mi|este|el|y)? \
(NUMERO|por|permiso)
        (donde|como) (sacaron|consiguieron|obtuvieron|habeis|tienen|saco|consiguio|obtuvo|sacado|conseguido|\
tiene|sacasteis|sacaste)+ (mi|este|el) NUMERO
        (quien) (cono|eres|son|es|sos|habla)+ y? por que
    """,
    ),
]

UNHAPPY: list[Rule] = [
    *_es(
        "no me interesa",
        "unhappy",
        """
        NO (me|nos) (interesa|interesan) (mas|nada|gracias|por|favor|brother|hermano|bro|su|la|oferta|ofertas|\
eso|esto|ya|para|senor|joven|amigo)* >
        NO (estoy|estamos) interesad (o|a) >
        NO (estoy|estamos) (interesado|interesada|interesados) (gracias|por|favor|ya|en|nada|mas|sus|su|\
oferta)* >
        no interesado|interesada >
        no tengo interes
    """,
    ),
    *_es(
        "número equivocado",
        "unhappy",
        """
        < (creo|que|tiene|tienen|tienes|este|es|el|esta|estan|se|numero|qué|pena|pero|no|disculpe|perdon|lo|\
siento|un|al|hola|senor|senora|marcaron|telefono|a|mensaje)* (equivocado|equivocada|equivocados|\
equivocan|equivoco|equivocaron|equivocaste|incorrecto|erroneo) (de|numero|persona|telefono|gracias|\
por|favor|cliente|contacto|amigo|senor|señora|senora|joven|ya|no|soy|hermano|no|FAVOR|es|aqui|\
este)* >
        (ese|este) no es (mi|su|el|de) (numero|telefono)
        no (conozco|conocemos) (a)? (ninguna|ningun|nadie|esa|ese|quien)
        (ya)? no soy (cliente|paciente|socio|socia|alumno|alumna|miembro|yo|la persona|el dueno)
        no soy (esa|ese|la) (persona)
    """,
    ),
    *_es(
        "basta",
        "unhappy",
        """
        < (FAVOR)* no (enviar|mandar|escribir|contactar|textear) (mas|FAVOR)* >
        ya estuvo (bueno|suave|de|con)
        ya estuvo >
        ya (basta|paren|parenle|chole|parale|dejen|esta bueno)
        < (ya|por|favor|no|que)* (basta|parenle|paren|pare|parele|alto|detente|detenganse|detengase|paralo) \
(FAVOR|ya|de|por|favor|una|vez|ahi|eso|esto|todo|gracias)* >
        NO (me)? (molestar|molesten|moleste|molestes|jodan|joda|jodas|fastidien|chinguen)
        < (ya|por|favor)* no (mas|sigan|insistan|insista|sigas) (por|favor|gracias|ya|nada|asi)* >
        (me|nos) (tienen|tiene) (harto|harta|cansado|cansada|hartos|podrido)
        (dejenme|dejeme|dejame|dejen) >
        (vayanse|vayase|vete|largate|larguense) (a|al|de)
        (que|vaya) (jodienda|turra|pesados|pesadez|fastidio|lata|molestia|ladilla|cansones) (con|de|los|sus|estos|\
tantos|\
tanto|tan|otra|vez|siempre|recibir|TEXTOS|FAVOR)* >
        (no) (envien|manden|escriban|envie|mande|envies|mandes|envieis|mandeis) >
        (cansan|cansado|cansada|harto|harta|hartos|hasta la madre) (de|con|los) (sus|los|tantos|tanto|estos|\
ustedes|TEXTOS)
        (borro|salgo|retiro) de (esto|aqui)
        < (que|son|muy|tan|mas|otra|vez|puro|puros|cuanto|ustedes|demasiado|esto|es|un|una|ay|ya|estan|otro)* (spam|\
molesto|molestos|molesta|molestas|insistentes|insistente|fastidiosos|fastidioso|cansones|cansinos|intensos|asco|\
pesados|plasta) (tan|muy|son|de|con|los|sus|estos|ustedes|otra|vez|molesto|molestos|spam|TEXTOS|por|favor|siempre)* >
        (canse|cansamos|harte|hartamos) de (ustedes|sus|los|tantos|esto|TEXTOS)
    """,
    ),
    *_es(
        "amenaza",
        "unhappy",
        """
        (los|las|les|lo|la|os|te|voy|vamos|a)+ (denunciar|denuncio|reportar|reporto|demandar|demando|bloquear|\
bloqueo|reportare|denunciare|bloqueare|poner una denuncia|poner una queja)
        (os|los|las|te|lo|la) (bloqueo|denuncio|reporto|bloquee|reporte|bloqueado)
        (esto|eso|este|ustedes|son|es|mensajes|estos|unos)+ (es|son|parece|una|puro|un|unos|acoso|parecen|ya)* \
(spam|acoso|estafa|estafadores|fraude|hostigamiento|molestos|molesto|abuso|ilegal)
        (poner|presentar|pondre|interponer) (una)? (denuncia|queja|demanda)
    """,
    ),
    *_es(
        "nunca pidió mensajes",
        "unhappy",
        """
        NO (me)? (suscribi|inscribi|registre|apunte|afilie|autorice|solicite|pedi|suscrito|pedido|firme) (a|en|\
esto|nada|para|eso|estos|esos|sus|que|TEXTOS|aqui)
        NO (di|he|dado|les|le)+ (mi|este) (numero|telefono|permiso|autorizacion)
        NO (me)? (suscribi|inscribi|apunte) >
    """,
    ),
    *_es(
        "demasiados mensajes",
        "unhappy",
        """
        (demasiados|tantos|muchos|tanto|tantisimos|puros) TEXTOS
        (llegan|llega|mandan) (como|mas)? (de)? (mil|diez|cien|veinte|muchos|demasiados|100|10|20)
        (mensajes|textos) (a|de)? (mi)? (no|ya) (me|no) (gusta|gustan)
        (prefiero|mejor) (que|por|una)? (me)? (llamen|correo|llamada|email|llamenme)
        (no) (me|nos) (gustan|gusta) (DETES)* TEXTOS
        (ya)? (no)? (vivo|trabajo) _? _? (para|por) que
    """,
    ),
    *_es(
        "no me llamen",
        "unhappy",
        """
        (por)? (favor)? (no|dejen) (de)? (me)? LLAMAR
        DEJAR de LLAMAR
        no me (vuelvan|vuelva|vuelvas)? (a)? LLAMAR
    """,
        objects="llamar",
    ),
    *_es(
        "menos mensajes",
        "unhappy",
        """
        (solo|solamente|nomas|unicamente) _? _? _? _? _? (promociones|ofertas|publicidad|promos) no
        (promociones|ofertas|publicidad|promos) no >
        nada de TEXTOS
    """,
    ),
]

PAST: list[Rule] = [
    *_es(
        "se dio de baja",
        "past",
        """
        (me|nos) (di|dimos|dado|dieron|dio|he|han)+ de baja
    """,
        doubtful=True,
        objects="baja",
    ),
]

KEEP: list[Rule] = [
    *_es(
        "que sigan",
        "keep",
        """
        (sigan|siga|sigue|seguir|sigas|siganme|seguid|continuen|continue) (me)? (mandando|enviando|escribiendo|\
recibiendo|mandandome|enviandome|mandandonos|recibiendolos|avisando|avisandome|escribiendome)
        (si|yo si|claro) (quiero|deseo|me interesa) (seguir)? (recibir|los|sus|las|recibiendo|que)
        (textos|mensajes) (estan|esta|si|me) (bien|gustan|sirven|interesan)
        (me) (gustan|encantan|sirven) (los|sus|las)? TEXTOS
        (mandenme|mandame|mandeme|enviame|envieme|envienme|mandeme) (un|el|los|por)? TEXTOS
        (escribame|escribanme|escribeme|mejor) (por)? TEXTOS
        (prefiero|preferiria) (texto|mensaje|mensajes|textos|sms|por)
        mejor (me)? (mandan|escriben|mande|escriba)
        (quiero|deseo) (seguir|continuar) (recibiendo|en|con)
        (vuelvanme|vuelvan|vuelva|vuelveme|vuelvanla) (a)? (inscribir|meter|anadir|agregar|poner|incluir|\
suscribir)
        (volver|vuelva|vuelvan) a inscribir
        (mensaje|mensajes|textos|sms|texto) (de texto)? si (FAVOR)* >
        (mensaje|mensajes|textos|sms) (de texto)? (si|todavia|aun) (los|me|quiero|mandenlos|mandenmelos|dejenlos)
        (mensaje|mensajes|textos|sms) (de texto)? (dejenlos|dejalos|dejelos|mantenganlos|mandenmelos)
        (por)? (mensaje|mensajes|texto|textos|sms) (esta|estan|me) (bien|sirve|sirven|gustan|parece)
        (quiero|deseo) (seguir|continuar) (FAVOR)* >
        (sigan|siga|sigue) con (los|sus|mis)? TEXTOS
    """,
    ),
    *_es(
        "quien escribe sigue",
        "keep mine",
        """
        (pero|mas)? (yo|nosotros) (todavia|aun|tambien)? (si|no) (los|las|FAVOR)* >
        (yo|nosotros) (si|todavia|aun)* (los|las|lo)? (quiero|queremos)
        (a) (mi|nosotros) (si|no)
        (no) yo >
        (ignoren|ignora|ignore) (eso|ese|lo|el)
        (sigan|siganme) (enviando|mandando)
    """,
    ),
]

STARTS: list[Rule] = [
    *_es(
        "alta",
        "start",
        """
        < (FAVOR|quiero|de|la|deseo)* (alta|iniciar|reactivar|comenzar|reanudar|activar) (FAVOR)* >
        (darme|deme|dame|denme|dar) de alta DETES* (TEXTOS|FAVOR|>)
    """,
    ),
    *_es(
        "vuelvan a escribirme",
        "start",
        """
        (vuelve|vuelvan|vuelva|volver|vuelvanme|vuelveme|quiero volver) (a) (me)? (ESCRIBIR|enviarme|mandarme|\
inscribirme|suscribirme|recibir)
        (reactivar|reactiven|reactive|reactiva|activen|activar|activa|reanuden|reanudar) (los|mis|sus|las|el)* \
TEXTOS
        (suscribirme|inscribirme|suscribanme|inscribanme|suscribeme|agreguenme|agregame|metanme) (de nuevo|otra \
vez|nuevamente|>)
    """,
    ),
]

RULES: tuple[Rule, ...] = (*ORDERS, *REFUSALS, *SAYINGS, *QUESTIONS, *UNHAPPY, *PAST, *KEEP, *STARTS)
