"""What else people say about being texted, in English: told us, asked, threatened, want kept or started again."""

from __future__ import annotations

from shared.consent.phrases.english import en
from shared.consent.rules import Rule

SAYINGS: list[Rule] = [
    *en(
        "told you to stop",
        "saying",
        """
        TELL (YOU|u)* (people|guys|folks|all|before|already|once|twice|nicely|politely|repeatedly|again)* (to)? \
STOP+
        TELL (YOU|u)+ (people|guys|folks|all|before|already|once|twice|nicely|politely|repeatedly|again)* (to) \
(leave|quit|cease|remove|take|unsubscribe|opt|end|delete|knock)
        TELL (YOU|u)* (people|guys|folks|all|before|already)* (to)? (not|do not|never) (to)? (text|contact|\
message|send|write|bother)
        (ask|asking|request|requested|requesting|asked) (that)? (you|yall|to)? (to)? (stop|cease|be|please)+
        (want|need|wish|like|demand|expect) (you|yall|ya|them|these|guys|people|all|TEXTS|DET)+ to (please|\
just)* (stop|quit|cease)
        (texts|messages|this|it|these|spam|alerts|notifications|yall|you) (need|needs|has|have|must|got|better) \
(to)? (stop|end|cease)
        stop means stop
        what part of (STOP|no|not)
        (want|like|need|please) (it|this|these|them|DET* TEXTS) (to)? (stopped|stop|gone)
        wish you would stop
    """,
        objects="stop",
    ),
]

QUESTIONS: list[Rule] = [
    *en(
        "asks how to stop",
        "question",
        """
        (how|where|way|ways|what) _? _? _? _? _? (unsubscribe|unsubscribed)
        (how|where|way|ways|what|possible) _? _? _? _? _? (cancel THING|end THING|turn off THING|turn THING off|\
make you stop|make yall stop|stop THING|make it stop|make them stop|make this stop|not receive|opt \
out|opt me out|stop DET* TEXTS|get DET* TEXTS to stop|turn off DET* TEXTS|cancel DET* TEXTS|end \
DET* TEXTS|make DET* TEXTS stop|make DET* TEXTS go|stop receiving|stop getting)
        (how|where|way|ways|what) _? _? _? _? (get|be|taken|remove|removed|me|my|NUM)+ (off|from|out) (of)? \
DET* (LISTS|this|these|here)
        who _? _? _? (talk|speak|contact) _? _? (not|stop|stopping) (getting|receiving|texting)? DET* (these|\
those|TEXTS)
        (how|what) _? _? _? (to|stop) (stop|get) (this|these|them|it|you|yall)
        how _? _? _? not (get|receive|getting|receiving) DET* (TEXTS|these)
    """,
        objects="list",
    ),
    *en(
        "asks why we text",
        "question",
        """
        why _? _? _? _? (texting|contacting|messaging|bothering|spamming|harassing) (me|us|my|this)
        why _? _? (keep|still|continue|always|keeps|constantly) (getting|receiving|sending|to get|to text|\
message|text|texting|send|messaging)
        why (am|do) i (still|even|always)? (getting|receiving|get|keep|on) DET* (TEXTS|these|this|LISTS)
        why (are|do|did|is) (you|yall|u|this|they) (even|keep|still|always|constantly)* (text|texting|message|\
messaging|contacting|contact|bothering|spamming)
        why every day DET* TEXTS
        (not) (understand|know|see|get) why (you|yall|i|this)
        how _? _? (you|yall|u|they) (even|ever)* (get|got|have|find|obtain) _? (my|this) NUM
        how i? (did|have|was)? i? (get|got|end|ended|put|wind) (up)? (put)? on DET* LISTS
        where _? _? _? (get|got|find|found) (my|this) NUM
        who (gave|give|sold) _? _? (my|this|me) (NUM)?
        (under|by) what authority
        who (authorized|allowed|told|said|asked|let|permitted) (you|yall)
        way to not (get|receive)
        how many times
        (why|who|what) _? _? _? this NUM (texting|messaging)
    """,
    ),
]

