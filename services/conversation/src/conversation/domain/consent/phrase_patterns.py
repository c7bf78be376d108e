"""The words and phrases by which people ask us to stop; how they are read is in `consent_phrases`.

Patterns see a sentence as words joined by single blanks (lower case, no accents or apostrophes, usual misspellings
mended) and match whole words only.
"""

from __future__ import annotations

import re

SPELLINGS = {
    "pls": "please", "plz": "please", "plse": "please", "u": "you", "ur": "your", "txt": "text", "txts": "texts",
    "txting": "texting", "texing": "texting", "msg": "message", "msgs": "messages", "msging": "messaging",
    "sms": "texts", "smses": "texts", "massages": "messages", "messeges": "messages", "unsubcribe": "unsubscribe",
    "unsuscribe": "unsubscribe", "optout": "opt out", "donot": "dont", "dnt": "dont", "cannot": "cant", "da": "the",
    "stopp": "stop", "stahp": "stop", "nomore": "no more", "mensages": "mensajes",
}  # fmt: skip
POLITE = frozenset({
    "please", "thanks", "thank", "you", "hi", "hello", "hey", "ok", "okay", "now", "immediately", "sir", "maam", "guys",
    "everyone", "just", "again", "already", "kindly", "ugh", "lol", "yo", "dude", "man", "por", "favor", "gracias",
    "ya", "today", "right",
})  # fmt: skip
WHOLE = frozenset({
    "stop", "stop it", "stop this", "stop all", "stop that", "i said stop", "i want to stop", "make it stop",
    "unsubscribe", "unsubscribe me", "opt out", "opt me out", "remove me", "remove", "remove us", "take me off",
    "leave me alone", "leave us alone", "no more", "no mas", "basta", "alto", "end this", "go away", "enough",
    "fuck off", "piss off", "cease", "cease and desist", "delete me", "delete my number", "remove my number",
    "lose my number", "revoke", "stop stop", "stop stop stop", "do not text", "dont text", "no texts", "dejame",
    "dejenme", "parar", "para", "baja", "im out count me out",
})  # fmt: skip
WHOLE_UNCLEAR = frozenset({
    "not interested", "im not interested", "no im not interested", "wrong number", "get lost", "who gave my number",
    "who gave you my number", "where did get my number", "this is spam", "spam", "scam", "this is harassment",
    "shut up", "fuck", "no interesado", "no me interesa", "numero equivocado", "quit it", "quit",
})  # fmt: skip

_TEXTS = r"(?:texts?|messages?|texting|messaging|mensajes|textos|promos|promotions|alerts|notifications|reminders|spam)"
_WRITING = (
    r"(?:texting|messaging|contacting|bothering|spamming|harassing|pestering|bugging|sending|blowing up my phone)"
)
_WRITE = r"(?:text|message|contact|bother|spam|harass|write|bug)"
_ME = r"(?:me|us|this number|my number|my phone|my cell|here)"
_LIST = r"(?:lists?|database|system|contacts?|campaigns?|texts|messages|distribution|mailing list|records|group text)"

