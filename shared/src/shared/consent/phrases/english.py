"""How people say it in English. Each line is one way; `context` judges what stands around it."""

from __future__ import annotations

from shared.consent.rules import Rule, Says, rule
from shared.consent.words import CLASSES

_CLASSES = {name: frozenset(words.split()) for name, words in CLASSES.items()}


def en(name: str, says: Says, patterns: str, *, doubtful: bool = False, objects: str = "") -> list[Rule]:
    return rule(name, says, "en", _CLASSES, patterns, doubtful=doubtful, objects=objects)


ORDERS: list[Rule] = [
    *en(
        "stop the texts",
        "order",
        """
        STOPV (and desist)? (it|this)? with? DET* TEXTS
        ENDV DET* TEXTS
        STOPV|ENDV (to|for) (me|my) DET* TEXTS
        turn|shut|switch off DET* TEXTS
        (turn|shut|switch) (these|those|this|them) off
        (turn|shut|switch) off (these|those|them) >
        (turn|shut|switch) DET* TEXTS (for me)? off
        put (a|an) (stop|end) to (DET* TEXTS|this|these|it)
        (want|get|am) (me|us|to be)? out of DET* TEXTS
        (cut|knock|lay) (it)? out with? DET* TEXTS
        (end|finish|kill) (them|these) >
        (unenroll|unregister|deregister|disenroll|withdraw) (me|us|MY NUM)
        (scratch|cross|leave|count|strike) (me|us) (off|out) (FLUFF)* >
        (bring|put) DET* TEXTS to (a|an) (stop|end|halt)
        make DET* TEXTS stop
        (get rid of|opt|unenroll|withdraw) (me|us)? (from|of)? (receiving|getting) DET* TEXTS
        knock|cut|cutout|lay it|off|out with? DET* TEXTS
        block DET* (texts|messages|promos|ads|alerts) from
        finish DET* TEXTS
        (decline|reject|refuse|oppose) (to)? (receive|get)? DET* TEXTS
        (decline|reject|refuse) (to|any|all|further|future|be)+ (contact|contacted|texted|receive)
        STOPV (trying|attempting) to (WRITE|reach) (me|us)
        (removal|removed|opt) from DET* (LISTS|TEXTS)
        confirm (that)? (i|my|me|we|NUM)* (am|have|has|is|been|be|was|ve)* (REMOVED|removal|unsubscribed|\
unsubscription|opted|opt)
        stop|unsubscribe (me|us) from DET* (LISTS|TEXTS)
    """,
    ),
    *en(
        "stop texting",
        "order",
        """
        STOPV DAMN* CALLING (me|us)? (and|or|nor) WRITING
        STOPV (from)? (getting|receiving|seeing) (THING|DET* TEXTS)
        STOPV|refrain|abstain|desist (and desist)? (from)? DAMN* (all|any|further|the)? WRITING
        STOPV|cease with? (it|this)? (all|any|the|your)? (contact|communication|communications|correspondence)
        (no|without) further (contact|communication|communications)
    """,
        objects="person",
    ),
    *en(
        "would appreciate",
        "saying",
        """
        (appreciate|grateful|great|nice|thankful|appreciated|thank) _? _? _? _? _? (stopped|stop|quit|ceased|\
stopping|discontinued) (WRITING|DET* TEXTS|doing)
        (appreciate|grateful|great|nice|thankful|appreciated) _? _? _? _? _? (removed|took|remove|take|\
unsubscribed|unsubscribe|removing|taking|deleted|being) (me|us|my|this|removed|taken)
        (appreciate|appreciated|grateful|thankful) _? _? _? _? not (WRITING|WRITE|receiving|getting|being|send|\
sending)
        if (you|yall|this|it|these|they) (people|guys|all|does|do|will|TEXTS)* not (stop|cease|quit|end) \
(FLUFF)* >
        (stopped|quit) (texting|messaging|contacting) (me|us) (please|FLUFF)* >
    """,
    ),
    *en(
        "stop it",
        "order",
        """
        STOPV (it|this|that|these|those) >
        STOPV (doing)? (this|that|it) >
        cut|knock it (out|off) >
        < (please|FLUFF)* (can|could|will|would) (you|yall) (FLUFF|guys|people)* stop (FLUFF)* >
        (you|yall) (guys|people|all|really|just|all)* (need|have|got|better|must|should|can) (to)? (just|\
please)* stop (FLUFF)* >
        STOPV (it|this|that|these) (FLUFF)+ >
        STOPV with (this|it|that) (FLUFF)* >
STOPV (this|the|with|your)+ (nonsense|madness|crap|bullshit|bs|shit|foolishness|mess|harassment|garbage|\
stuff|insanity|already) (FLUFF)* >
    """,
    ),
    *en(
        "stop calling",
        "order",
        """
        STOPV DAMN* CALLING >
        STOPV DAMN* CALLING (me|us|my|this|here|so|at|all|and|FLUFF)
        stop|quit|cease DET* CHANNEL
        (not|never) (ever|please|again)* CALL (me|us|here|again|my|this|anymore|any)
        < (please|FLUFF|do)* not CALL (please|FLUFF)* >
    """,
        doubtful=True,
        objects="channel",
    ),
    *en(
        "stop asking",
        "order",
        """
        STOPV DAMN* (asking|soliciting|begging|selling) (me|us)
    """,
    ),
    *en(
        "stop selling",
        "order",
        """
        STOPV DAMN* (selling|trying|reading|asking|soliciting)
    """,
        doubtful=True,
    ),
    *en(
        "unsubscribe",
        "order",
        """
        unsubscribe|unsubscribing|unsubscription (me|us|my|this|our)? (wife|husband|mom|NUM)? NUM?
    """,
        objects="list",
    ),
    *en(
        "opt out",
        "order",
        """
        opt|opting (me|us) out
        opt|opting MY NUM? NUM? out
        opt|opting out
        count me out of DET* TEXTS
        (un|on|an|and) subscribe (me|from|comma|please|us)
        un subscribe
    """,
        objects="list",
    ),
    *en(
        "remove me",
        "order",
        """
        REMOVE|REMOVING (me|us)
        REMOVE|REMOVING (me|us) (and)? (my|our)? (husband|wife|family|NUM)?
        REMOVE|REMOVING (my|our) (self|name|names|info|contact) (and)? (NUM)? NUM?
        (get|have|consider|keep|want|need|like|request|ask) (me|us|myself|MY NUM|MY NUM NUM|my name|his NUM|her \
NUM) (to be)? REMOVED
        (to be|being|get|be) (REMOVED|taken)
        (want|wanna|get|like|need|please) (me|us|to be|to get)? (off|out) (of)? DET* LISTS
        want off
        get me off
    """,
        objects="removal",
    ),
    *en(
        "remove my number",
        "order",
        """
        REMOVE|REMOVING|lose|forget|trash (my|this|the|our|his|her|that) (work|home|cell|phone|mobile|telephone|\
company|personal)? NUM NUM?
        REMOVE it (off|from) DET* (LISTS|TEXTS|OTHERLIST)
        REMOVE (us) >
    """,
        objects="removal",
    ),
    *en(
        "remove from the list",
        "order",
        """
        REMOVE (off|from|out) (of)? DET* LISTS >
        REMOVE DET* NUM (off|from) DET* (LISTS|TEXTS)
    """,
    ),
    *en(
        "leave me alone",
        "order",
        """
        leave (me|us) DAMN* (alone|be|in)
        let me be >
        (get|stay) (off|out) (of)? my (phone|inbox|texts|messages)
    """,
        objects="alone",
    ),
    *en(
        "revoke consent",
        "order",
        """
        REVOKE (my|all|any|our)? (prior|previous|express|written)? CONSENT
        revocation of (my|our|prior|any|all)? CONSENT
        CONSENT _ _? _? _? (is|are)? (hereby)? (withdrawn|revoked|rescinded)
        CONSENT (is|are)? (hereby)? (withdrawn|revoked|rescinded)
    """,
        objects="consent",
    ),
    *en(
        "do not contact list",
        "order",
        """
        (put|place|add) (me|us|this|my|it) NUM? NUM? (on|to) _? _? _? (do not|dnc|no) (text|call|contact|\
disturb|list)?
    """,
    ),
    *en(
        "stop to end",
        "order",
        """
        < (reply|replying|text|texting|send|sending|txt|type|respond)* (with)? STOP+ TODO (STOPV|ENDV|opt|STOP|\
leave|end)+ (texts|out|messages|all|subscription|receiving)* >
        < (reply|replying|text|texting|send|sending|respond|responding) (with)? STOP (as|like)? (instructed|\
requested|told)? >
    """,
    ),
    *en(
        "end my subscription",
        "order",
        """
        (ENDV|STOPV) DET* (text|texting|message|messages|sms|alert|alerts) DET* (subscription|subscriptions|\
service|services|program|membership)
        (ENDV|STOPV) DET* subscription to DET* TEXTS
    """,
    ),
    *en(
        "end my subscription?",
        "order",
        """
        < (please|i|want|to|need|would|like|just)* (ENDV|STOPV) (my|the|this|our)? (subscription|subscriptions) \
(please|now|thanks|thank|you)* >
    """,
        doubtful=True,
    ),
    *en(
        "end … texts",
        "order",
        """
        ENDING _? _? _? _? NOUNS
        ENDING _? _? (texting|messaging|contacting) (me|us|this|my|here)
    """,
        objects="loose",
    ),
    *en(
        "off … list",
        "order",
        """
        (REMOVE|scratch|cross|leave|count|keep|strike|unlist|exclude|opt|pull) _? _? _? _? (off|from|out|outta) \
(of)? _? _? _? _? (TEXTLISTS|NOUNS)
        (exclude|excuse|unenroll|unregister|deregister|release|unlist|spare) (me|us|this|my|our) _? _? (from)? \
_? _? _? (LISTS|NOUNS)
        (off|outta|out) (of)? (your|ur|this|that|the|these|all) _? _? (list|lists|database|texts|messages)
    """,
        objects="loose",
    ),
    *en(
        "come to an end",
        "order",
        """
        TEXTS (must|should|need|needs|have|has|come|to|coming)+ (stop|end|a|an|cease|halt)+ >
    """,
    ),
]