UNHAPPY: list[Rule] = [
    *en(
        "not interested",
        "unhappy",
        """
        (not|longer|zero|no|never) (really|at|all|very|even)* interested (thanks|thank|you|please|sorry|anymore|\
any|more|at|all|in|this|that|it|any|your|anything|offer|offers|services|service|now|right|bro|man|\
selling)* >
        (no|zero) interest (in|at|all|thanks|this|that|your|whatsoever|offer|offers)* >
    """,
        objects="interest",
    ),
    *en(
        "wrong number",
        "unhappy",
        """
        < (i|think|you|yall|ya|they|he|she|u|sorry|hi|hey|hello|have|has|got|the|a|this|is|it|are|must|probably|\
maybe|your|texting|reached|reaching|that|looks|like|guess|afraid|believe|but|no|nope|nah|to|\
definitely|still|im|am|text|texted|messaged|numero|sent|oops|uh|um|think)* (wrong|incorrect) \
(number|person|num|guy|lady|girl|man|phone|contact|no|#|numbers|people|one|recipient) (TAIL|FLUFF|\
to|for|here|buddy|sir)* >
        this (is|NUM) _? _? (not|no longer) _? _? _? (number|phone|anymore|him|her)
        (not|no longer) (my|his|her|their) (number|phone|cell) >
        (mistaken|confused) (me|us)? (for|with)
        (former|old|previous|prior|new|original) owner (of|is|has|now|gone)
        not know (any|a|no|anyone|anybody) _ >
        (meant|intended) for _? _? (someone|somebody|another|other|else)
        this NUM (is|not|does|belongs|was)+ _? _? _? (new|different|owner|belong|belongs|someone)
        (nobody|noone|one|body) (here)? (by|named|with) (that|the) name
    """,
    ),
    *en(
        "go away",
        "unhappy",
        """
        make (it|this|them|these) stop (FLUFF)* >
        go away (FLUFF|and|with)* >
        (get|buzz|shove|bugger) (lost|off) (FLUFF|and)* >
        SWEAR (right|the|straight)? off
        SWEAR (you|u|yourself|this|yall)
        (kiss|bite) my ass
        go (to hell|fuck|kick|jump)
        (shut) (the|fuck|hell)* up (FLUFF)* >
        back off (FLUFF)* >
        beat it
        scram >
        (chill|ease) (out|with)+
        give it a rest
        (done|over|finished) (with)? (you|yall|these|this) (people|guys|all|clowns|lot|folks|FLUFF)* >
        (sick|tired|fed up) of (you|yall) (people|guys|all|FLUFF)* >
        < (what|such|so|more|how|pure|total|just|an|a|FLUFF)* (spam|junk|annoying|irritating|obnoxious|nuisance|pest|\
spammers|spammy) (spam|junk|nuisance|pest|texts|messages|texting|messaging|again|FLUFF)* >
        (you|yall) (people|guys|all)* (are)? (so|just)* (relentless|never quit|never stop|never give up) >
        not (you|yall) (people|guys)* again
        over it >
        (done|finished|over) with DET* TEXTS
        over (these|the|your|all|those) NOUNS
        nah im good
        (good on|good without) (these|this)
        (had|have) (it|enough) (of|with)
        (enough) (already|now|please|is|enough)+ >
        < (please|ok|okay|no|i|have|had|already)* (enough) (FLUFF)* >
        put an end
        < (please|kindly|just|no|ok|you|must|now|do)* (cease|desist|discontinue|refrain|halt|cut|dnd|dnc|dnt|do \
not disturb|cease and desist) (FLUFF|it|this|immediately|and|desist|from)* >
        < do not disturb (FLUFF)* >
        (do|did) not (disturb|bother) >
    """,
    ),
    *en(
        "threatens to report",
        "unhappy",
        """
        (report|reporting|reported) (you|yall|this|ya|your|it|them) (number|company|business|text|texts|message|\
as)
        (report|reporting|reported) (you|yall|ya|this) >
        (report|reporting|reported|complaint|complain|filing|file) _? _? _? _? (fcc|ftc|bbb|spam|junk|attorney|\
tcpa)
        (block|blocking|blocked) (you|this|your|ya|yall|u|number|them) (FLUFF|number|company|and|now|texts|on|\
from|soon|too|my|phone|end)* >
        < (you|im|are|am|i|have|been|has|already|your|number|this|now|gonna|be|consider|yourself)* (blocked|\
reported|spam|scam|scammer|scammers|harassment|harassing) (FLUFF|number|you)* >
        (this|these|that|you|it) (is|are)? (a|all|just|such|pure|straight|people|guys|total|literally|obviously|\
clearly|getting|being|basically|so|like)* (spam|scam|scammer|scammers|harassment|harassing|spamming|\
illegal|annoying|phishing|fraud) (FLUFF|TEXTS|DET|me|and)* >
        (texts|messages|you|yall|these|this|it|ur|your|they|alerts) (TEXTS)? (are|is|r|getting|became|become|\
has) (so|really|very|getting|too|super|just|all|extremely|kinda|kind|of|beyond|fucking|damn|\
freaking|hella|and)* (annoying|irritating|spam|harassment|unwanted|unwelcome|excessive|ridiculous|\
constant|bothersome|intrusive|obnoxious|old|much)
        (you|yall) (people|guys|all)? (are|keep)? harassing (me|us)
        (lawyer|attorney) will (hear|be|contact)
        (hear|hearing) from (my|our) (lawyer|attorney)
        (calling|contacting) (my|a|an) (lawyer|attorney)
        (ill|will|gonna|going|to|gunna|i) (sue|report|block) (you|yall|ya|u)
        (ill|will|gonna|going|to|gunna|i) (sue|report|block) (your|this) (number|company|business|text|message|\
texts|spam|ass)
        (statutory|tcpa|legal) (damages|violation|action)
        (do not call|dnc|no call) (registry|list)
        (violation|violating|violates) _? _? (tcpa|law|act|privacy|rights)
    """,
    ),
    *en(
        "never asked for this",
        "unhappy",
        """
        (not|never) (have|having|i|ever)* (sign|signed|signup|register|registered|enroll|enrolled|subscribe|\
subscribed|agree|agreed|consent|consented|opt|opted) (up|in|to)* (for|to|with)? (this|these|any|\
anything|that|it|you|your|texts|messages|alerts|texting|receive|get|be|with|here|from|>)
        (not|never) (sign|signed) up (for|to) (this|these|any|anything|that|texts|your|DET* TEXTS)
        (not|never) (sign|signed) up >
        (not|never) (authorize|authorized|authorise|approve|approved) (this|these|any|your|TEXTS|you)
        (not|never) (remember|recall|remembering) _? (signing|subscribing|opting|having|giving|asking|given|\
agreeing|ever)
        (not|no) (know|idea) who (this|you|it|ya|yall) (is|are)
        (not|never) (ask|asked|request|requested) (for|to|you) (this|these|any|anything|texts|your|be|get|text|\
you|receive|contact)
        (not|never) (give|gave|given|giving) (you|yall|anyone|out)? _? (my|this) (NUM|CONSENT)
        (not|never) _? (given|give|gave) _? (CONSENT|permission)
        evidence of (my)? CONSENT
        (not|never) (did|do|doing)? business with
        (not|no) (a|your)? (longer|even)? (a|your)? (customer|client|patient|member|subscriber|student|employee|\
tenant) (anymore|any|more|of|here|there|yours|with|at|>)
        (not|no) longer (a|your|with|at|a member|live|work|own)
        should not be (texting|messaging|contacting|getting|receiving)
    """,
    ),
    *en(
        "too many texts",
        "unhappy",
        """
        (too|so|way|very) (many|much) (of)? (DET|damn)* TEXTS
        no need to (keep|continue) (texting|sending|messaging|contacting)
        not (start|begin|resume) (texting|messaging|sending|contacting)
        too many (of)? (these|this|those|per|a)
        (way|far|so) (more|many) of these
        (sick|tired|fed|weary|exhausted|annoyed|irritated|frustrated|bothered) (and|tired|up)* (of|with|by) _? \
_? _? (TEXTS|these)
        (sick|tired|fed|weary|exhausted|annoyed) (and|tired|up)* (of|with|by) (all)? (this|you|it|these|\
hearing) >
        (hate|loathe|despise|dislike|detest) (THING|DET* TEXTS) >
        (you|yall|they) keep (texting|sending|messaging|contacting|bothering|spamming)
        (keep|still) (getting|receiving) (THING|DET* TEXTS)
        not text (me)? (so|too|as|this) (much|often|late|early)
        (block|pause) (THING|DET* TEXTS|me) >
        (you|yall) (guys|people)? are (so|very|really|super)? annoying
        (you|yall|ya) text (me)? _? (too|way) (much|many|often)
        not (need|want) (this|these|DET* TEXTS|all this)
        (not|never|no) (like|want|need|appreciate) (these|those|DET* TEXTS|this TEXTS|you texting)
        (fewer|less|limit|reduce) (of)? (these|DET* TEXTS)
        (will|does) not (quit|stop) (buzzing|buzzin|texting|messaging)
        (texts|messages|alerts|notifications) (at|after|before|in) _? _? (are|is) not
        more (texts|messages) (from|than)
        (frequency|amount|number|volume) of (DET* TEXTS|these)
        (wearing|blowing|tying|filling|clogging) (out|up) my
        (way|far) too (many|much|often)
        (find|are|is) _? _? _? _? (excessive|intrusive|unwelcome)
        (not|never) send (please|thanks|thank|you)* >
        why (r|are) (you|u|ya|yall) (text|texting)
        (will|would|can) not (stop|quit) (texting|sending|messaging|contacting|bothering)
        (patience) (with|for) _? (TEXTS|these|this|advertisements)
        (no|rather|prefer) (a|by|via|you|to|be|get|it|these)* (phone call|phone calls|call|calls|email|emails|\
post|mail|letter) _? _? (instead|rather|than|not) (of|than)? DET* (TEXTS|text)?
        (pause|limit) DET* TEXTS
        (not) (so|as|this|that) (many|much|often) (of)? DET* TEXTS
        (not|no) (text|texts|texting|messages) (at|after|before|during) _ >
        no longer wish to (participate|be)
        (marked|marking|flagged) as (spam|junk)
        (only|just) text me (about|with|for) (my|our)
        no (sales|marketing|promo|promos|ads|advertising|promotional) (stuff|crap|texts|things|calls|pitches)
        (no|not|only) (want|need)? (more|the|DET* TEXTS)? _? but no (more)? (promos|promotions|ads|marketing|\
offers)
    """,
        objects="wanted",
    ),
]

