"""Whole texts that are one keyword, in the languages that customers write: the plain sort of revocation.

English: CTIA, the FCC (47 CFR 64.1200(a)(10)) and the carrier. The others: the words that carriers and senders of those
languages announce, in the forms people type. They count only where the whole text is nothing else; politeness aside.
"""

from __future__ import annotations

from shared.consent.tokens import folded
from shared.consent.wordlists import phrases, words


def _set(listed: str) -> frozenset[str]:
    return frozenset(folded(phrase) for phrase in phrases(listed))


STOP_WORDS = _set("""
    stop|stop all|stopall|take me off|delete me|remove me|unsubscribe|unsubscribe all|cancel|end|quit|revoke
    discontinue|opt out|remove
    stop stop|stop it|unsub|alto|baja|parar|pare|paren|parad|no mas|cancelar|salir|detener|fin
    dar de baja|desuscribir|basta|terminar|eliminar|detente|cancela|cancele|cancelen|dejar|borrar|anular
    darme de baja|desuscribirme|stop todo|stop publi|baja publi|estop|finalizar|parenle|arret|arreter|arretez
    desabonner|desinscrire|desinscription|se desabonner|me desabonner|desabonnement|annuler|stop sms|stopp
    abmelden|abbestellen|beenden|kundigen|austragen|ende|aufhoren|abmeldung|sair|cancelar inscricao|descadastrar
    remover|pare de enviar|excluir|encerrar|descadastro|ferma|fermati|annulla|disiscrivi|disiscrivimi|cancellami
    cancella|smetti|rimuovi|rimuovimi|smettila|disattiva|стоп|отписка|отписаться|отпишись|отпишите|отмена|стой
    хватит|прекратить|прекратите|стоп смс|отписать|停止|退订|退訂|取消|取消订阅|取消訂閱|停|td|t d|n退订|回复td
    停止发送|别发了|拒收|退出|やめて|やめてください|停止してください|配信停止|解除|中止|登録解除|ストップ
    退会|止めて|止めてください|もういい|중지|수신거부|취소|그만|정지|거부|멈춰|중단|해지|구독취소|구독 취소|스톱|스탑
    수신 거부|그만해|그만하세요|توقف|الغاء|إلغاء|ايقاف|إيقاف|قف|وقف|الغاء الاشتراك|إلغاء الاشتراك|ستوب|اوقف|بس|كفى
    كفاية|خلاص|dung|dừng|dừng lại|ngừng|ngung|huy|hủy|huỷ|huy dang ky|hủy đăng ký|tu choi|từ chối|thôi|thoi|tigil
    itigil|hinto|ihinto|tama na|tumigil|itigil na|huminto|बंद|बंद करो|बंद करें|रोकें|रोको|रुको|रुकें|band karo
    bandh karo|band|ruko|roko|bas|koniec|rezygnuje|rezygnacja|wypisz|anuluj|przestan|stopuj|zatrzymaj|sluta
    avsluta|avregistrera|avbryt|stoppa|afmelden|stoppen|uitschrijven|afmeld|frameld|lopeta|peru|peruuta|dur|durdur
    hentikan|বন্ধ|বন্ধ করুন|বন্ধ করো
    iptal|ret|cik|kanpe|sispann|arete|berhenti|หยุด|ยกเลิก|עצור|הסר|הפסק|стопп|توقف عن المراسلة|لغو|توقف کن
    αποχωρηση|στοπ|dezabonare|opreste|zrusit|odhlasit|leallit
""")
"""Where the whole text is one of these, it is an opt-out."""
POSSIBLE_WORDS = _set("""
    enough|take me out|fuera|i quit|cancel all|cancel everything|cancel this|please cancel this|cancel service|unwanted
    unwanted texts|unsolicited|unsolicited texts|fed up|over this|over these texts|done with this|done with you
    please no|get out|opt ou|marked as spam|fraud|hate this|like i said stop|i am annoyed|this is annoying
    no more from you|what is this list|get a life|take off|i am done|over it|annoying|annoyed|so annoying|junk
    delete number
    remove number|do not know you|i do not know you|salirme|larguense|larguese|dnd|dnc|cease|desist|refrain|block
    blocked|no more|nomore|remove please|delete|block me|delete me|spam|scam|leave|para|ya|dejen|dejenme
    no gracias no mas|ya no|no molestar|borrame|bloquear|bloqueado|assez|genug|schluss|chega|genoeg|nog|wystarczy
    достаточно|足够|够了|不要|그만둬|いらない|不要です|désolé stop|leave me|lose my number|erase|off|out|opt|exit|abort
    shut up|mute|pause|go away|cansado|unsubscribed|stopped|get lost|f off|fu|stfu
""")
START_WORDS = _set("start|unstop|start all|alta|resubscribe|start please|reactivar|inscribirme de nuevo")
HELP_WORDS = _set("help|info|aide|ayuda|hilfe|ajuda|aiuto|помощь|帮助|도움말|مساعدة")