OUT = tuple(
    re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")
    for pattern in (
        rf"(?:stop|quit|cease)(?: and desist)? (?:\w+ ){{0,2}}{_WRITING}",
        rf"(?:stop|end|quit|cease|halt)(?: and desist)? (?:with )?(?:all |these |those |the |your |this |any ){{0,3}}"
        rf"(?:\w+ )?{_TEXTS}",
        rf"(?:do not|dont|never|please no) (?:ever |you ever |you )?{_WRITE} {_ME}",
        r"(?:do not|dont) (?:ever )?send (?:me|us) (?:any ?more |any |these |more |another |your |text ){0,2}"
        rf"{_TEXTS}",
        r"(?:do not|dont|no longer|never) (?:want|wish|care|need|like) (?:to (?:receive|get|have|see) |for )?"
        rf"(?:any ?more |any |more |these |your |the |you to |further |text |marketing ){{0,3}}{_TEXTS}(?: me)?",
        rf"(?:do not|dont) want (?:you )?(?:to )?(?:be )?(?:{_WRITING}|texted|contacted|messaged|{_WRITE})(?: {_ME})?",
        rf"(?:take|remove|delete|drop|get|strike|scrub) (?:me|us|my number|my name|my phone number|this number) "
        rf"(?:off|from|out) (?:of )?(?:\w+ ){{0,3}}{_LIST}",
        r"(?:remove|delete|erase|lose|forget) (?:my|this) (?:phone |cell )?number",
        rf"no more (?:of )?(?:these |your |text |promo |marketing |spam )?{_TEXTS}",
        r"(?:please |to |and |me |now |can i |i want to |ill |how do i |how to |want |can you |could you )unsubscribe",
        r"unsubscribe (?:me|us|please|from|this|my number|now)",
        r"opt(?:ing)? (?:me |us |my number )?out",
        r"leave (?:me|us) (?:the hell |the fuck )?alone",
        r"(?:revoke|withdraw|revoking|withdrawing) (?:my )?(?:consent|permission)",
        r"(?:do not|dont|never|didnt) consent",
        rf"no mas (?:{_TEXTS}|por favor)",
        r"(?:ya )?no (?:me|nos) (?:\w+ )?"
        r"(?:manden?|mandes|envien?|envies|escriban?|escribas|textee?n?|contacten?|molesten?)",
        rf"no quiero (?:mas |recibir |recibir mas |sus |estos ){{0,2}}{_TEXTS}",
        r"(?:deja|dejen|deje|paren|para|pare) de (?:\w+ )?(?:mandar|enviar|escribir|molestar|textear)\w*",
        r"(?:quita|quiten|quite|saca|saquen|saque|borra|borren|elimina|eliminen)(?:me|nme)? (?:\w+ ){0,3}lista",
        r"quitenme|saquenme|borrenme|quitame|sacame|borrame",
    )
)
UNCLEAR = tuple(
    re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")
    for pattern in (
        r"stop (?:calling|emailing|mailing|asking|selling|soliciting|trying)",
        rf"(?:do not|dont) (?:ever )?(?:call|email) {_ME}",
        r"wrong (?:number|person)",
        r"(?:not|no longer|never) interested",
        r"(?:report|reporting|reported|block|blocking) (?:you|this|your)",
        r"do not (?:disturb|contact)|dnc",
        r"who (?:is|are) (?:this|you) .{0,160}stop|stop .{0,160}who (?:is|are) (?:this|you)",
        r"unsubscribe",
        r"how many times .{0,160}stop",
        r"(?:too many|so many|enough with|sick of|tired of|annoying) (?:\w+ ){0,3}" + _TEXTS,
    )
)
NEGATED = re.compile(
    r"(?<!\S)(?:dont|do not|never|not|didnt|did not|wont|will not|cant|didn t|shouldnt|no need to|why did you|"
    r"did you|why|when|if|unless|until|before|i will|ill|im going to|i should|can i|did i|i never|i have|ive|i got|"
    r"have|got|get|receive|received|there are|are there|see|there were)(?: \w+){0,1} $"
)
"""Right before what would be an opt-out: says the contrary, or speaks of something else."""
CONDITION = re.compile(
    r"^ (?:\w+ )?(?:until|till|after|before|at|tonight|during|while|but|unless|except|about|only|tomorrow|late|early|"
    r"when|if|today|yet|back|on (?:the )?(?:weekends?|sundays?|saturdays?|mondays?|work|my)|from my other|my)(?!\S)"
)
"""Right after it: a limit, not an end. A person should look."""
OTHER_LISTS = re.compile(r"(?<!\S)(?:(?:guest|wish|shopping|price) ?lists?|wait ?list|waiting|e ?mails?|standby)(?!\S)")
