"""Passages of plain prose in many languages, with a question now and then: documents, and nothing else."""

from collections.abc import Iterator
from random import Random

from train.generators.grammar import Row
from train.generators.things import SHARED

_SENTENCES: dict[str, str] = {
    "en": "The city of {o} was founded in 1{d}{d}{d} and lies on a river.|The committee rejected the proposal because its rules were unclear.|Most of the energy comes from the sun and is stored in plants.|In 19{d}{d} the government changed the system of taxes.|Researchers found that the earlier results could not be repeated.|The treaty limits the number of ships that each country may build.|Students follow the instructions of the teacher during the experiment.|The old bridge was replaced after the flood of 19{d}{d}.|According to the report, one of {d} patients recovered.|The process begins when two cells join.|Parliament may override the decision of the president.|The order was given by the general, but the troops ignored it.",
    "de": "Die Stadt {o} wurde 1{d}{d}{d} gegründet und liegt an einem Fluss.|Der Ausschuss lehnte den Vorschlag ab, weil die Regeln unklar waren.|Die meiste Energie stammt von der Sonne und wird in Pflanzen gespeichert.|Im Jahr 19{d}{d} änderte die Regierung das System der Steuern.|Forscher stellten fest, dass frühere Ergebnisse nicht wiederholt werden konnten.|Der Vertrag begrenzt die Zahl der Schiffe.|Wer führte den Befehl aus?|Wann begann der Prozess in {o}?",
    "fr": "La ville de {o} fut fondée en 1{d}{d}{d} au bord d'un fleuve.|Le comité a rejeté la proposition car les règles n'étaient pas claires.|La plupart de l'énergie provient du soleil.|En 19{d}{d}, le gouvernement a modifié le système des impôts.|Les chercheurs ont constaté que les résultats précédents ne pouvaient être répétés.|Le traité limite le nombre de navires.|Qui a donné l'ordre ?|Quand le processus a-t-il commencé à {o} ?",
    "es": "La ciudad de {o} fue fundada en 1{d}{d}{d} junto a un río.|El comité rechazó la propuesta porque las reglas no eran claras.|La mayor parte de la energía viene del sol.|En 19{d}{d} el gobierno cambió el sistema de impuestos.|Los investigadores vieron que los resultados anteriores no se repetían.|El tratado limita el número de barcos.|¿Quién dio la orden?|¿Cuándo empezó el proceso en {o}?",
    "it": "La città di {o} fu fondata nel 1{d}{d}{d} lungo un fiume.|Il comitato respinse la proposta perché le regole non erano chiare.|La maggior parte dell'energia viene dal sole.|Nel 19{d}{d} il governo cambiò il sistema delle tasse.|I ricercatori notarono che i risultati precedenti non si ripetevano.|Chi diede l'ordine?",
    "pt": "A cidade de {o} foi fundada em 1{d}{d}{d} junto a um rio.|O comité rejeitou a proposta porque as regras não eram claras.|A maior parte da energia vem do sol.|Em 19{d}{d} o governo mudou o sistema de impostos.|Os investigadores viram que os resultados anteriores não se repetiam.|Quem deu a ordem?",
    "ro": "Orașul {o} a fost fondat în 1{d}{d}{d} lângă un râu.|Comitetul a respins propunerea deoarece regulile nu erau clare.|Cea mai mare parte a energiei vine de la soare.|În 19{d}{d} guvernul a schimbat sistemul de taxe.|Cercetătorii au observat că rezultatele anterioare nu se repetă.|Cine a dat ordinul?|Când a început procesul?",
    "ru": "Город {o} был основан в 1{d}{d}{d} году на берегу реки.|Комитет отклонил предложение, потому что правила были неясны.|Большая часть энергии приходит от солнца.|В 19{d}{d} году правительство изменило систему налогов.|Исследователи увидели, что прежние результаты не повторяются.|Кто отдал приказ?|Когда начался процесс?",
    "tr": "{o} şehri 1{d}{d}{d} yılında bir nehrin kıyısında kuruldu.|Komite, kurallar açık olmadığı için öneriyi reddetti.|Enerjinin çoğu güneşten gelir.|19{d}{d} yılında hükümet vergi sistemini değiştirdi.|Araştırmacılar önceki sonuçların tekrarlanamadığını gördü.|Emri kim verdi?",
    "ar": "تأسست مدينة {o} عام 1{d}{d}{d} على ضفة نهر.|رفضت اللجنة الاقتراح لأن القواعد لم تكن واضحة.|تأتي معظم الطاقة من الشمس.|في عام 19{d}{d} غيرت الحكومة نظام الضرائب.|لاحظ الباحثون أن النتائج السابقة لا تتكرر.|من أعطى الأمر؟",
    "hi": "{o} शहर की स्थापना 1{d}{d}{d} में नदी के किनारे हुई।|समिति ने प्रस्ताव अस्वीकार किया क्योंकि नियम स्पष्ट नहीं थे।|अधिकांश ऊर्जा सूर्य से आती है।|19{d}{d} में सरकार ने कर प्रणाली बदली।|शोधकर्ताओं ने देखा कि पिछले परिणाम दोहराए नहीं जा सके।|आदेश किसने दिया?",
    "vi": "Thành phố {o} được thành lập năm 1{d}{d}{d} bên một con sông.|Ủy ban bác bỏ đề xuất vì các quy tắc không rõ ràng.|Phần lớn năng lượng đến từ mặt trời.|Năm 19{d}{d} chính phủ thay đổi hệ thống thuế.|Các nhà nghiên cứu thấy rằng kết quả trước đó không lặp lại.|Ai đã ra lệnh?|Việc sử dụng thuật ngữ này là không chính xác.|Vai trò của các ủy ban rất quan trọng.",
    "th": "เมือง {o} ก่อตั้งขึ้นในปี 1{d}{d}{d} ริมแม่น้ำ|คณะกรรมการปฏิเสธข้อเสนอเพราะกฎไม่ชัดเจน|พลังงานส่วนใหญ่มาจากดวงอาทิตย์|ในปี 19{d}{d} รัฐบาลเปลี่ยนระบบภาษี|นักวิจัยพบว่าผลก่อนหน้านี้ไม่สามารถทำซ้ำได้|ใครเป็นผู้ออกคำสั่ง",
    "zh": "{o}市建于1{d}{d}{d}年，位于河边。|委员会拒绝了这个提议，因为规则不清楚。|大部分能量来自太阳，储存在植物中。|19{d}{d}年政府改变了税收系统。|研究人员发现之前的结果无法重复。|谁下达了命令？|这个过程从什么时候开始？",
    "ja": "{o}は1{d}{d}{d}年に川のそばに作られた。|委員会は規則が不明確なため提案を拒否した。|エネルギーの大部分は太陽から来る。|19{d}{d}年に政府は税のシステムを変えた。|研究者は以前の結果が繰り返せないことを見つけた。|誰が命令を出したか？",
    "ko": "{o}는 1{d}{d}{d}년에 강가에 세워졌다.|위원회는 규칙이 분명하지 않아 제안을 거부했다.|대부분의 에너지는 태양에서 온다.|19{d}{d}년에 정부는 세금 시스템을 바꾸었다.|연구자들은 이전 결과가 반복되지 않는 것을 보았다.|누가 명령을 내렸는가?",
    "el": "Η πόλη {o} ιδρύθηκε το 1{d}{d}{d} δίπλα σε ένα ποτάμι.|Η επιτροπή απέρριψε την πρόταση επειδή οι κανόνες δεν ήταν σαφείς.|Το μεγαλύτερο μέρος της ενέργειας προέρχεται από τον ήλιο.|Το 19{d}{d} η κυβέρνηση άλλαξε το σύστημα των φόρων.|Ποιος έδωσε την εντολή;",
    "pl": "Miasto {o} założono w 1{d}{d}{d} roku nad rzeką.|Komitet odrzucił wniosek, ponieważ zasady były niejasne.|Większość energii pochodzi ze słońca.|W 19{d}{d} roku rząd zmienił system podatków.|Badacze zauważyli, że poprzednie wyniki się nie powtarzają.|Kto wydał rozkaz?",
    "nl": "De stad {o} werd in 1{d}{d}{d} aan een rivier gesticht.|Het comité wees het voorstel af omdat de regels onduidelijk waren.|De meeste energie komt van de zon.|In 19{d}{d} veranderde de regering het belastingsysteem.|Onderzoekers zagen dat eerdere resultaten niet te herhalen waren.|Wie gaf het bevel?",
    "id": "Kota {o} didirikan pada 1{d}{d}{d} di tepi sungai.|Komite menolak usulan karena aturannya tidak jelas.|Sebagian besar energi berasal dari matahari.|Pada 19{d}{d} pemerintah mengubah sistem pajak.|Peneliti melihat bahwa hasil sebelumnya tidak terulang.|Siapa yang memberi perintah?",
    "uk": "Місто {o} засноване у 1{d}{d}{d} році на березі річки.|Комітет відхилив пропозицію, бо правила були неясні.|Більшість енергії надходить від сонця.|У 19{d}{d} році уряд змінив систему податків.|Хто віддав наказ?",
    "sv": "Staden {o} grundades 1{d}{d}{d} vid en flod.|Kommittén avslog förslaget eftersom reglerna var oklara.|Det mesta av energin kommer från solen.|År 19{d}{d} ändrade regeringen skattesystemet.|Vem gav ordern?",
}  # fmt: skip


def rows(random: Random) -> Iterator[Row]:
    places = SHARED["place"].split("|")
    for lang, sentences in _SENTENCES.items():
        choices = sentences.split("|")
        for _ in range(45):
            said = " ".join(random.choice(choices) for _ in range(random.randint(1, 9)))
            while "{d}" in said:
                said = said.replace("{d}", str(random.randint(1, 9)), 1)
            yield Row(said.replace("{o}", random.choice(places)), 0, "document", lang)