REFUSALS: list[Rule] = [
    *en(
        "do not text me",
        "refusal",
        """
        (not|never) (ever|please|you|again|even|dare|be)* (to)? WRITE (or|and|call|text|email|contact|message|\
phone)* (ME|my|this|that|it|here|again|anymore|any|ever)
        (not|never) (ever|please|you|again|to|be)* (WRITE|contact) (or|and|call|email|text|contact|phone|\
message)* >
        (not|never) (call|phone|email) or (text|message|contact)
        (not|never) WRITE (anything|nothing)
        (no) (contact|texting|messaging) (me|us|please|anymore|any)? >
        (not) (reach|reaching) out
    """,
        objects="person",
    ),
    *en(
        "do not send me texts",
        "refusal",
        """
        (not|never|no) (ever|please|you|be|keep|to|again)* (send|sending|give|sent) (ME)? DET* TEXTS
        (not|never|no) (ever|please|you|be|keep|to|again)* (send|sending) (me|us|this|these|them|anything|\
nothing) (NUM|any|stuff|shit|crap|this|these|anything|them|nothing|it|more|again|ever|no)* >
        (not|never|no) (send|sending) (any|nothing|anything|more|again|further)+ (please|here|to me|me|this NUM|\
to this NUM)? >
        send (nothing|no) (further|more|DET* TEXTS)
        (not|never|no) (send|sending|give) (ME)? (any|more|another|one|of|further|no)* (these|those|this|them|\
stuff|shit|crap|garbage|nothing|else|anything)
        (not|never|no) (want|need|like) (any|more|no|another|one)+ (of)? (these|those|this|them) >
        (not) (want|need) (these|those|them|this|your) (any) more (FLUFF)* >
        (not) want (anything|nothing) (from|else|more) (you|yall|your)? (FLUFF|company|guys)* >
        (not|never) send (again|anymore|to this NUM|to my NUM|here)
        (not|never) (use|have|keep|save) (this|my) NUM
        (not|never|longer) want to (be part of|participate|be on|be in) (DET* TEXTS|this|these|any|your)
        (not) want (this|my) NUM (texted|contacted|messaged|on|in)
        (no|zero) interest in (receiving|getting)? DET* TEXTS
        (not|no) send me (more|any)
    """,
    ),
    *en(
        "does not want texts",
        "refusal",
        """
        longer (want|wish|care) to (receive|get|have|be contacted) (FLUFF)* >
        (not|never|no|longer|nor) (really|even|ever|actually)* (want|wish|care|like|need|consent|agree|\
authorize|prefer|desire|ask|asked|opt|looking) (to|for|in|on)* (receive|get|have|see|be|getting|\
receiving|me|keep|continue|accept|sent|hear|read)* DET* TEXTS
        (rather|prefer|like|wish|want|ask) (to)? not (to)? (receive|get|have|be|receiving|getting) (DET* TEXTS|\
THING)
        (not|never|longer) (want|wish|need|like|care) (to)? (be)? (being)? (texted|contacted|messaged|bothered|\
spammed|disturbed|solicited|notified)
        (not|never|longer|no) (want|wish|need|like|care|allow|allowed|permission|permitted|welcome|consent|\
authorized|authorize) (for)? (you|yall|anyone|any of you|ya)? (to)? (be)? (WRITE|WRITING) (me|us|my|\
this|it)?
        (not|never|longer) (want|wish) (to)? (hear|receive|get|receiving) (anything|any|more|further|from|of|\
these|those|this|them)+ (from|of)? (you|yall|your|this|them|please|more|anymore|any|company|again)* \
>
        (not|no|longer) (want|wish|need) to be on (DET* LISTS|this|these|here)
        (not|never|longer|no) (accept|want|solicit|allow) DET* (solicitation|solicitations|texts|contact)
        want (no|zero|none) (of)? DET* TEXTS
        want nothing (from|to do with) (you|yall|DET* TEXTS)
    """,
        objects="wanted",
    ),
    *en(
        "no … texts",
        "refusal",
        """
        (not|never|longer|nor) _? _? (want|wish|need|like|care|desire|appreciate|accept|authorize|allow|welcome|\
agree|consent|interested) _? _? _? _? NOUNS
        (not|never) _? (text|message|contact|write) _? _? (me|us|this|again|anymore|my|here)
        (no|without) (more|further|additional) _? _? NOUNS
    """,
        objects="loose",
    ),
    *en(
        "no permission",
        "refusal",
        """
        not have (my|our) CONSENT (FLUFF)* >
        (no|not|never) (my|have|longer)* (have|had|give|given|gave|granted|got)? (my|you|yall|any)* CONSENT \
(for you|for)? to (WRITE|send|be)
        (not|never|nor) consent (to|for) (DET* TEXTS|this|receiving|being|any|your)
        (not|never|longer) (consent|consented) >
    """,
    ),
    *en(
        "no more texts",
        "refusal",
        """
        < (no|zero) (solicitation|solicitations|soliciting|spam|promos|ads|marketing) (FLUFF|calls)* >
        (no|zero|without|enough|not) (more|further|with|of|any|another) DET* TEXTS
        (no) (more|further) (of)? (these|those|this)
        (no) DET? NOUNS (please|thanks|to|on|anymore|any|from|for|ever|again|at|thank|for)* >
        (enough) (with|of) (DET* TEXTS|this)
        (over|done|finished) with DET* TEXTS
    """,
        objects="wanted",
    ),
    *en(
        "no longer interested in texts",
        "refusal",
        """
        (not|no|longer) interested in (receiving|getting)? DET+ (texts|messages|sms|spam|texting|notifications)
        (not) interested in (receiving|getting) _? _? _? TEXTS
    """,
    ),
]

RULES: tuple[Rule, ...] = (*ORDERS, *REFUSALS)
