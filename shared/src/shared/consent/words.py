"""Classes of words that the rules are written in. A rule names a class in capitals (`STOPV DET* TEXTS`).

Everything here is as `tokens` leaves it: lower case, no accents, contractions opened ("dont" is "do not"), shorthand
mended ("txt" is "text"). A new spelling belongs into `spelling`, a new word into the class whose place it takes.
"""

from __future__ import annotations

from shared.consent.wordlists import words

STOP_SIGNS = frozenset("⛔🛑🚫🚷✋🖕🤬")

# --- English -------------------------------------------------------------------------------------------------------
_TEXTS = """
text texts texting message messages messaging sms spam promo promos promotion promotions promotional ad ads
advert
adverts advertising advertisement advertisements advertizing marketing alert alerts notification notifications
notice notices reminder
reminders offer offers solicitation solicitations solicitating newsletter newsletters update updates
communication communications
communicating blast blasts campaign campaigns mms coupon coupons deal deals notifying correspondence robotexts
robotext junk
specials announcements announcement bulletins mensaje mensajes textos
"""
_WRITING = """
texting messaging contacting bothering spamming harassing pestering bugging annoying soliciting sending writing
pinging
notifying blowing hitting bombarding hounding stalking disturbing nagging harrassing reaching badgering messing
"""
_WRITE = """
text message contact bother spam harass bug write ping solicit pester disturb notify annoy reach hound
"""
_DET = """
the these those this that your all any more further such future of with from my a an kind other another every
single
anymore no stupid damn fucking freaking annoying bloody constant endless daily weekly random unwanted
unsolicited automated
automatic promotional marketing text sms message spam promo commercial various same whatever them sales mass
bulk
receiving getting so many much both incessant nonstop company business reminder alert phone cell mobile us you
guys it
shift load lead order political fundraising appointment
"""
CLASSES: dict[str, str] = {
    "STOP": "stop unsubscribe stopall unsub optout",
    "STOPV": "stop quit cease halt end discontinue",
    "ENDV": "cancel terminate disable deactivate suspend mute silence",
    "TEXTS": _TEXTS,
    "NOUNS": """
        texts texting messages messaging sms smses spam promos promotions ads advertisements adverts marketing
        alerts notifications reminders
        solicitations newsletters communications blasts mms robotexts txts notices offers coupons deals specials
        contact communication
    """,
    "ENDING": (
        "stop quit cease halt end discontinue cancel terminate finish kill nix ditch suspend "
        "disable eliminate unfollow silence stopping ending quitting ceasing cancelling canceling "
        "unsubscribing"
    ),
    "WRITING": _WRITING,
    "WRITE": _WRITE,
    "CALLING": "calling phoning emailing",
    "CALL": "call phone email",
    "CHANNEL": "email emails call calls phonecalls robocalls",
    "DET": _DET,
    "MY": "my this our the that his her",
    "ME": "me us",
    "MEOBJ": "me us",
    "NUM": ("number numbers phone cell cellphone digits # num line contact info information name mobile telephone"),
    "REMOVE": (
        "remove delete take drop get strike suppress blacklist scrub erase wipe kick pull cut boot "
        "purge unlist clear knock pluck withdraw"
    ),
    "REMOVING": "removing deleting taking dropping getting striking",
    "REMOVED": "removed deleted unsubscribed dropped erased taken stricken",
    "OFF": "off from out",
    "LISTS": """
        list lists database system contacts campaign campaigns program subscription subscriptions db records
        rolodex
        distribution roster thread chat group file files service directory club
    """,
    "TEXTLISTS": (
        "list lists database system contacts campaign campaigns subscription subscriptions records distribution"
    ),
    "OTHERLIST": """
        emergency wait waiting guest wish shopping price standby wine grocery packing call-back cancellation prayer
    player
        pickup
        attendance class reading shift night contact-tracing day mailing-house pickup
    """,
    "EMAIL": "email emails mail newsletter e-mail mailing",
    "DAMN": ("tf f the hell fuck fucking freaking frick heck damn damned god please just ever all always constantly"),
    "NEG": "not never nor without neither",
    "PLEASE": "please kindly",
    "YOU": "you yall ya they them people guys someone somebody anyone",
    "IWE": "i we",
    "WANT": "want need wish like desire prefer wanted request would demand",
    "TELL": (
        "tell told telling ask asked asking say said saying text texted replied reply replying "
        "sent wrote typed texting type texts put send hit begged requested"
    ),
    "CONSENT": "consent permission authorization authorisation approval",
    "REVOKE": "revoke withdraw rescind revoking withdrawing rescinding revoked retract cancel",
    "WHODIS": "who",
    "SWEAR": "fuck eff screw piss f fk fuk feck bugger",
    "THING": "this that these those it them anything everything nothing stuff shit crap garbage bs",
    "TODO": "to 2 too and",
    # Beside a keyword these change nothing.
    "FLUFF": """
        please thanks thank you thx ty tysm hi hello hey ok okay now immediately sir maam guys everyone just
        again already
        kindly ugh lol yo dude man bro bruh buddy pal lady mister miss today right asap forever permanently
        period exclamation
        yes yeah yep yup no nope nah damn fucking freaking god jesus omg ffs wtf jerk jerks asshole assholes
        idiot idiots people yall ya folks everybody so much very really seriously finally hell fuck honey fr ngl
        smh istg
        hon sweetie dear friend friends team sorry well oh ah ugh eh then sincerely regards fam homie dawg boss
        chief babe luv
        svp bitte por favor gracias ya aub pf plis merci danke grazie obrigado obrigada graag tak po pakiusap
        bye pronto stat
        goodbye cheers mate anyway alright fine cool great jk urgently urgent instantly ever once
        de una vez inmediatamente ahora senor senora senorita joven amigo amiga hombre buenas buenos tardes dias
        noches hola mil
        muchas dios bendiga brother sis sister mija mijo amor oiga oye we wey guey pues xd kthx tia pendejo
        pendejos
    """,
    "SMALL": ("me all it this that the a in at for good last time per law and im done of my too here caps to sending"),
    "TAIL": """
        bc coz cus
        or i we wrong who why not no you because since before do never thanks its sorry unsubscribe cancel quit
        end opt
        remove take leave bothering if or lest my im please otherwise already u wtf cause cuz keine kein ich je
        nao eu non ne io ik ja jag
        there he she they is isnt am did dont nobody someone have has had everything enough this that
    """,
}
BUSINESS = words("""
    order orders delivery deliveries payment payments service shipment autopay water gas work job construction meds
    medication treatment sign light lights watch loss motion time valve sale leak leaking bleeding crying noise
    alarm car cars truck bus train train's rent billing charges charge auto pay subscription shipping production
    printing project repair machine engine traffic smoking drinking eating sugar taking using check cheque checks
    transfer transfers bank card drop street signs sleeping barking running going moving talking waiting mowing mail
""")