PAST: list[Rule] = [
    *en(
        "has opted out",
        "past",
        """
        (unsubscribed|opted out|opted myself out)
    """,
        doubtful=True,
        objects="past",
    ),
]

KEEP: list[Rule] = [
    *en(
        "keep me on",
        "keep",
        """
        keep (me|us) (on|in|subscribed|posted|updated|informed|signed|coming)
        keep (sending|texting|messaging|getting|receiving)
        keep DET* TEXTS (coming|comin|going)
        (still|do|always|but|yes) (want|need|like|love|wanna) (to)? (keep|get|receive|getting|stay|continue|be|\
your)* (DET)* (TEXTS|subscribed|list)
        (just kidding|never mind|nevermind|nvm)
        (meant|trying|supposed|wanted|tried) to (text|send|message|reach) _? _? _?
        (text|texts|texting|messages) (is|are|me|works|work) (fine|ok|okay|instead|better|best|good|great|here|\
please|only|easier)
        (continue|resume) (sending|texting|to send|to text|to get|to receive)
        (like|love|enjoy|want|appreciate|miss|need) (getting|receiving)? (the|your|my|these|ur|those|all)+ \
(daily|weekly)? (reminders|texts|messages|updates|alerts|specials|deals|coupons)
        but (still|keep|want|to|i)* (get|keep|want|still|receive)+ (your|the|my|getting)* (updates|texts|\
reminders|messages|appointment|alerts)
        (text|texts) (me)? (though|tho|instead)
        < (just|please|but|so)* text (me|us|instead|only|please|here)* >
        (stay|remain|leave me) (on|subscribed|in)
        please continue
        (resubscribe|re subscribe)
        (text|texts|texting|sms|messages) (only|itself|alone)? (is|are|me|works|work) (totally|still|all|just|\
perfectly|\
always|much|so)* (fine|ok|okay|better|best|good|great|perfect|welcome|easier|alright)
        (keep|leave) (my|the|your|those|these|all)* (texts|texting|sms|messages) (please|though|on|coming|going|alone|\
active|>)
        (texts|texting|messages) (i|we) (still|do|really)* (want|like|love|need|enjoy)
        (want|like|need|love|wanna|wish) to (stay|remain) (on|subscribed|in|signed|>)
        (want|like|need|love|wanna|wish) (the|your|my)? (texts|messages) (though|tho|to continue|to keep coming|please)
        do want (the|your|my)? (texts|messages)
    """,
    ),
    *en(
        "the writer stays",
        "keep mine",
        """
        < (just|but|definitely|so|and)* not (me|us|mine) (FLUFF)* >
        (i|we) (did|do|have|am|are) not (FLUFF)* >
        (mine|i|me|we) (should|can|will|would)* (stay|stays|remain|keep|staying) (on|in|subscribed|getting|>)
        (please|so|just|pls)* (ignore|disregard) (that|it|him|her|them|this|the)
        (i|we) (still|really|do|actually|personally)* (like|love|enjoy|want|need) (them|these|it|this|your|mine|to keep)
        not (remove|take|unsubscribe|drop|delete) (me|us)
        (rejoin|re join|come back)
        (she|he|they) still (get|receive|want|wants|gets)
    """,
    ),
]