PHRASES_STOP = _set("""
    plus de message|plus de sms|ne m envoyez plus|ne plus m envoyer|ne plus menvoyer|ne plus me contacter
    ne plus m ecrire|ne menvoyez plus|ne m ecrivez plus|ne mecrivez plus|ne me contactez plus|arretez de m envoyer
    arretez de menvoyer|arretez de m ecrire|arretez les messages|arretez vos messages|arretez les sms
    arretez d envoyer|arretez de me contacter|je veux me desabonner|je souhaite me desabonner
    je veux me desinscrire|je souhaite me desinscrire|me desinscrire|me desabonner|desabonnez moi|desinscrivez moi
    retirez moi de|enlevez moi de|supprimez mon numero|retirez mon numero|plus recevoir|stop aux messages
    je ne veux plus|plus de vos messages|pu recevoir|pas recevoir|plus de pub|stop pub|arreter les messages
    arreter de m envoyer|rayez moi|effacez mon numero|arrete de m envoyer|arrete de menvoyer|arrete de m ecrire
    keine sms mehr|keine nachrichten mehr|keine nachrichten|keine werbung mehr|keine weiteren nachrichten
    nicht mehr schreiben|schreiben sie mir nicht|schreibt mir nicht|horen sie auf|hort auf|hor auf
    aus dem verteiler|von der liste|aus der liste|meine nummer|bitte abmelden|mich abmelden
    ich mochte mich abmelden|kontaktieren sie mich nicht|widerrufe meine einwilligung|bitte loschen sie
    keine texte mehr|mochte keine|will keine nachrichten|will keine sms|abmelden bitte|nichts mehr schicken
    mehr schicken|in ruhe|streichen sie mich|streicht mich|keine werbung|pare de me mandar|pare de mandar
    chega de mensagens|chega de sms|cancelem meu cadastro|cancele meu cadastro|cancelar meu cadastro
    para de me mandar|para de mandar|parar de me mandar|parem de me mandar|parem de mandar|pare de enviar
    parem de enviar|pare de me enviar|parem de me enviar|nao me mande|nao me mandem|nao me envie|nao me enviem
    nao quero mais|nao quero receber|nao desejo receber|nao desejo mais|me tira dessa lista|me tirem da lista
    me tire da lista|me remova|me remover|remova meu numero|remover meu numero|descadastrar meu|me descadastre
    quero sair|quero cancelar as mensagens|cancelar mensagens|cancelar as mensagens|me descadastrar
    parem com as mensagens|pare com as mensagens|sem mensagens|nao me escreva|pare de me escrever|tire meu numero
    apague meu numero|tira meu numero|me tira da lista|nao envie mais|nao mande mais|nao mandem mais
    non scrivetemi|non mi scrivete|non mandatemi|non voglio piu|non inviatemi|smettetela di|smettete di
    cancellatemi|toglietemi|rimuovetemi|basta messaggi|fermatevi con|basta con i messaggi|basta con questi
    non contattatemi|non desidero|non mi scriva|cancellate il mio numero|basta sms|toglimi dalla lista
    non mandarmi|smettila di|не пишите|не надсилаите|не надсилайте|не пишіть|відписатися|не присылайте
    не отправляйте|больше не пиш|хватит писать|хватит мне писать|хватит присылать|прекратите|уберите меня
    удалите мои номер|удалите меня|отпишите меня|отписаться от|не хочу получать|перестаньте|уберите мои номер
    не шлите|исключите меня|хочу отписаться|не беспокоите|больше не присылаи|proszę nie wysyłać|prosze nie pisac
    proszę nie pisać|nie wysyłajcie|prosze nie wysylac|nie piszcie|wypisz mnie|przestańcie|przestac do mnie
    usuńcie mój numer|usuncie moj numer|nie chcę otrzymywać|nie chce otrzymywac|proszę przestać|nie chce wiecej
    sluta skicka|avregistrera mig|avregistrera mitt|ikke send|ikke flere|ikke skriv|sluta skriv|skicka inte
    ta bort mig|ta bort mitt nummer|inga fler sms|inga fler meddelanden|vill inte ha|stop med at sende
    stop venligst|ikke flere beskeder|slet mit nummer|sluta smsa|stuur me geen|geen berichten meer|stop met
    geen sms meer|haal me van|verwijder mijn nummer|niet meer sturen|schrijf me uit|meld me af|geen berichten
    dung nhan tin|đừng nhắn tin|ngung gui|ngừng gửi|ngừng nhắn|đừng gửi|dung gui|xóa số|xoa so cua toi
    không muốn nhận|khong muon nhan|đừng làm phiền|huỷ đăng ký tin|hủy đăng ký tin|huy dang ky tin
    khong nhan tin nua|huwag na kayong mag text|wag na kayo mag text|wag nyo na akong itext|huwag nang magtext
    huwag na magtext|tigilan nyo na|tigilan niyo na|ayoko na ng text|ayoko na makatanggap|itigil ang
    tanggalin ang number|tanggalin nyo number|tanggalin nyo ako|wag na mag text|wag na magtext|wag na po
    wag nyo na po|wag niyo na po|wag mo na po|huwag nyo na po|huwag niyo na po|huwag na po|paki alis|pakialis
    paki tanggal|pakitanggal|paki remove|paki tigil|burahin|itigil na po|wag mo na akong i text|ayaw ko na
    arete voye|sispann voye|pa voye mesaj|pa ekri m|retire nimewo|wete m|pa voye|sispann ekri|wete nimewo
    message bhejna band|message mat bhej|sms mat bhej|mat bhejo|mat bhejiye|संदेश मत भेज|मैसेज मत भेज
    मैसेज भेजना बंद|भेजना बंद|मत भेज|मैसेज बंद|band kar do|band kijiye|band karo message|mesaj gondermeyin
    mesaj atmayin|mesaj atmayın|bana yazmayin|listeden cikar|numarami silin|jangan kirim|jangan sms
    berhenti mengirim|berhenti kirim|hentikan pesan|hentikan sms|không nhắn nữa|khong nhan nua|đừng nhắn nữa
    dung nhan nua
    berhenti mengirim|hentikan pesan
    cancellami dalla|cancellami da|togliimi|toglimi da|toglietemi da|rimuovimi dalla|rimuovetemi da|eliminami da
    eliminatemi da|cancella il mio numero|non scrivermi piu|smetti di scrivermi|smetti di mandarmi
    itigil nyo|itigil niyo|itigil mo|tigilan mo|tigilan na|itigil na po|wag na kayong mag|huwag na kayong mag
    wag na kayo mag|wag mo na akong|alisin nyo ako|alisin niyo ako|alisin mo ako|tanggalin mo ako|tanggalin niyo ako
    alisin nyo ang number|ayoko na ng mga|ayaw ko na ng|ayoko nang|tama na ang pag
    enlevez mon numero|supprimez moi|retirez moi|enlevez moi|effacez moi|otez moi|desabonne moi|retire moi
    cessez de m|arretez de m|arrete de m|ne m ecris plus
    nehmen sie mich|nehmt mich|loscht meine nummer|loschen sie meine|tragen sie mich aus|schreib mir nicht
    hor auf mir|streich mich
    tire meu nome|tirem meu nome|tirem meu numero|me exclua|me excluam|exclua meu|apaguem meu numero|nao me escrevam
    parem de me|para de me|me tira do|me tirem do|quero ser removid
    usuncie mnie|usuńcie mnie|prosze mnie usunac|proszę mnie usunąć|przestancie|wykreslcie mnie
    haal mij van|haal mijn nummer|verwijder mij|verwijder me|stop met mij|hou op met|stuur mij geen
    sluta sms a|sluta messa|ta bort mej|slet mig|slett meg|fjern meg|fjern mig|fjern nummeret mitt|slutt a sende
    lopettakaa|lopeta viest|poistakaa minut|poistakaa numeroni|poista minut|alkaa lahettako
    beni listeden|listenizden|mesaj atmayi birak|mesaj atmayı bırak|artik mesaj|artık mesaj|mesaj gonderme
    numaramı silin|bana mesaj atma
    hapus nomor|hapus saya|berhenti kirim|berhenti sms|tolong berhenti|jangan hubungi
    xoa toi khoi|xóa tôi khỏi|xoa ten toi|đừng gửi|dừng nhắn|ngung nhan tin|ngưng nhắn|đừng nhắn|dung nhan tin cho
    mujhe list se|list se hata|mujhe message mat|message mat karo|msg mat karo|msg mat bhej|mera number hata
    mera number delete|मुझे लिस्ट से|मेरा नंबर हटा|सूची से हटा
    retire m|retire non m|sispann voye m|pa ekri mwen|pa voye mesaj
    scoateti ma|stergeti ma|stergeti numarul|nu mi mai trimit|nu mi mai scrie|opriti mesajele
    vymazte ma|odstrante ma|prestante mi|nepiste mi|neposilejte|neposielajte|vymazte me|vyradte me|odhlaste ma
    σταματηστε να μου|διαγραψτε με|διαγραψτε τον αριθμο|μη μου στελνετε|μην μου στελνετε
    видаліть мене|припиніть мені|перестаньте мені|приберіть мене|вычеркните меня|прекратите мне|прекратите писать
    прекратите присылать|не пиши мне|toroljenek|toroljon a list|ne irjanak|ne kuldjenek
""")
"""In a text of another language, whole words in a row: noticed as an opt-out unless denied or asked about."""
PARTS_STOP = _set("""
    不要再发|不要再發|别再发|別再發|别发|不要发|不要發|别给我发|不要给我发|停止发送|停止發送|停发|停止短信
    停止联系|别再联系|不要联系|不要再联系|退订|退訂|取消订阅|取消訂閱|拒收|不想再收到|不想收到|不再接收|不要再给我
    别烦我|请停止|請停止|删除我的号码|我的号码从|从名单|从列表|删掉我|刪除我的號碼|把我移除|把我从|不要骚扰|别骚扰
    不需要短信|不接收|送らないで|配信停止|配信を停止|配信解除|登録解除|やめてください|やめて下さい|止めてください
    止めて下さい|送信しないで|連絡しないで|もう送ら|いりません|解除して|停止して|受け取りたくない|削除してください
    수신거부|수신 거부|보내지 마|보내지마|그만 보내|그만보내|문자 그만|연락하지 마|연락하지마|문자하지 마
    문자 보내지|번호 삭제|번호를 삭제|번호 지워|구독취소|구독 취소|구독 해지|받고 싶지 않|안 받고|문자 중지
    메시지 중지|차단|لا ترسل|لا تراسل|توقفوا عن|توقف عن|اوقفوا|أوقفوا|احذف رقمي|احذفوا رقمي|الغاء الاشتراك
    إلغاء الاشتراك|لا اريد رسائل|لا أريد رسائل|لا اريد استلام|لا أريد استلام|كفى رسائل|لا تتصل|لا تبعث|ازيلوا رقمي
    أزيلوا رقمي|اريد الغاء|لا أرغب|لا ارغب|بطلوا|بطل ترسل|ما تبعت|ايقاف الرسائل|إيقاف الرسائل|وقفوا الرسائل
    لا أريد المزيد|پیام نفرست|نفرستید|لغو اشتراک|پیام ندهید|หยุดส่ง|ไม่ต้องส่ง|อย่าส่ง|ยกเลิกข้อความ|ยกเลิกการรับ
    להפסיק לשלוח|תפסיקו|הסירו אותי|אל תשלחו|להסיר אותי|תורידו אותי|תמחקו אותי|תמחקו את המספר
    リストから外し|リストから削除|リストから消し|名簿から|もう連絡し|メッセージを止め|送るのをやめ|명단에서
    목록에서 빼|목록에서 삭제
    리스트에서|저를 빼|그만 연락|그만 보내|احذفني|احذفوني|شيلوني|شيلني|امسحوا رقمي|امسح رقمي|أزلني|ازلني|ازيلوني|أزيلوني
    ลบชื่อฉัน|ลบเบอร์|ลบชื่อผม|เลิกส่ง|หยุดข้อความ|请把我删|把我删|把我移|将我移出|將我移出|从你们的名单|從名單
""")
"""Scripts without blanks: anywhere in the text."""
PHRASES_POSSIBLE = _set("""
    ca m interesse pas|ca minteresse pas|pas interesse|mauvais numero|faux numero|vous m ecrivez|trop de messages
    laissez moi tranquille|comment me desabonner|comment me desinscrire|comment arreter|qui etes vous
    fichez moi la paix|foutez moi la paix|arretez ca|vous vous trompez|je vais vous signaler
    jamais donne mon numero|falsche nummer|kein interesse|lasst mich|lassen sie mich|was soll das|wer sind sie
    wie melde ich mich ab|wie kann ich mich abmelden|nicht interessiert|hort auf|belastigung|horen sie auf damit
    woher haben sie meine nummer|numero errado|nao tenho interesse|numero errato|numero sbagliato|sbagliato numero
    non sono interessat|non mi interessa|lasciatemi|me deixa em paz|me deixe em paz|me deixem em paz|nao perturbe
    como faco para sair|como faco para parar|quem e voce|lasciatemi in pace|avete sbagliato|como paro|fel nummer
    inte intresserad|lamna mig|verkeerd nummer|geen interesse|laat me met rust|niet geinteresseerd|forkert nummer
    nie jestem zainteresowan|dac mi spokoj|zly numer|pomylka|błędny numer|spokoj|nham so|nhầm số|khong quan tam
    không quan tâm|lam phien|làm phiền|sai so|sai số|maling numero|mali po ang number|wrong number po
    hindi ako interesado|di ako interesado|hindi ako si|sino ka ba|ang kulit|вы ошиблись|не туда попали
    не интересно|не интересует|ошиблись номером|не тот номер|оставьте меня|как отписаться|кто это|отстаньте
    откуда у вас мои номер|надоели|galat number|गलत नंबर|परेशान मत|rong number|pa enterese|move nimewo
    kite m anrepo|kite m trankil|yanlis numara|ilgilenmiyorum|salah nomor|tidak tertarik
""")
PARTS_POSSIBLE = _set("""
    打错|发错|號碼錯|号码错|错号|不感兴趣|没兴趣|沒興趣|你们是谁|烦死|别打|骚扰|怎么退订|如何取消|烦|投诉|举报
    间違|間違い電話|番号が違|人違い|興味ありません|興味がありません|興味ない|しつこい|迷惑|통보|잘못 보내
    번호 잘못|관심 없|관심없|귀찮|신고|스팸|رقم خطأ|الرقم خطأ|رقم غلط|غير مهتم|لست مهتم|ازعاج|إزعاج|من انتم
    مش مهتم|غلطان|اشتباه|ไม่สนใจ|ผิดเบอร์|טעות במספר|לא מעוניין
""")
"""For scripts without blanks."""
NOT_POSSIBLE = _set("""
    falsche nummer auf|falsche nummer steht|mauvais numero de table|mauvais numero sur|numero errado na|numero errado no
    numero sbagliato sul|lassen sie mich auf|lasst mich auf|lassen sie mich wissen|lasst mich wissen|laat me weten
""")
"""Of an invoice, or "let me know"."""
NOT_MEANT = _set("""
    如果|怎么|如何|不要退|别退|不想退|不取消|会怎|是否|もし|どうなり|ですか|하면 어떻게|하면 어떡|하지 마세요 구독
    إذا|اذا|ماذا|هل|لا أريد إلغاء|لا اريد الغاء|若|吗|嗎
""")
"""With one of these the text asks, supposes or speaks of bookings and orders: at most a possible opt-out."""
SUPPOSING = _set("如果|若|もし|하면|إذا|اذا|если|agar|अगर")
"""In a question these only ask what would be."""
WANTS_NO_MORE = _set(
    "je ne veux plus|nao quero mais|nao desejo mais|non voglio piu|non desidero|vill inte ha|mochte keine"
)
"""Followed by a thing, they are about the thing."""
ARTICLES = words("""
    o a os as um uma de du des le la les l un une il lo i gli uno una del della den det en ett
""")
TEXT_PARTS = _set("""
    messag|mensag|messagg|sms|text|recevoir|receber|ricevere|pub|spam|notific|nachricht|werbung|meddeland|promo|contact
    contatt|contato|numer|nummer|liste|lista|list|berich|pesan|nomor|mesaj|mesaz|nimewo|сообщ|смс|рассыл|спам|реклам
    уведомл|больше|ничего|мне|пожалуйста|lagi|saya|anko|mwen|nua|dobara|please|number|msg|mujhe|मैसेज|संदेश|tin|toi|nhan
    akin|sakin|ako|mir|mich|短信|信息|消息|简讯|發|发送|发了|骚扰|打扰|联系|我|配信|メッセージ|連絡|メール|送信
    送ら|رسائل|رسالة|لي|المراسل
    الاشتراك|ارسال|إرسال|الرسائل
""")
"""Words of texts, or of the writer: what a phrase of any sending or ending must have beside it."""
MANY_USES = _set("""
    wag na po|huwag na po|wag nyo na po|wag niyo na po|wag mo na po|huwag nyo na po|huwag niyo na po|paki alis|pakialis
    paki tanggal|pakitanggal|paki remove|paki tigil|burahin|itigil|pa voye|stop met|jangan kirim|mat bhejo|mat bhejiye
    मत भेज|band kar do|band kijiye|не присылаите|не присылайте|не шлите|не отправляйте|đừng gửi|dung gui|ngừng gửi
    ngung gui|不要发|不要發|请停止|請停止|停止して|لا ترسل|اريد الغاء|أريد إلغاء|retirez moi de|enlevez moi de
""")
"""Said of anything: an onion, a courier, the milk."""
NEEDED = {
    "meine nummer": _set("losch|entfern|streich|nehm|raus|runter|weg|nicht"),
    "von der liste": _set("nehm|nimm|streich|losch|entfern|runter|bitte"),
    "aus der liste": _set("nehm|nimm|streich|losch|entfern|raus|bitte|aus der liste"),
    "in ruhe": _set("lass"),
} | dict.fromkeys(MANY_USES, TEXT_PARTS)
"""Phrases that want one of these beside them, unless they are all that is said."""
DENIED_PARTS = _set("""
    没有退订|沒有退訂|不小心|误退|不要停止|别停止|還要收|还要收|怎么重新|重新订阅|退订是什么意思|停止是什么意思
    继续发|继续收|실수로|잘못 눌|계속 보내|間違えて|間違って
    続けて|بالخطأ|بالغلط|لا أريد إلغاء|لا اريد الغاء|لا أريد الغاء|استمروا|收不到|没收到|沒收到|届きません|届かない
""")
BOOKINGS = _set("""
    бумажн|счета|запись на|записаться|    订单|預約|预约|予約|예약|주문|موعد|طلبي|طلبية|注文|キャンセルしたい|航班
    会议|课|餐|机票|取件|快递
""")
"""With one of these it is about a booking or an order."""
DENIED_PHRASES = _set("""
    ne me desabonnez pas|ne m arretez pas|ne marretez pas|je ne veux pas me desabonner
    je ne veux pas me desinscrire|par erreur|nicht abmelden|nicht austragen|aus versehen|nao me descadastre
    nao quero sair|nao quero cancelar|nao me remova|nao me tirem|nao me tire|nao me tira|nao parem|por engano
    non cancellatemi|non voglio disiscrivermi|per sbaglio|per errore|не отписывайте|не хочу отписываться|случайно
    lassen sie mich auf|lasst mich auf|lassen sie mich wissen|bekomme keine|erhalte keine|ne recois plus|nao recebo
    non ricevo|не получаю|не приходят|hindi ako naka|di ako naka|pa resevwa|không nhận được|khong nhan duoc|nahi mila
    если|si je|wenn ich|se eu|se rispondo|nie wypisuj|przez pomylke|niet afmelden|inte avregistrera
    huwag nyo akong tanggalin|wag nyo akong tanggalin|wag tanggalin|khong muon huy|đừng huỷ|đừng hủy|agar main
    galti se|गलती से|अगर|pa retire m|continuez|weiter senden|continuem|continuate|продолжайте
""")
