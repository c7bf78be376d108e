"""The set forms of phones and mail programs: reactions, automatic replies, headers, signatures. All are folded."""

from __future__ import annotations

from shared.consent.wordlists import phrases, words

REACTED = phrases("""
    liked|loved|disliked|laughed at|emphasized|emphasised|questioned|reacted to|reacted with * to|reacted * to
    hearted|removed a like from|removed a heart from|removed a dislike from|removed a laugh from
    removed an exclamation from|removed an exclamation mark from|removed a question mark from
    removed a reaction from|removed their reaction from|removed like from|removed emphasis from
    took back a like from|removed * from|removed an * from|removed a * from|* to|* from|removed * reaction from
    le gusto|le encanto|no le gusto|le dio risa|le dio risa a|se rio de|se rio con|enfatizo|destaco|exclamo
    exclamo por|exclamo sobre|dudo sobre|dudo de|cuestiono|pregunto|pregunto sobre|pregunto por|me gusta
    me encanta|no me gusta|me divierte|reacciono con * a|reacciono * a|reacciono a|puso enfasis en
    hizo una pregunta sobre|hizo una pregunta por|dio enfasis a|hizo enfasis en|remarco|subrayo|se rio por|rio de
    le parecio gracioso
    le hizo gracia|le encanto a *|le gusto a *|no le gusto a *|le dio risa a *|puso * a|puso un * a|reacciono con un * a
    reacciono con una * a|quito una reaccion de|quito su reaccion de|quito la reaccion de|quito un me gusta de
    quito un me gusta a|quito * de|quito un * de|quito un no me gusta de|quito una * de|elimino un me gusta de
    elimino * de|elimino un * de|elimino una * de|elimino su reaccion de|* a|ya no le gusta|resalto|le puso * a
    dio me gusta a|le dio * a|a aime|a adore|n’a pas aime|na pas aime|n a pas aime|a rigole a|a rigole de|a rigole
    s’est marre a|a ri de|a ri a|a ri|rit de
    a mis en evidence|a souligne|a mis l’accent sur|a exclame|a insiste sur|a pose une question sur|a questionne
    s’est interroge sur|sest interroge sur|s est interroge sur|a mis un point d’interrogation sur|a reagi avec * a
    a reagi * a|a reagi a|a retire un j’aime de|a retire un jaime de|a retire * de|a retire un * de
    a supprime un j’aime de|a supprime * de|a supprime un * de|aime|adore|j’aime|jaime|j adore|a retire une * de
    a supprime une * de|a attribue la mention j’aime a|a trouve drole|a mis un coeur a|gefallt|gefiel|mag|liebt
    hat geliebt|lacht uber|hat gelacht uber|lachte uber|betont|betonte|hat betont|hob hervor|hebt hervor
    hat hervorgehoben|hat hinterfragt|hinterfragt|hinterfragte|gefallt nicht|gefiel nicht|mag nicht
    reagierte mit * auf|hat mit * auf|hat mit * reagiert auf|reagiert mit * auf|reagierte * auf|hat * auf|hat
    hat ein like von|hat ein gefallt mir von|hat ein herz von|entfernte * von|hat * von|hat ein * von|* auf|* zu
    markierte|bezweifelt|fragt zu|fragt sich|stellt infrage|mit * auf|fand|findet|curtiu|amou|adorou|riu de
    enfatizou|questionou|nao curtiu
    nao gostou de|gostou de|deu enfase a|amei|curti|riu com|reagiu com * a|reagiu a|removeu * de|removeu um * de
    destacou|* para
    ha messo mi piace a|ha riso a|non e piaciuto|e piaciuto|ha messo * a|mi piace|ha adorato|ha amato|ha riso per
    ha riso di|ha enfatizzato|ha messo in risalto
    ha chiesto|ha reagito con * a|ha rimosso * da|ha rimosso un * da|ha rimosso una * da|ha tolto * da
    ha evidenziato|ha sottolineato|ha messo in evidenza|ha fatto una domanda su|ha messo in dubbio|ha riso
    non gli piace|non piace|нравится|понравилось|не нравится
    отреагировал * на|отреагировала * на|* на|рассмешило|выделил|выделила
""")
"""What stands before the quoted text of a reaction; `*` is an emoji, or one to three words."""
TAILS = phrases("""
    * reagiert|auf * reagiert|betont|drole|entfernt|gefallt|gefallt mir markiert|gelacht|geliebt|gemocht|hervor
    hervorgehoben|hinterfragt|infrage gestellt|lustig|markiert|mit * markiert|mit * reagiert
    mit gefallt mir markiert|nicht|nicht gemocht|reagiert|witzig
""")
"""What stands behind it, in German."""
THINGS = phrases("""
    2 images|3 images|4 images|a contact|a gif|a image|a link|a location|a message|a movie|a photo|a picture
    a sticker|a video|a voice message|an attachment|an audio message|an image|ein bild|ein foto|ein video
    eine nachricht|un archivo adjunto|un audio|un mensaje|un message|un video|una foto|una imagen|una pelicula
    une image|une photo|une video
""")
"""What else is reacted to."""
AUTOREPLY_STARTS = phrases("""
    auto-reply|autoreply|auto reply|automatic reply|auto response|auto-response|autoresponse|auto:|[auto|(auto
    automated reply|automated response|automated message|this is an automated|this is an automatic
    ooo:|i am out of the office|i’m out of the office|im out of the office
    i am currently out of the office|i’m currently out of the office|thank you for your message. i am out
    driving mode|sent while driving|(i’m not receiving notifications|i’m not receiving notifications
    this inbox is not monitored|this number is not monitored|this line is not monitored
    this mailbox is not monitored|do not disturb is on|respuesta automatica|mensaje automatico|fuera de la oficina
    estoy fuera de la oficina|estoy manejando y no puedo|voy conduciendo con|modo conduccion
    este es un mensaje automatico|este numero no recibe|reponse automatique|message automatique
    absent du bureau|je suis absent du bureau|automatische antwort|abwesenheitsnotiz
    ich bin nicht im buro|resposta automatica|risposta automatica|fuori sede|автоответ|自动回复
""")
"""How an automatic reply begins."""
OUT_OF_OFFICE = phrases("""
    out of office|out-of-office
""")
"""How one begins too, where a mark, the end or one of the words below follows: not "out of office supplies"."""
OUT_UNTIL = words("until till from through today this next with and reply message")
AUTOREPLY_PARTS = phrases("""
    with do not disturb|with focus turned on|driving focus|do not disturb while driving
    reply “urgent” to send a notification|funcion no molestar|no molestar activad
""")
"""What only an automatic reply says."""
DRIVING = phrases("""
    i’m driving|im driving|i am driving|i’m currently driving|i am currently driving|im currently driving
    estoy conduciendo|je conduis|je suis au volant|ich fahre gerade|ich bin gerade am steuer|estou dirigindo
    estou conduzindo|sto guidando
""")
"""People drive too, ask meanwhile, and want to be taken off lists: a phone says one of the set phrases below too."""
MACHINE = phrases("""
    focus turned on|focus on|do not disturb|i’ll see your message|ill see your message|get back to you when
    get back to you as soon|get back to you later|no molestar|vere tu mensaje|ne pas deranger|verrai|nicht storen
    sehe deine nachricht|can’t read texts|cant read texts|respond when i|not receiving notifications
    sent from android auto|nao perturbe|non disturbare
""")
DRIVING_WHOLE = phrases("""
    i’m driving right now|i’m driving right now - sent from android auto|im driving right now
""")
"""What a car sends, word for word."""
HEADERS = phrases("""
    re:|fw:|fwd:|aw:|wg:|rv:|tr:|re :|fwd :|[re]|antw:|enc:|res:
""")
"""A line of a subject."""
SIGNATURES = phrases("""
    sent from my|sent from yahoo|sent from mail|sent from outlook|sent via|get outlook for|enviado desde mi
    enviado desde|enviado do meu|envoye de mon|envoye depuis|von meinem|gesendet von|inviato da|sent with
    sent by my
""")
"""A line of no meaning."""
WROTE = phrases("""
    wrote:|escribio:|a ecrit :|a ecrit:|schrieb:|scrisse:|escreveu:|ha scritto:
""")
"""The line above a quoted mail ends with one of these."""
DATED = ("on ", "el ", "le ", "am ", "il ", "em ", "op ", "в ")
"""How that line begins, where the quoted words stand in the same line."""
ORIGINAL = phrases("""
    -----original message|---original message|----- original|-----mensaje original
""")
"""From here on all is quoted."""
ORDERS = words("""
    reply text txt send respond responde responda envia envie manda mande type antworte antworten
    repondez responder
""")
"""Directly before a keyword, one of these makes it our own footer: cited or sent back, and no wish."""
FOOTER_KEYWORDS = words("""
    stop end quit cancel unsubscribe stopall optout revoke baja alto salir parar cancelar stopp arret
""")
