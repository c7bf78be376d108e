"""Mends what thumbs, autocorrection and mischief do to the few words that decide: bounded work per word.

Look-alike letters of other scripts, digits for letters, stretched and spaced-out letters, slips of one or two keys in
long words, words run together, and the shorthand of texting.
"""

from __future__ import annotations

from shared.consent.phrases.spanish_words import CLASES
from shared.consent.wordlists import words
from shared.consent.words import CLASSES

_FEWEST_SPACED = 3
_LONG = 7
_SHORT_DISTANCE, _LONG_DISTANCE, _LONG_FROM = 1, 2, 9
_GLUED_LONGEST = 30

_LOOKALIKES = str.maketrans(
    "авеѕіјкмнорсԛтухѡԁԝгɑοερτυικνпьҟ\u0131ꜱᴛᴏᴘʂøđł",
    "abesijkmhopcqtyxwdwraoeptuikvnbkistopsodl",
)
_DIGITS = str.maketrans("015348$@!|", "oiseabsail")

_SHORTHAND: dict[str, str] = {}
for _meaning, _spellings in {
    "please": "pls plz plse pleas pleese plese plz pleaz plss plzz pl",
    "you": "u yu ya'll youall",
    "your": "ur yr yer",
    "yall": "yal yalls",
    "are": "r",
    "text": "txt tx texr tex tezt txet",
    "texts": "txts textes texs txs textss",
    "texting": "txting texing txtn txtin textin texng textn txtng textting texring",
    "texted": "txted",
    "message": "msg mesage messege mssg mensage messge mesg",
    "messages": "msgs mesages messeges mssgs smses msges messgaes messags",
    "messaging": "msging messging mesaging messagin msgin",
    "sending": "sendin sendng sening",
    "bothering": "botherin",
    "unsubscribe": (
        "unsub unsubscibe unsubscirbe unscribe unsubscrib unsubribe desubscribe unsuscribe "
        "unenroll unregister deregister"
    ),
    "unsubscribed": "unsubbed unenrolled unregistered",
    "opt out": "0ptout optout optuot optot otpout otp-out",
    "opted out": "optedout",
    "stop": """
        sopt
        stp stpo sotp tsop sstop stopp stahp stahhp stopo stoop stopt stiop styop stopl stoip stap stawp stio
        dtop stol xtop stpp stoppp stups stope estop etop stopp stob stov tsop stup stip stpop
    """,
    "quit": "qiut quti qit qquit quitt",
    "cancel": "cancle cansel canel cancell",
    "end": "ennd",
    "stop it": "stopit stoppit",
    "stop to end": "stop2end",
    "stop to quit": "stop2quit",
    "stop to stop": "stop2stop",
    "stop to cancel": "stop2cancel",
    "where did": "whered",
    "opt": "0pt",
    "interest": "intrest",
    "interested": "intrested intersted",
    "do not": "dont donot dnt dun dont't ",
    "does not": "doesnt",
    "did not": "didnt didn",
    "will not": "wont",
    "can not": "cant cannot",
    "should not": "shouldnt",
    "would not": "wouldnt",
    "could not": "couldnt",
    "is not": "isnt aint",
    "are not": "arent",
    "was not": "wasnt",
    "have not": "havent",
    "has not": "hasnt",
    "had not": "hadnt",
    "i am": "im",
    "how did": "howd",
    "you will": "youll",
    "i will": "ill",
    "i have": "ive",
    "i would": "id",
    "you are": "youre",
    "you have": "youve",
    "that is": "thats",
    "who is": "whos ",
    "what is": "whats",
    "this is": "dis",
    "want to": "wanna",
    "going to": "gonna",
    "have to": "gotta",
    "any more": "anymore ",
    "no more": "nomore",
    "the": "da teh",
    "with": "w wit",
    "okay": "k kk",
    "and": "n nd",
    "enough": "enuf enuff enoug",
    "fuck": "fck fuk fvck ",
    "leave": "leve ",
    "remove": "remoove rmove remve removee",
    "thanks": "thanx tnx thnx",
    "i do not know": "idk",
    "my": "mah",
    "before": "b4",
    "to": "2",
    "number": "nmber numbr nbr",
    "numero equivocado": "numequivocado",
    # Spanish
    "que": "q ke qe",
    "por favor": "xfavor xfa porfa porfis porfavor pfv porfi xfis xf",
    "por": "x",
    "de": "d",
    "quiero": "kiero qiero quero kero",
    "queremos": "keremos",
    "quiten": "kiten",
    "quitenme": "kitenme qitenme",
    "mensaje": "mensajito msj mjs",
    "mensajes": "msjs mensajitos mjes mensages mensjes mensajse mensaes ",
    "no mas": "nomas",
    "equivocado": "ekivocado equibocado",
    "escriban": "escrivan ",
    "envien": "embien enbien",
    "dejen": "degen dejenn",
    "todos": "tds",
    "baja": "vaja",
    "favor": "fabor fvor",
    "recibir": "resibir recivir resivir",
    "escribir": "escrivir",
    "bro": "bruv brah",
}.items():
    for _spelling in _spellings.split():
        _SHORTHAND.setdefault(_spelling, _meaning)