STARTS: list[Rule] = [
    *en(
        "start",
        "start",
        """
        < (FLUFF|i|want|to|would|like|need|can|you|could)* (start|unstop|resubscribe|resume) (FLUFF|me|all)* >
        < (reply|text|send)* (start|unstop) (to)? (resubscribe|subscribe|opt|in|resume|start)* >
    """,
    ),
    *en(
        "start texting me again",
        "start",
        """
        (start|begin|resume|restart|continue) (texting|messaging|contacting|sending) (me|us|my)? (DET|TEXTS|\
again|back|up|please)*
        (start|resume|restart|reactivate|reinstate|unpause|unmute) DET* TEXTS
        opt (me|us|MY NUM)? (back|in)+
        opt (me|us)? in
        (resubscribe|re subscribe|re-subscribe|reenroll)
        (subscribe|sign|add|put) (me|us) (back|again|up|on|to|in)+ (DET)* (LISTS|TEXTS|again|please|list|>)
        subscribe (me|us)? (again|back)
        (turn|switch) (DET* TEXTS|them|it) (back)? on
        turn (back|on)+ DET* TEXTS
        (want|like|love) (to)? (start|get|receive|be|have|getting)+ (getting|receiving)? DET* TEXTS again
        (text|message) me again
        (want|like|love|get|let|put|add) (me)? back (in|on) >
        (undo|reverse) (that|it|my|the|this) (stop|opt|unsubscribe|opt out)? >
        (undo|reverse|cancel) (my|the|that)? (stop|opt|unsubscribe)
    """,
        objects="start",
    ),
]

RULES: tuple[Rule, ...] = (*SAYINGS, *QUESTIONS, *UNHAPPY, *PAST, *KEEP, *STARTS)
