"""Classes of Spanish words. Verbs come in many forms with pronouns attached, so they are made from their stems."""

from __future__ import annotations

from shared.consent.wordlists import words


def _forms(stems: str, endings: str) -> frozenset[str]:
    return frozenset(stem + ending for stem in stems.split() for ending in endings.split())


_PRONOUNS = ("", "me", "nos", "le", "les", "lo", "la", "los", "las", "melo", "melos", "melas", "mela", "os")


def _with_pronouns(stems: str, endings: str) -> frozenset[str]:
    return frozenset(form + pronoun for form in _forms(stems, endings) for pronoun in _PRONOUNS)


_AR_WRITE = (
    "mand envi molest textee texti tecste texte contact notific notifiqu avis fastidi acos hostig spame mensaje agobi"
)
ESCRIBA = (
    _forms(_AR_WRITE, "e en es eis emos ara aran aras arais ase asen") | _forms("contact text", "e en es")
    | _forms("escrib", "a an as ais amos iera ieran ieras iese") | words("""
    busquen busque marquen envian envien escribes escriben mandan envias mandas lleguen llegue manda envia escribe
    mandais enviais notifiquen notifique spameen
""")
)  # fmt: skip
ESCRIBIR = (
    _with_pronouns(_AR_WRITE, "ar ando")
    | _with_pronouns("escrib", "ir iendo")
    | _with_pronouns("contact", "ar ando")
    | words("""
        recibir recibiendo recibirlos recibirlo molestar joder jodiendo chingar chingando insistir hablarme hablando
        llenar
    """)
)
LLAMAR = words("llamar llamarme llamen llame llames llameis llamando llamandome marcar marcarme")
DEJAR = _forms("dej par ces suspend detien deteng evit abstengan absteng", "") | words("""
    deja dejen deje dejad paran cesaran cesara pararan parara dejasen dejar dejarme dejarnos dejas dejan dejara
    dejaran dejaria dejarian para pare paren parar parad parenle parele parale parenla parela cese cesen cesar cesad
    detenga detengan detener deten detenganse detengase detened suspenda suspendan suspender suspende suspended
    evite eviten evitar eviteme abstenganse abstengase frena frenen frenar corten corta corte cortenle cortala
    cortenla cortela terminen termine terminar interrumpan pararle basta finalizar finalice finalicen pongan
""")
CANCELA = words("""
    cancela cancele cancelen cancelar cancelad cancelo canceleme cancelenme cancelame cancelarme cancelando anula
    anule anulen anular anulo anulad elimina elimine eliminen eliminar desactiva desactive desactiven desactivar
    desactivad suspenda suspendan suspender detener apaga apaguen apagar bloquea bloqueen bloquear quiten quitar
    quite quita retiren retire retirar
""")
QUITEME = frozenset(
    form + pronoun
    for form in (
        _forms("quit borr elimin retir remuev desafili desapunt", "e en a ad ar ando es eis")
        | _forms("saqu", "e en es eis") | _forms("sac", "a ad ar ando")
        | _forms("remov", "er ed") | _forms("remuev", "a an")
        | _forms("desuscrib desinscrib excluy suprim", "a an e ir id iendo") | {"dessuscribir", "excluir", "desuscriba"}
    )
    for pronoun in ("me", "nos", "lo", "los", "la")
)  # fmt: skip
QUITE = (
    _forms("quit borr elimin retir", "e en a ad ar es eis o ara aran aras ase arian aria")
    | {"sacaran", "sacara", "sacaras"}
    | _forms("saqu", "e en es eis") | _forms("sac", "a ad ar an as") | _forms("remuev", "a an e") | words("""
        remover elimina eliminan quitan tachen excluyan borran suprimir suprima suprime
    """)
)  # fmt: skip
DESUSCRIBIR = _with_pronouns("desuscrib desinscrib dessuscrib", "ir iendo a an e id o") | words("""
    desuscribirse desafiliarme desafiliar desafilienme desapuntarme desapuntadme desinscripcion desuscripcion
    desubscribir desubscribirme desuscribeme
""")
BAJAR = words("""
    darme dar deme dame denme dennos dadme dadnos darnos darse den de dan da doy damos daros dando dieran diera
    denle darle dele dese podrian
""")
TEXTOS = words("""
    mensaje mensajes texto textos sms promo promos promociones promocion publicidad publi propaganda oferta ofertas
    notificacion notificaciones aviso avisos alerta alertas recordatorio recordatorios spam comunicaciones
    comunicacion anuncio anuncios campana campanas newsletter boletin boletines cobros whatsapp whatsapps mms
    encuestas encuesta cadenas descuentos recetas envio envios mensajeria
""")
DETES = words("""
    los las el la sus tus su tu mis mi mas de del estos esos estas esas este ese esta esa tantos tanta tantas tanto
    texto por ya ningun ninguna ninguno otro otros otra todos todas tales dichos cualquier con a tipo comercial
    comerciales publicitarios que ustedes vuestros vuestras vuestra vuestro malditos pinches estupidos mensajes
    recibir mandar enviar me clase lo ni un una solo favor clases molestos
""")
LISTA = words("""
    lista listas base datos sistema contactos registro registros directorio programa suscripcion grupo agenda
    distribucion envios difusion servicio ahi aqui aca esto eso todo campana
""")
NUMERO = words("numero num telefono cel celular contacto datos movil nombre linea tel")
FAVOR = words("""
    por favor gracias ya hola buenas buenos tardes dias noches senor senora senorita joven amigo amiga ok si no de
    una vez ahora mismo inmediatamente urgente xfa oiga oye disculpe disculpen mire miren pues bueno wey we guey man
    bro brother mija mijo hermano muchas mil hoy atentamente saludos dios bendiga los se lo pido agradezco ruego
    cordialmente es nada todos todo usted ustedes vale porque pq que yo soy estoy esta son mas nunca jamas cono
    carajo y sino tengo voy vivo tanto siempre jaja jajaja señor mi estimados estimado en serio xd muy atento
""")
CLASES: dict[str, frozenset[str]] = {
    "ESCRIBA": ESCRIBA, "ESCRIBIR": ESCRIBIR, "LLAMAR": LLAMAR, "DEJAR": DEJAR, "CANCELA": CANCELA,
    "QUITEME": QUITEME, "QUITE": QUITE,
    "DESUSCRIBIR": DESUSCRIBIR, "BAJAR": BAJAR, "TEXTOS": TEXTOS, "DETES": DETES, "LISTA": LISTA, "NUMERO": NUMERO,
    "FAVOR": FAVOR,
    "NO": frozenset({"no", "nunca", "jamas", "ni", "tampoco"}),
    "ME": frozenset({"me", "nos", "le", "les", "os"}),
    "YA": words("ya por favor mas nunca jamas tampoco tan siquiera inmediatamente urgente de una vez todos tanto"),
    "QUIERO": words("""
        quiero queremos deseo deseamos necesito necesitamos autorizo autorizamos acepto aceptamos quisiera
        quisieramos solicito solicite pedi pedimos doy di permito quieren quiere desea gusta gustan interesa
        interesan consiento consentimos quieras queria preferiria prefiero pretendo requiero autorice
    """),
    "PUEDE": words("""
        puede pueden podria podrian puedes podrias podeis podriais podemos favor quiero necesito pido ruego exijo
        solicito deseo
    """),
}  # fmt: skip