_TARGETS = (
    "unsubscribe", "unsubscribed", "subscription", "messages", "message", "texting", "messaging", "contacting",
    "contact", "bothering", "spamming", "harassing", "sending", "notifications", "reminders", "promotions", "remove",
    "cancel", "number", "receive", "receiving", "discontinue", "mensajes", "suscripcion", "cancelar", "desuscribir",
    "desuscribirme", "equivocado", "mandarme", "enviarme", "escribirme", "detengan", "eliminen", "quitenme", "borrenme",
    "interested", "permission",
)  # fmt: skip
_REAL_WORDS = words("""
    massage massages contract contracts contrast removed removes removal removing cancels canceled cancelled lumber
    numbers received receives relieve spending mending sensing vending testing taxing context cancer numb contacts
    interest contained message's messages subscriptions subscribed subscribe subscribing resubscribe mensaje enviar
    harassment remote removers eliminan detenga detengo mandarle enviarle escribirle mandarlo enviarlo cancele
    cancelo cancela bordering slamming lending contracting interesting seeding sanding bending tending fending
    heading reading leading loading landing mandarnos enviarnos contacted contacto contactos contactar equivocada
    reminder notification promotion promotional suscribir suscribirme desuscribirse cancelen canceling cancelling
    nextel texture textile extinct desuscribi quiteme bordenme numero receiver deceive
""")
VOCABULARY = frozenset(word for words in CLASSES.values() for word in words.split()).union(*CLASES.values())
"""Words that are right as they are."""
KEYWORDS = words("""
    stop stopall unsubscribe unsub cancel end quit revoke optout remove start unstop help info alto baja pare parar
    paren arret stopp sair cancelar abmelden salir fin basta detener para
""")
_GLUE = words("""
    stop texting text texts me my messages message messaging msg all it this now please sending unsubscribe opt out
    remove no more spam sms do not leave alone list number us take off start sub mas
""")
_GLUE_HEADS = (
    "stop",
    "unsubscribe",
    "opt",
    "remove",
    "nomore",
    "donot",
    "leaveme",
    "takeme",
    "unstop",
    "start",
    "please",
)


def mended(word: str) -> tuple[str, ...]:
    """The words meant by one folded word: usually itself."""
    word = _latin(word)
    meaning = _SHORTHAND.get(word)
    if meaning is not None:
        return tuple(meaning.split())
    head = word.rstrip("0123456789")
    if head != word and head in ("stop", "unsubscribe", "end", "quit"):
        return (head, word[len(head) :])
    if word in VOCABULARY or word in _REAL_WORDS or len(word) < _FEWEST_SPACED or not word.isalpha():
        return (word,)
    return _unstretched(word) or _nearest(word) or _unglued(word) or (word,)


def spelled_out(pieces: list[str]) -> list[str]:
    """Single letters in a row that make a keyword become it: `S T O P`, `S.T.O.P.`, `S-T-O-P`."""
    done: list[str] = []
    place = 0
    while place < len(pieces):
        end, letters = _run_of_letters(pieces, place)
        word = "".join(letters)
        if len(letters) >= _FEWEST_SPACED and _latin(word.casefold()) in KEYWORDS:
            done.append(word)
        else:
            done.extend(pieces[place:end])
        place = end
    return done


def _run_of_letters(pieces: list[str], start: int) -> tuple[int, list[str]]:
    """Where a run of single letters ends, marks between them included; at least one piece is consumed."""
    letters: list[str] = []
    place = start
    end = start + 1
    while place < len(pieces):
        piece = pieces[place]
        if len(piece) == 1 and piece.isalnum():
            letters.append(piece)
            end = place + 1
        elif not letters or piece.isalnum() or place - end >= _FEWEST_SPACED:
            break
        place += 1
    return max(end, start + 1), letters


def _latin(word: str) -> str:
    """Look-alikes and digits for letters, where the result is a keyword; else the word as it is."""
    if word.isascii() and (word.isalpha() or word.isdigit()):
        return word
    plain = word.translate(_LOOKALIKES).translate(_DIGITS)
    return plain if plain in KEYWORDS else word


def _unstretched(word: str) -> tuple[str, ...] | None:
    """`stoppppp`, `pleeease`: letters that come three times or more, once or twice."""
    for keep in (1, 2):
        short = _collapsed(word, keep)
        if short == word:
            continue
        if short in VOCABULARY:
            return (short,)
        if short in _SHORTHAND:
            return tuple(_SHORTHAND[short].split())
    doubled = _collapsed(word, 1, 2)
    return (doubled,) if doubled != word and doubled in KEYWORDS else None


def _collapsed(word: str, keep: int, run_from: int = 3) -> str:
    done: list[str] = []
    place = 0
    while place < len(word):
        end = place
        while end < len(word) and word[end] == word[place]:
            end += 1
        run = end - place
        done.append(word[place] * (keep if run >= run_from else run))
        place = end
    return "".join(done)


def _nearest(word: str) -> tuple[str, ...] | None:
    """One slip in a word of seven letters or more, two in a long one."""
    if len(word) < _LONG - 1:
        return None
    for target in _TARGETS:
        allowed = _LONG_DISTANCE if len(target) >= _LONG_FROM else _SHORT_DISTANCE
        if abs(len(word) - len(target)) <= allowed and word[0] == target[0] and distance(word, target) <= allowed:
            return (target,)
    return None


def _unglued(word: str) -> tuple[str, ...] | None:
    """`stoptextingme`: known words only, from the left, the longest first."""
    if len(word) > _GLUED_LONGEST or not word.startswith(_GLUE_HEADS):
        return None
    found: list[str] = []
    place = 0
    while place < len(word):
        part = next((word[place:end] for end in range(len(word), place, -1) if word[place:end] in _GLUE), None)
        if part is None:
            return None
        found.append(part)
        place += len(part)
    return tuple(found)


def distance(a: str, b: str) -> int:
    """Insertions, deletions, substitutions and swapped neighbours between two short words."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        current = [i]
        for j, right in enumerate(b, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
